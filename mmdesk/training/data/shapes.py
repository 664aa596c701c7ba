"""Synthetic drawings of plain shapes with known colours, counts and positions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from mmdesk.training.data.question_words import NUMBERS
from mmdesk.training.data.questions import Question
from mmdesk.training.data.synthetic_image import (
    PALETTE,
    SyntheticImage,
    exact_question,
    jitter,
    pick,
    sample,
)

SHAPES = ("circle", "square", "triangle", "star", "cross")
PALE = ("white", "yellow", "pink", "gray")
SIDE = 256
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class DrawnShape:
    """One shape: its name and colour, its centre and half its size in pixels."""

    name: str
    colour: str
    x: float
    y: float
    half: float

    @property
    def phrase(self) -> str:
        """Return colour and name, "red circle"."""
        return f"{self.colour} {self.name}"


def make_shapes(rng: np.random.Generator) -> SyntheticImage:
    """Draw one shape, two next to or above each other, or several of the same kind."""
    background = pick(rng, PALE if rng.random() < 0.7 else tuple(PALETTE))
    others = [colour for colour in PALETTE if colour != background]
    scene = (_one_shape, _two_shapes, _several_shapes)[int(rng.choice(3, p=(0.25, 0.45, 0.3)))]
    shapes, caption, questions = scene(rng, others)
    image = Image.new("RGB", (SIDE, SIDE), jitter(rng, background, 6))
    draw = ImageDraw.Draw(image)
    for shape in shapes:
        _draw_shape(draw, shape, jitter(rng, shape.colour))
    counted = NUMBERS[len(shapes) - 1]
    many = "shape" if len(shapes) == 1 else "shapes"
    sentence = f"{caption} on a {background} background"
    return SyntheticImage(
        image,
        "drawing",
        sentence,
        f"a drawing of {counted} {many}. {sentence}.",
        questions=(
            *questions,
            exact_question("count", "how many shapes are there?", counted, str(len(shapes))),
            exact_question("colour", "what color is the background?", background),
        ),
    )


ShapeScene = tuple[list[DrawnShape], str, list[Question]]
"""Shapes, caption and questions."""


def _one_shape(rng: np.random.Generator, colours: list[str]) -> ShapeScene:
    x, y = rng.uniform(90, 166, 2)
    shape = DrawnShape(pick(rng, SHAPES), pick(rng, colours), x, y, rng.uniform(35, 75))
    questions = [
        exact_question("colour", f"what color is the {shape.name}?", shape.colour),
        exact_question("shape", "what shape is this?", shape.name),
    ]
    return [shape], f"a {shape.phrase}", questions


def _two_shapes(rng: np.random.Generator, colours: list[str]) -> ShapeScene:
    names, fills = sample(rng, SHAPES, 2), sample(rng, colours, 2)
    side_by_side = rng.random() < 0.6
    centres = [(70.0, 128.0), (186.0, 128.0)] if side_by_side else [(128.0, 70.0), (128.0, 186.0)]
    first, second = (
        DrawnShape(
            name, fill, x + rng.uniform(-12, 12), y + rng.uniform(-12, 12), rng.uniform(28, 48)
        )
        for name, fill, (x, y) in zip(names, fills, centres, strict=True)
    )
    side, other = ("left of", "right of") if side_by_side else ("above", "below")
    caption = f"a {first.phrase} {side} a {second.phrase}"
    if rng.random() < 0.5:
        caption = f"a {second.phrase} {other} a {first.phrase}"
    questions = [
        exact_question("colour", f"what color is the {first.name}?", first.colour),
        exact_question("colour", f"what color is the {second.name}?", second.colour),
        exact_question(
            "where", f"what is {side} the {second.name}?", f"a {first.phrase}", first.name
        ),
        exact_question(
            "where", f"what is {other} the {first.name}?", f"a {second.phrase}", second.name
        ),
    ]
    return [first, second], caption, questions


def _several_shapes(rng: np.random.Generator, colours: list[str]) -> ShapeScene:
    count = int(rng.integers(2, 7))
    name, colour = pick(rng, SHAPES), pick(rng, colours)
    cells = rng.permutation(9)[:count]
    shapes = [
        DrawnShape(
            name,
            colour,
            43 + 85 * (cell % 3) + rng.uniform(-8, 8),
            43 + 85 * (cell // 3) + rng.uniform(-8, 8),
            rng.uniform(22, 32),
        )
        for cell in cells
    ]
    plural = f"{name}es" if name == "cross" else f"{name}s"
    questions = [
        exact_question("count", f"how many {plural} are there?", NUMBERS[count - 1], str(count)),
        exact_question("colour", f"what color are the {plural}?", colour),
    ]
    return shapes, f"{NUMBERS[count - 1]} {colour} {plural}", questions


def _draw_shape(draw: ImageDraw.ImageDraw, shape: DrawnShape, fill: tuple[int, int, int]) -> None:
    x, y, half = shape.x, shape.y, shape.half
    if shape.name == "circle":
        draw.ellipse((x - half, y - half, x + half, y + half), fill=fill)
    elif shape.name == "square":
        draw.rectangle((x - half, y - half, x + half, y + half), fill=fill)
    elif shape.name == "cross":
        arm = half / 3
        draw.rectangle((x - half, y - arm, x + half, y + arm), fill=fill)
        draw.rectangle((x - arm, y - half, x + arm, y + half), fill=fill)
    else:
        draw.polygon(_corners(shape), fill=fill)


def _corners(shape: DrawnShape) -> list[Point]:
    """Return the corners of a triangle, or of a star with five points."""
    radii = [1.0] * 3 if shape.name == "triangle" else [1.0, 0.4] * 5
    step = 2 * math.pi / len(radii)
    return [
        (
            shape.x + shape.half * radius * math.sin(step * i),
            shape.y - shape.half * radius * math.cos(step * i),
        )
        for i, radius in enumerate(radii)
    ]
