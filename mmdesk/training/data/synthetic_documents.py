"""Synthetic pages, screenshots, charts and signs with known text, which photographs lack."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from mmdesk.training.data.questions import Question
from mmdesk.training.data.synthetic_image import (
    SyntheticImage,
    exact_question,
    font,
    jitter,
    pick,
    sample,
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NOUNS = _words(
    "garden river market winter village engine letter window forest teacher bridge kitchen summer "
    "harbour machine library station mountain festival message season building morning"
)
VERBS = _words("shows keeps opens brings follows reaches leaves covers needs finds holds moves")
TITLES = ("Annual report", "Meeting notes", "Invoice", "The old harbour", "Chapter one", "News")
SIGNS = {
    "STOP": ("red", "white"),
    "EXIT": ("green", "white"),
    "OPEN": ("blue", "white"),
    "CLOSED": ("red", "white"),
    "SALE": ("yellow", "black"),
    "DANGER": ("orange", "black"),
    "PARKING": ("blue", "white"),
    "NO ENTRY": ("white", "red"),
    "CAUTION": ("yellow", "black"),
    "WELCOME": ("brown", "white"),
}
APPS = {
    "text editor": ("File  Edit  View", "notes.txt"),
    "web browser": ("Back  Reload  Home", "www.example.org"),
    "settings window": ("General  Sound  Network", "Settings"),
    "terminal": ("Terminal  Edit  Help", "user@desk: ~"),
    "email program": ("Inbox  Sent  Drafts", "Inbox"),
}


def _sentence(rng: np.random.Generator) -> str:
    return f"The {pick(rng, NOUNS)} {pick(rng, VERBS)} the {pick(rng, NOUNS)}."


def make_page(rng: np.random.Generator) -> SyntheticImage:
    """Draw a page of printed lines, usually with a heading."""
    image = Image.new("RGB", (360, 480), jitter(rng, "white", 5))
    draw, lines, y = ImageDraw.Draw(image), [], 24.0
    has_heading = rng.random() < 0.75
    if has_heading:
        lines.append(pick(rng, TITLES))
        draw.text((30, y), lines[0], fill=(10, 10, 10), font=font(rng.uniform(22, 30)))
        y += 48
    size = rng.uniform(11, 15)
    for number in range(int(rng.integers(8, 22))):
        if y > 450:
            break
        if number and rng.random() < 0.15:
            y += size
        lines.append(_sentence(rng))
        draw.text((30, y), lines[-1], fill=(30, 30, 30), font=font(size))
        y += size * 1.55
    caption = "a page of printed text" + (" with a heading" if has_heading else "")
    return SyntheticImage(
        image, "page", caption, f"{caption}. it has black text on white paper.", "\n".join(lines)
    )


def make_screenshot(rng: np.random.Generator) -> SyntheticImage:
    """Draw a program's window on a desktop of one colour."""
    app = pick(rng, tuple(APPS))
    menu, title = APPS[app]
    dark = app == "terminal" or rng.random() < 0.3
    desk = pick(rng, ("blue", "gray", "green", "purple"))
    image = Image.new("RGB", (480, 320), jitter(rng, desk))
    draw = ImageDraw.Draw(image)
    left, top, right, bottom = 20, 18, 460 - int(rng.integers(60)), 300 - int(rng.integers(40))
    ink = (225, 225, 225) if dark else (25, 25, 25)
    draw.rectangle((left, top, right, bottom), fill=(32, 34, 38) if dark else (248, 248, 248))
    draw.rectangle((left, top, right, top + 22), fill=(70, 74, 80) if dark else (205, 208, 214))
    draw.text((left + 8, top + 3), title, fill=ink, font=font(13))
    for number, fill in enumerate(((230, 80, 70), (240, 190, 60), (90, 190, 80))):
        draw.ellipse(
            (right - 52 + 16 * number, top + 6, right - 42 + 16 * number, top + 16), fill=fill
        )
    draw.text((left + 8, top + 27), menu, fill=ink, font=font(12))
    lines, y = [title, menu], top + 52.0
    while y < bottom - 18 and len(lines) < 12:
        lines.append(_sentence(rng))
        draw.text((left + 12, y), lines[-1], fill=ink, font=font(12))
        y += 19
    caption = f"a screenshot of a {app}"
    shade = "dark" if dark else "light"
    description = f"{caption}. the window is {shade} and the desktop is {desk}."
    return SyntheticImage(image, "screenshot", caption, description, "\n".join(lines))


def make_chart(rng: np.random.Generator) -> SyntheticImage:
    """Draw a bar chart with bars of different colours and heights."""
    count = int(rng.integers(2, 6))
    colours = sample(rng, ("red", "blue", "green", "orange", "purple", "yellow", "gray"), count)
    heights = rng.permutation(np.linspace(0.25, 1.0, count))
    image = Image.new("RGB", (400, 300), (252, 252, 252))
    draw = ImageDraw.Draw(image)
    title = f"{pick(rng, NOUNS).capitalize()} by year"
    draw.text((40, 8), title, fill=(20, 20, 20), font=font(18))
    draw.line((38, 40, 38, 270, 385, 270), fill=(40, 40, 40), width=2)
    width, lines = 330 / count, [title]
    for number, (colour, height) in enumerate(zip(colours, heights, strict=True)):
        x = 48 + number * width
        draw.rectangle((x, 268 - 215 * height, x + width * 0.7, 268), fill=jitter(rng, colour))
        lines.append(str(2015 + number))
        draw.text((x + 4, 274), lines[-1], fill=(20, 20, 20), font=font(13))
    caption = f"a bar chart with {('two', 'three', 'four', 'five')[count - 2]} bars"
    highest, lowest = colours[int(heights.argmax())], colours[int(heights.argmin())]
    number_word = ("two", "three", "four", "five")[count - 2]
    questions = (
        exact_question("count", "how many bars are there?", number_word, str(count)),
        exact_question("colour", "what color is the tallest bar?", highest),
        exact_question("colour", "what color is the shortest bar?", lowest),
    )
    description = f"{caption}. the {highest} bar is the tallest and the {lowest} bar the shortest."
    return SyntheticImage(image, "chart", caption, description, "\n".join(lines), questions)


def make_sign(rng: np.random.Generator) -> SyntheticImage:
    """Draw a sign with one word, on a post or a wall."""
    word = pick(rng, tuple(SIGNS))
    ground, ink = SIGNS[word]
    image = Image.new(
        "RGB", (320, 320), jitter(rng, pick(rng, ("gray", "green", "brown", "blue")), 40)
    )
    draw = ImageDraw.Draw(image)
    centre_y = int(rng.integers(110, 170))
    if rng.random() < 0.6:
        draw.rectangle((152, centre_y, 168, 320), fill=(110, 110, 115))
    draw.rounded_rectangle((40, centre_y - 62, 280, centre_y + 62), 14, fill=jitter(rng, ground, 8))
    draw.text(
        (160, centre_y),
        word,
        fill=jitter(rng, ink, 8),
        font=font(250 / len(word) * 1.1),
        anchor="mm",
    )
    caption = f"a {ground} sign with {ink} letters"
    questions = (exact_question("colour", "what color is the sign?", ground),)
    return SyntheticImage(
        image, "sign", caption, f"{caption}. the sign says {word.lower()}.", word, questions
    )


def kind_question(kind: str) -> Question:
    """Return the question for the kind of picture."""
    also = ("photograph",) if kind == "photo" else ()
    return exact_question("kind", "what kind of picture is this?", kind, *also)
