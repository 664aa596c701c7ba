"""The words of picture files that were once lost arrive whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmdesk.inputs import load_any
from mmdesk.perception.ocr import TextReader
from mmdesk.values import ImageInput

INPUTS = Path(__file__).parents[1] / "fixtures" / "inputs"


@pytest.fixture(scope="module")
def reader() -> TextReader:
    return TextReader(threads=1)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fax.tif", "Page two. The price is 900 euros a month."),  # the second page of three
        ("letter-180.png", "The amount due is 128 euros and 60 cents."),  # upside down
        ("letter.avif", "The amount due is 128 euros and 60 cents."),
        ("white-on-nothing.png", "Kitchen closes at 23:30"),  # white on transparent
    ],
)
def test_words_arrive(reader: TextReader, name: str, words: str) -> None:
    image = load_any(INPUTS / name)
    assert isinstance(image, ImageInput)
    assert image.notices == ()
    assert words in reader.read(image).text.splitlines()


def test_no_words_are_made_up(reader: TextReader) -> None:
    image = load_any(INPUTS / "blank-white.png")
    assert isinstance(image, ImageInput)
    assert reader.read(image).text == ""
