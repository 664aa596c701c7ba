"""Marking a part of the screen with mouse and keyboard, and how the overlays end."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from mmdesk.desktop import screenshot
from mmdesk.ui import screen_capture
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.region_overlay import RegionOverlay
from mmdesk.ui.screen_capture import ScreenCapture

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def overlay(qtbot: QtBot) -> RegionOverlay:
    """Cover a screen with twice as many pixels as points."""
    screen = QGuiApplication.primaryScreen()
    size = screen.geometry().size() * 2
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    made = RegionOverlay(screen, image)
    qtbot.addWidget(made)
    made.open()
    qtbot.waitExposed(made)
    return made


def drag(qtbot: QtBot, overlay: RegionOverlay, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(overlay, LEFT, pos=start)
    qtbot.mouseMove(overlay, end)
    qtbot.mouseRelease(overlay, LEFT, pos=end)


def test_a_dragged_part_comes_in_the_screens_own_pixels(
    overlay: RegionOverlay, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(overlay.chosen) as chosen:
        drag(qtbot, overlay, QPoint(110, 90), QPoint(10, 30))  # from the right, upwards
    assert chosen.args[0].size().toTuple() == (200, 120)
    assert not overlay.isVisible()


def test_a_click_marks_nothing(overlay: RegionOverlay, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(overlay.chosen):
        drag(qtbot, overlay, QPoint(50, 50), QPoint(51, 51))
    assert overlay.isVisible()
    overlay.cancel()


def test_a_part_is_marked_with_the_keyboard_alone(overlay: RegionOverlay, qtbot: QtBot) -> None:
    qtbot.keyClick(overlay, Qt.Key.Key_Right)  # the first key brings a rectangle
    begun = QRect(overlay.region)
    assert overlay.rect().contains(begun)
    qtbot.keyClick(overlay, Qt.Key.Key_Left)
    assert overlay.region.topLeft() == begun.topLeft() - QPoint(16, 0)
    qtbot.keyClick(overlay, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert overlay.region.topLeft() == begun.topLeft() - QPoint(16, 1)
    qtbot.keyClick(overlay, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert overlay.region.height() == begun.height() + 16
    with qtbot.waitSignal(overlay.chosen) as chosen:
        qtbot.keyClick(overlay, Qt.Key.Key_Return)
    assert chosen.args[0].size() == overlay.region.size() * 2


def test_a_part_never_leaves_the_screen(overlay: RegionOverlay, qtbot: QtBot) -> None:
    for _ in range(120):
        qtbot.keyClick(overlay, Qt.Key.Key_Left)
        qtbot.keyClick(overlay, Qt.Key.Key_Up)
    assert overlay.region.topLeft() == QPoint(0, 0)
    for _ in range(120):
        qtbot.keyClick(overlay, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert overlay.rect().contains(overlay.region)
    overlay.cancel()


def test_enter_without_a_part_changes_nothing(overlay: RegionOverlay, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(overlay.chosen):
        qtbot.keyClick(overlay, Qt.Key.Key_Return)
    assert overlay.isVisible()
    overlay.cancel()


@pytest.mark.parametrize("how", ["escape", "right button", "closed", "idle", "screen"])
def test_it_is_cancelled_once(overlay: RegionOverlay, qtbot: QtBot, how: str) -> None:
    cancelled: list[bool] = []
    overlay.cancelled.connect(lambda: cancelled.append(True))
    {
        "escape": lambda: qtbot.keyClick(overlay, Qt.Key.Key_Escape),
        "right button": lambda: qtbot.mouseClick(overlay, RIGHT, pos=QPoint(5, 5)),
        "closed": overlay.close,
        "idle": overlay._idle.timeout.emit,
        "screen": lambda: overlay.screen().geometryChanged.emit(QRect(0, 0, 10, 10)),
    }[how]()
    overlay.cancel()
    assert cancelled == [True]
    assert not overlay.isVisible()


# --- the whole capture ----------------------------------------------------------------------------


@pytest.fixture
def screens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every screen be seen as a grey picture, at once."""

    def grabbed(screen: object) -> QImage:
        image = QImage(QGuiApplication.primaryScreen().size(), QImage.Format.Format_RGB32)
        image.fill(QColor("grey"))
        return image

    monkeypatch.setattr(screenshot, "_grabbed", grabbed)
    monkeypatch.setattr(screen_capture, "SETTLE_MS", 0)


def started(window: QWidget, qtbot: QtBot) -> ScreenCapture:
    capture = ScreenCapture(window)
    capture.start((window,))
    qtbot.waitUntil(lambda: bool(capture.overlays))
    qtbot.waitUntil(capture.overlays[0].isActiveWindow)
    return capture


@pytest.mark.usefixtures("screens")
def test_the_window_goes_and_comes_back_with_a_picture(window: MainWindow, qtbot: QtBot) -> None:
    capture = started(window, qtbot)
    assert not window.isVisible()
    with qtbot.waitSignal(capture.captured) as captured:
        drag(qtbot, capture.overlays[0], QPoint(1, 1), QPoint(61, 41))
    name, png = captured.args
    assert name == "Part of the screen 1.png"
    assert QImage.fromData(png).size().toTuple() == (60, 40)
    assert window.isVisible()
    assert not capture.is_running


@pytest.mark.usefixtures("screens")
def test_another_window_with_the_focus_ends_it(window: MainWindow, qtbot: QtBot) -> None:
    capture = started(window, qtbot)
    other = QLineEdit()
    qtbot.addWidget(other)
    with qtbot.waitSignal(capture.ended), qtbot.assertNotEmitted(capture.captured):
        other.show()
        other.activateWindow()
    assert capture.overlays == []
    assert window.isVisible()


@pytest.mark.usefixtures("screens")
def test_it_can_be_started_again_after_escape(window: MainWindow, qtbot: QtBot) -> None:
    capture = started(window, qtbot)
    with qtbot.waitSignal(capture.ended):
        qtbot.keyClick(capture.overlays[0], Qt.Key.Key_Escape)
    capture.start((window,))
    qtbot.waitUntil(lambda: bool(capture.overlays))
    with qtbot.waitSignal(capture.ended):
        capture.cancel()


def test_a_screen_that_cannot_be_seen_is_told(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screenshot, "_grabbed", lambda _screen: QImage())
    window.quick_access.capture()
    bar = window.composer.error_bar
    qtbot.waitUntil(bar.isVisible)
    assert "does not let mmdesk see" in bar.message.text()
    assert window.isVisible()


@pytest.mark.usefixtures("screens")
def test_the_part_is_offered_to_the_composer(window: MainWindow, qtbot: QtBot) -> None:
    window.composer.capture_button.click()
    capture = window.quick_access._capture
    assert capture is not None
    qtbot.waitUntil(lambda: bool(capture.overlays))
    with qtbot.waitSignal(window.composer.image_bytes_offered) as offered:
        drag(qtbot, capture.overlays[0], QPoint(5, 5), QPoint(35, 25))
    assert QImage.fromData(offered.args[1]).size().toTuple() == (30, 20)
