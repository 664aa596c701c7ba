"""Synthetic image with known text and answers, and what all generators of them use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFont

from mmdesk.training.data.questions import Question

PALETTE: dict[str, tuple[int, int, int]] = {
    "black": (20, 20, 20),
    "white": (250, 250, 250),
    "red": (214, 39, 40),
    "blue": (31, 90, 200),
    "green": (44, 150, 44),
    "yellow": (245, 215, 30),
    "orange": (250, 130, 20),
    "purple": (130, 60, 180),
    "pink": (245, 140, 190),
    "brown": (130, 80, 45),
    "gray": (130, 130, 130),
}

KINDS = ("photo", "drawing", "page", "screenshot", "chart", "sign")


@dataclass(frozen=True, slots=True)
class SyntheticImage:
    """Synthetic image and what is true of it.

    Attributes:
        image: RGB.
        kind: one of KINDS, never "photo".
        caption: one sentence.
        description: two or three sentences.
        text: written in the picture, lines separated by newlines; "" for none.
        questions: with their answers.
    """

    image: Image.Image
    kind: str
    caption: str
    description: str
    text: str = ""
    questions: tuple[Question, ...] = ()


def font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the font that comes with Pillow: it draws the same picture on every machine."""
    return ImageFont.load_default(size)


def pick(rng: np.random.Generator, names: list[str] | tuple[str, ...]) -> str:
    """Return one of the names at random."""
    return names[int(rng.integers(len(names)))]


def sample(rng: np.random.Generator, names: list[str] | tuple[str, ...], count: int) -> list[str]:
    """Return `count` different names in random order."""
    return [names[int(i)] for i in rng.permutation(len(names))[:count]]


def jitter(rng: np.random.Generator, colour: str, by: int = 18) -> tuple[int, int, int]:
    """Return an RGB colour of that name, a little lighter or darker, with nearly the same hue."""
    shift = int(rng.integers(-by, by + 1))
    red, green, blue = (
        int(np.clip(v + shift + rng.integers(-4, 5), 0, 255)) for v in PALETTE[colour]
    )
    return red, green, blue


def exact_question(kind: str, text: str, answer: str, *also: str) -> Question:
    """Return a question with a certain answer; `also` are other accepted answers."""
    return Question(kind, text, answer, (answer, *also), agreed=5)
