"""Pictures of the screens: cut from one of the whole desktop, and asked from the desktop."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QUrl
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from mmdesk.desktop.portal_screenshot import PortalScreenshot
from mmdesk.desktop.screenshot import split_by_screen


class Screen:
    def __init__(self, *place: int) -> None:
        self._place = QRect(*place)

    def geometry(self) -> QRect:
        return self._place


@pytest.mark.parametrize("scale", [1, 2])
def test_each_screen_gets_its_part_at_any_scale(scale: int) -> None:
    left, right = Screen(-100, 0, 100, 80), Screen(0, 20, 200, 60)
    whole = QImage(300 * scale, 80 * scale, QImage.Format.Format_RGB32)
    whole.fill(QColor("red"))
    painter = QPainter(whole)
    painter.fillRect(QRect(100 * scale, 20 * scale, 200 * scale, 60 * scale), QColor("blue"))
    painter.end()
    parts = split_by_screen(whole, [left, right])  # type: ignore[list-item]
    assert [part.size().toTuple() for _, part in parts] == [
        (100 * scale, 80 * scale), (200 * scale, 60 * scale)
    ]  # fmt: skip
    for (_, part), colour in zip(parts, ("red", "blue"), strict=True):
        corners = (part.pixelColor(0, 0), part.pixelColor(part.width() - 1, part.height() - 1))
        assert corners == (QColor(colour), QColor(colour))


def test_the_desktops_picture_is_taken_and_its_file_removed(qtbot: QtBot, tmp_path: Path) -> None:
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("green"))
    path = tmp_path / "shot.png"
    image.save(str(path))
    portal = PortalScreenshot()
    with qtbot.waitSignal(portal.taken) as taken:
        portal.on_response(0, {"uri": QUrl.fromLocalFile(str(path)).toString()})
    assert taken.args[0].size().toTuple() == (30, 20)
    assert not path.exists()


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="there is no D-Bus")
@pytest.mark.parametrize(("code", "says"), [(0, "taken 300 200"), (1, "not allowed")])
def test_a_portal_on_the_bus_is_asked_and_answers(tmp_path: Path, code: int, says: str) -> None:
    command = ["dbus-run-session", "--", sys.executable, "-m", "tests.desktop.fake_portal"]
    done = subprocess.run(
        [*command, str(code), str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert says in done.stdout
    assert list(tmp_path.iterdir()) == []  # the desktop's file is removed


@pytest.mark.parametrize(
    ("code", "results", "says"),
    [
        (1, {}, "not allowed"),
        (2, {}, "does not let"),
        (0, {"uri": "file:///no.png"}, "does not let"),
    ],
)
def test_a_refusal_is_one_sentence(
    qtbot: QtBot, code: int, results: dict[str, str], says: str
) -> None:
    portal = PortalScreenshot()
    with qtbot.waitSignal(portal.failed) as failed:
        portal.on_response(code, results)
    assert says in failed.args[0]
