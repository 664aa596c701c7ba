"""Photo, screenshot or page."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw

from mmdesk.inputs.image import from_pil, load_image, to_pil
from mmdesk.perception.ocr import TextReader
from mmdesk.perception.picture_kind import picture_kind, pixel_statistics, single_colour
from mmdesk.values import ImageInput, PictureKind
from tests.perception import pictures


@pytest.fixture(scope="module")
def kind_of() -> Callable[[ImageInput], PictureKind]:
    reader = TextReader(threads=1)
    return lambda image: picture_kind(image, reader.read(image))


def as_jpeg(image: ImageInput) -> ImageInput:
    stream = io.BytesIO()
    to_pil(image).save(stream, "JPEG", quality=80)
    return load_image(stream.getvalue())


@pytest.mark.parametrize("through_jpeg", [False, True])
@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (pictures.page, PictureKind.PAGE),
        (pictures.photographed_page, PictureKind.PAGE),
        (pictures.screenshot, PictureKind.SCREENSHOT),
        (lambda: pictures.screenshot(dark=True), PictureKind.SCREENSHOT),
        (pictures.photo, PictureKind.PHOTO),
        (lambda: pictures.photo("Hotel"), PictureKind.PHOTO),
    ],
)
def test_kinds(
    make: Callable[[], ImageInput],
    kind: PictureKind,
    through_jpeg: bool,
    kind_of: Callable[[ImageInput], PictureKind],
) -> None:
    image = as_jpeg(make()) if through_jpeg else make()
    assert kind_of(image) is kind


def test_pixel_statistics() -> None:
    white = pixel_statistics(from_pil(Image.new("RGB", (30, 20), "white"), "white"))
    assert (white.flat, white.paper, white.coloured) == (1.0, 1.0, 0.0)
    red = pixel_statistics(from_pil(Image.new("RGB", (1, 1), "red"), "red"))
    assert (red.paper, red.coloured) == (0.0, 1.0)
    assert pixel_statistics(pictures.photo()).flat < 0.5


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ("white", "white"),
        ("#060606", "black"),
        ("#808080", "grey"),
        ("#d01818", "red"),
        ("#2040e0", "blue"),
        ("#0a0a50", "dark blue"),
        ("#bfe8c0", "light green"),
        ("#70401a", "brown"),
    ],
)
@pytest.mark.parametrize("noise", [0, 4])
def test_an_empty_picture_has_one_colour(rgb: str, name: str, noise: float) -> None:
    ground = Image.new("RGB", (400, 300), rgb)
    assert single_colour(from_pil(pictures.noisy(ground, noise), "empty.png")) == name


def test_one_pixel_size_is_no_obstacle() -> None:
    assert single_colour(from_pil(Image.new("RGB", (1, 1), "white"), "dot.png")) == "white"


def test_a_picture_with_one_letter_is_not_empty() -> None:
    ground = Image.new("RGB", (1200, 900), "white")
    ImageDraw.Draw(ground).text((700, 500), "i", font=pictures.font(14), fill="#666666")
    assert single_colour(from_pil(ground, "letter.png")) == ""
    assert single_colour(pictures.photo()) == ""
