"""Drawings of plain shapes: colours, counts and places that are known exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from mmdesk.training.data.drawing import PAINT, SyntheticImage, exactly, jitter, pick, sample
from mmdesk.training.data.question_words import NUMBERS
from mmdesk.training.data.questions import Question

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
    def words(self) -> str:
        return f"{self.colour} {self.name}"


def make_shapes(rng: np.random.Generator) -> SyntheticImage:
    """A plain ground with one shape, two beside each other, or several alike."""
    ground = pick(rng, PALE if rng.random() < 0.7 else tuple(PAINT))
    others = [colour for colour in PAINT if colour != ground]
    scene = (_one, _pair, _several)[int(rng.choice(3, p=(0.25, 0.45, 0.3)))]
    shapes, caption, questions = scene(rng, others)
    image = Image.new("RGB", (SIDE, SIDE), jitter(rng, ground, 6))
    draw = ImageDraw.Draw(image)
    for shape in shapes:
        _paint(draw, shape, jitter(rng, shape.colour))
    counted = NUMBERS[len(shapes) - 1]
    many = "shape" if len(shapes) == 1 else "shapes"
    sentence = f"{caption} on a {ground} background"
    return SyntheticImage(
        image,
        "drawing",
        sentence,
        f"a drawing of {counted} {many}. {sentence}.",
        questions=(
            *questions,
            exactly("count", "how many shapes are there?", counted, str(len(shapes))),
            exactly("colour", "what color is the background?", ground),
        ),
    )


ShapeScene = tuple[list[DrawnShape], str, list[Question]]


def _one(rng: np.random.Generator, colours: list[str]) -> ShapeScene:
    x, y = rng.uniform(90, 166, 2)
    shape = DrawnShape(pick(rng, SHAPES), pick(rng, colours), x, y, rng.uniform(35, 75))
    questions = [
        exactly("colour", f"what color is the {shape.name}?", shape.colour),
        exactly("shape", "what shape is this?", shape.name),
    ]
    return [shape], f"a {shape.words}", questions


def _pair(rng: np.random.Generator, colours: list[str]) -> ShapeScene:
    names, paints = sample(rng, SHAPES, 2), sample(rng, colours, 2)
    level = rng.random() < 0.6
    spots = [(70.0, 128.0), (186.0, 128.0)] if level else [(128.0, 70.0), (128.0, 186.0)]
    first, second = (
        DrawnShape(
            name, paint, x + rng.uniform(-12, 12), y + rng.uniform(-12, 12), rng.uniform(28, 48)
        )
        for name, paint, (x, y) in zip(names, paints, spots, strict=True)
    )
    side, other = ("left of", "right of") if level else ("above", "below")
    caption = f"a {first.words} {side} a {second.words}"
    if rng.random() < 0.5:
        caption = f"a {second.words} {other} a {first.words}"
    questions = [
        exactly("colour", f"what color is the {first.name}?", first.colour),
        exactly("colour", f"what color is the {second.name}?", second.colour),
        exactly("where", f"what is {side} the {second.name}?", f"a {first.words}", first.name),
        exactly("where", f"what is {other} the {first.name}?", f"a {second.words}", second.name),
    ]
    return [first, second], caption, questions


def _several(rng: np.random.Generator, colours: list[str]) -> ShapeScene:
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
        exactly("count", f"how many {plural} are there?", NUMBERS[count - 1], str(count)),
        exactly("colour", f"what color are the {plural}?", colour),
    ]
    return shapes, f"{NUMBERS[count - 1]} {colour} {plural}", questions


def _paint(draw: ImageDraw.ImageDraw, shape: DrawnShape, fill: tuple[int, int, int]) -> None:
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
    """Of a triangle, or of a star with five points."""
    radii = [1.0] * 3 if shape.name == "triangle" else [1.0, 0.4] * 5
    step = 2 * math.pi / len(radii)
    return [
        (
            shape.x + shape.half * radius * math.sin(step * i),
            shape.y - shape.half * radius * math.cos(step * i),
        )
        for i, radius in enumerate(radii)
    ]
