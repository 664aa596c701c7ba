"""Pictures on the screen."""

from __future__ import annotations

from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from mmdesk.ui import image_view
from mmdesk.ui.image_view import ImageView, to_qimage
from mmdesk.values import ImageInput


def _striped(width: int, height: int, name: str) -> ImageInput:
    """Left half red, right half blue."""
    half = width // 2
    row = b"\xff\x00\x00" * half + b"\x00\x00\xff" * (width - half)
    return ImageInput(name, width, height, row * height, name)


def test_pixels_keep_their_places() -> None:
    image = to_qimage(_striped(7, 3, "odd"))
    assert image.pixelColor(0, 0).name() == "#ff0000"
    assert image.pixelColor(6, 2).name() == "#0000ff"


def test_a_view_shows_the_picture(qtbot: QtBot) -> None:
    view = ImageView(_striped(3001, 1999, "large"), QSize(200, 140))
    qtbot.addWidget(view)
    view.resize(200, 140)
    shown = view.grab().toImage()
    high = shown.height() // 2
    assert shown.pixelColor(shown.width() // 5, high).name() == "#ff0000"
    assert shown.pixelColor(shown.width() * 4 // 5, high).name() == "#0000ff"


def test_finding_34_a_screenshot_is_shown_whole(qtbot: QtBot) -> None:
    edge = b"\xff\x00\x00" * 30 + b"\xff\xff\xff" * 340 + b"\x00\x00\xff" * 30
    view = ImageView(ImageInput("wide", 400, 100, edge * 100, "wide"), QSize(200, 140), whole=True)
    qtbot.addWidget(view)
    view.resize(200, 140)
    shown = view.grab().toImage()
    high = shown.height() // 2
    assert shown.pixelColor(4, high).name() == "#ff0000"
    assert shown.pixelColor(shown.width() - 5, high).name() == "#0000ff"


def test_a_large_preview_has_the_proportions_of_the_picture(qtbot: QtBot) -> None:
    view = ImageView(_striped(400, 100, "wide"), QSize(240, 360), stretch=True, whole=True)
    qtbot.addWidget(view)
    assert view.heightForWidth(240) == 60
    tall = ImageView(_striped(100, 400, "tall"), QSize(240, 360), stretch=True, whole=True)
    qtbot.addWidget(tall)
    assert tall.heightForWidth(240) == 360


def test_small_versions_are_kept_for_a_bounded_number(qtbot: QtBot) -> None:
    for n in range(image_view._CACHE_SIZE + 20):
        qtbot.addWidget(ImageView(_striped(4, 2, f"p{n}"), QSize(10, 10)))
    assert len(image_view._cache) <= image_view._CACHE_SIZE
