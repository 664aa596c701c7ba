"""Synthetic images show what their texts and answers say."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from mmdesk.training.data.synthetic import MAKERS, SYNTHETIC_DEV, SYNTHETIC_TRAIN, make_image
from mmdesk.training.data.synthetic_image import KINDS, PALETTE


def nearest(pixel: np.ndarray) -> str:
    return min(PALETTE, key=lambda name: int(((np.array(PALETTE[name]) - pixel) ** 2).sum()))


def test_a_number_is_always_the_same_picture_and_another_in_the_dev_set() -> None:
    one, again, other = (
        make_image(SYNTHETIC_TRAIN, 3),
        make_image(SYNTHETIC_TRAIN, 3),
        make_image(SYNTHETIC_DEV, 3),
    )
    assert one.image.tobytes() == again.image.tobytes()
    assert one.image.tobytes() != other.image.tobytes()


def test_all_kinds_are_drawn() -> None:
    assert {make_image(SYNTHETIC_TRAIN, n).kind for n in range(len(MAKERS))} == set(KINDS) - {
        "photo"
    }


@pytest.mark.parametrize("number", range(0, 60, 6))
def test_the_background_has_the_colour_of_the_answer(number: int) -> None:
    image = make_image(SYNTHETIC_TRAIN, number)
    answer = next(q.answer for q in image.questions if "background" in q.text)
    assert nearest(np.asarray(image.image)[2, 2]) == answer


@pytest.mark.parametrize("number", range(4, 34, 6))
def test_the_tallest_bar_is_the_tallest(number: int) -> None:
    image = make_image(SYNTHETIC_TRAIN, number)
    pixels = np.asarray(image.image)
    answer = next(q.answer for q in image.questions if "tallest" in q.text)
    tall: Counter[str] = Counter()
    for x in range(50, 380, 9):
        column = [nearest(pixel) for pixel in pixels[45:268:4, x]]
        for name, count in Counter(column).items():
            if name not in {"white", "black"}:
                tall[name] = max(tall[name], count)
    assert tall.most_common(1)[0][0] == answer


@pytest.mark.parametrize("number", range(12))
def test_images_with_writing_have_a_text(number: int) -> None:
    image = make_image(SYNTHETIC_TRAIN, number)
    assert bool(image.text) == (image.kind in {"page", "screenshot", "chart", "sign"})


def test_answers_are_accepted_answers() -> None:
    for number in range(40):
        image = make_image(SYNTHETIC_TRAIN, number)
        assert all(question.is_right(question.answer) for question in image.questions)
