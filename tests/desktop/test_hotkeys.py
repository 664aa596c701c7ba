"""Global keys: under a real X server where one can be started, and over a stand-in of Windows."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from mmdesk.desktop import GlobalHotkeys, hotkeys, hotkeys_are_possible
from mmdesk.desktop.key_names import combination
from mmdesk.desktop.refusals import HotkeyRefused
from mmdesk.desktop.windows_hotkeys import WindowsHotkeys
from mmdesk.desktop.x11_hotkeys import X11Hotkeys


@pytest.mark.parametrize("keys", ["", "A", "Shift+A", "Ctrl+K, Ctrl+L"])
def test_keys_that_are_needed_for_typing_are_refused(keys: str) -> None:
    with pytest.raises(HotkeyRefused):
        combination(keys)


def test_a_function_key_needs_no_modifier() -> None:
    assert combination("F9")[0] == Qt.Key.Key_F9


def test_a_desktop_without_such_keys_says_so(qtbot: QtBot) -> None:
    keys = GlobalHotkeys()
    keys.set_keys({"quick": "Ctrl+Alt+Q", "capture": ""})
    assert not hotkeys_are_possible()  # the platform of the tests
    assert list(keys.problems) == ["quick"]
    assert "desktop" in keys.problems["quick"]
    keys.close()


def test_x11_windows_in_a_wayland_session_have_no_such_keys(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", staticmethod(lambda: "xcb"))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert not hotkeys_are_possible()
    keys = GlobalHotkeys()
    keys.set_keys({"quick": "Ctrl+Alt+Q"})
    assert "desktop" in keys.problems["quick"]


# --- Windows ------------------------------------------------------------------------------------


class User32:
    """Windows' table of hotkeys, in which one is taken."""

    def __init__(self) -> None:
        self.taken = {(0x4000 | 0x3, ord("T"))}
        self.mine: dict[int, tuple[int, int]] = {}

    def RegisterHotKey(self, _window: None, number: int, modifiers: int, key: int) -> int:
        if (modifiers, key) in self.taken or (modifiers, key) in self.mine.values():
            return 0
        self.mine[number] = (modifiers, key)
        return 1

    def UnregisterHotKey(self, _window: None, number: int) -> int:
        del self.mine[number]
        return 1


def test_windows_takes_a_key_and_gives_it_back(qtbot: QtBot) -> None:
    system = User32()
    keys = WindowsHotkeys(user32=system)
    keys.register("quick", "Ctrl+Alt+Space")
    assert system.mine == {1: (0x4000 | 0x3, 0x20)}
    with qtbot.waitSignal(keys.pressed) as pressed:
        keys.tell(1)
    assert pressed.args == ["quick"]
    with pytest.raises(HotkeyRefused, match="another program"):
        keys.register("capture", "Ctrl+Alt+T")
    keys.close()
    assert system.mine == {}


# --- X11 ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def x_display() -> Iterator[str]:
    """Start an X server without a screen."""
    if shutil.which("Xvfb") is None:
        pytest.skip("there is no Xvfb")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "200x200x24", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as said:
        number = said.readline().strip()
    if not number:
        pytest.skip("Xvfb does not start")
    yield f":{number}"
    server.terminate()
    server.wait()


@pytest.fixture
def x11(x_display: str, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[X11Hotkeys]:
    monkeypatch.setenv("DISPLAY", x_display)
    keys = X11Hotkeys()
    yield keys
    keys.close()


def press(display: Any, names: list[str]) -> None:
    """Press and release keys together, as a keyboard does."""
    from Xlib import XK, X
    from Xlib.ext import xtest

    codes = [display.keysym_to_keycode(XK.string_to_keysym(name)) for name in names]
    for code in codes:
        xtest.fake_input(display, X.KeyPress, code)
    for code in reversed(codes):
        xtest.fake_input(display, X.KeyRelease, code)
    display.sync()


@pytest.mark.keeps_processes
@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ("Ctrl+Alt+Space", ["Control_L", "Alt_L", "space"]),
        ("Meta+Shift+A", ["Super_L", "Shift_L", "a"]),
        ("Print", ["Print"]),
        ("Ctrl+F9", ["Control_L", "F9"]),
    ],
)
def test_a_key_is_heard_wherever_the_focus_is(
    x11: X11Hotkeys, qtbot: QtBot, keys: str, names: list[str]
) -> None:
    from Xlib.display import Display

    x11.register("quick", keys)
    keyboard = Display()
    with qtbot.waitSignal(x11.pressed) as pressed:
        press(keyboard, names)
    assert pressed.args == ["quick"]
    keyboard.close()


@pytest.mark.keeps_processes
def test_a_key_of_another_program_is_refused_until_it_is_free(x11: X11Hotkeys) -> None:
    other = X11Hotkeys()
    other.register("quick", "Ctrl+Alt+Q")
    with pytest.raises(HotkeyRefused, match="another program"):
        x11.register("quick", "Ctrl+Alt+Q")
    other.clear()
    x11.register("quick", "Ctrl+Alt+Q")
    other.close()


@pytest.mark.keeps_processes
def test_one_key_for_two_things_is_told(
    x_display: str, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setenv("DISPLAY", x_display)
    monkeypatch.setattr(hotkeys, "_make_backend", X11Hotkeys)
    keys = GlobalHotkeys()
    keys.set_keys({"quick": "Ctrl+Alt+Q", "capture": "Ctrl+Alt+Q"})
    assert list(keys.problems) == ["capture"]
    keys.set_keys({"quick": "Ctrl+Alt+Q", "capture": "Ctrl+Alt+W"})
    assert keys.problems == {}
    keys.close()
