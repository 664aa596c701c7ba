"""Pictures drawn for the tests: a page, a screenshot, and a photo-like surface. No files."""

from __future__ import annotations

import textwrap

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mmdesk.inputs.image import from_pil
from mmdesk.values import ImageInput

REPORT = (
    "The quarterly report shows that revenue rose by twelve percent, while costs stayed level. "
    "Customers in the north ordered more than ever before, and a new warehouse opened in March. "
)


def font(size: int) -> ImageFont.FreeTypeFont:
    """Load the font that ships inside Pillow, so that the tests need none of the system's."""
    return ImageFont.load_default(size)


def drawn_page(width: int = 900, height: int = 1200) -> Image.Image:
    page = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(page)
    pen.text((80, 60), "Annual Report", font=font(44), fill="black")
    for row, line in enumerate(textwrap.wrap(REPORT * 3, 62)):
        pen.text((80, 150 + row * 36), line, font=font(24), fill="black")
    return page


def page() -> ImageInput:
    return from_pil(drawn_page(), "page.png")


def photographed_page() -> ImageInput:
    """Draw the same page on a desk: slightly grey, slanted, noisy."""
    sheet = drawn_page().rotate(1.5, expand=False, fillcolor=(200, 198, 190))
    desk = Image.new("RGB", (1100, 1400), (96, 70, 50))
    desk.paste(sheet, (100, 100))
    return from_pil(noisy(desk, 6), "desk.jpg")


def screenshot(dark: bool = False) -> ImageInput:
    ground, text, bar = (
        ("#202020", "#eeeeee", "#15406a") if dark else ("#f3f3f3", "black", "#2b579a")
    )
    shot = Image.new("RGB", (1000, 620), ground)
    pen = ImageDraw.Draw(shot)
    pen.rectangle((0, 0, 1000, 36), fill=bar)
    pen.text((12, 6), "Settings", font=font(20), fill="white")
    pen.text((60, 120), "Could not connect to the printer", font=font(32), fill=text)
    pen.text((60, 190), "Check the cable and try again.", font=font(22), fill=text)
    pen.rectangle((60, 260, 220, 310), fill=bar)
    pen.text((90, 272), "Try again", font=font(20), fill="white")
    return from_pil(shot, "screenshot.png")


def photo(text: str = "") -> ImageInput:
    """Draw soft shapes with noise and no flat areas, like a photo; maybe with a sign."""
    y, x = np.mgrid[0:480, 0:640] / 480
    base = np.stack([90 + 80 * y, 120 + 60 * np.sin(4 * x), 160 - 90 * y], axis=-1)
    picture = Image.fromarray(base.clip(0, 255).astype(np.uint8))
    if text:
        pen = ImageDraw.Draw(picture)
        pen.rectangle((180, 190, 460, 270), fill=(20, 60, 140))
        pen.text((200, 205), text, font=font(44), fill="white")
    return from_pil(noisy(picture, 9), "photo.jpg")


def noisy(picture: Image.Image, strength: float) -> Image.Image:
    pixels = np.asarray(picture, np.float32)
    noise = np.random.default_rng(7).normal(0, strength, pixels.shape)
    return Image.fromarray((pixels + noise).clip(0, 255).astype(np.uint8))
