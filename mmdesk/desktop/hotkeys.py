"""Keys that work in every program, where the desktop allows a program to have them."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from mmdesk.desktop.refusals import HotkeyRefused
from mmdesk.desktop.session import is_wayland
from mmdesk.translatable import TranslatableText

if TYPE_CHECKING:
    from mmdesk.desktop.windows_hotkeys import WindowsHotkeys
    from mmdesk.desktop.x11_hotkeys import X11Hotkeys

_PLATFORMS = ("xcb", "windows")  # of Qt, on which keys can be registered


def hotkeys_are_possible() -> bool:
    """Return whether a program can have a key that works everywhere on this desktop."""
    return QGuiApplication.platformName() in _PLATFORMS and not is_wayland()


class GlobalHotkeys(QObject):
    """Registered keys of the whole desktop; none until some are set.

    Attributes:
        problems: why a key cannot be had, by its name.

    Signals:
        pressed(str): the name of a key.
    """

    pressed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.problems: dict[str, TranslatableText] = {}
        self._keys: dict[str, str] = {}
        self._backend: X11Hotkeys | WindowsHotkeys | None = None

    def set_keys(self, keys: Mapping[str, str]) -> None:
        """Register these keys instead of those before: name -> key sequence, "" for none."""
        if self._keys == dict(keys) and not self.problems:
            return
        self._keys, self.problems = dict(keys), {}
        if self._backend is not None:
            self._backend.clear()
        taken: dict[str, str] = {}
        for name, sequence in keys.items():
            if not sequence:
                continue
            try:
                if sequence in taken:
                    raise HotkeyRefused(
                        TranslatableText("{keys} is used twice here.", keys=sequence)
                    )
                self._connected().register(name, sequence)
                taken[sequence] = name
            except HotkeyRefused as refusal:
                self.problems[name] = refusal.reason

    def activate(self, window: int) -> None:
        """Give a window the keyboard, by its number; only X11 needs help with that.

        A key that another connection to the X server has reported is no action of the user's in
        Qt's eyes, and some window managers then only mark the window as waiting.
        """
        if QGuiApplication.platformName() == "xcb":
            with contextlib.suppress(HotkeyRefused):
                self._connected().activate(window)

    def close(self) -> None:
        """Release everything."""
        if self._backend is not None:
            self._backend.close()
            self._backend = None

    def _connected(self) -> X11Hotkeys | WindowsHotkeys:
        if self._backend is None:
            self._backend = _make_backend(self)
            self._backend.pressed.connect(self.pressed)
        return self._backend


def _make_backend(parent: QObject) -> X11Hotkeys | WindowsHotkeys:
    platform = QGuiApplication.platformName()
    if platform == "xcb" and not is_wayland():
        from mmdesk.desktop.x11_hotkeys import X11Hotkeys

        return X11Hotkeys(parent)
    if platform == "windows":
        from mmdesk.desktop.windows_hotkeys import WindowsHotkeys

        return WindowsHotkeys(parent)
    raise HotkeyRefused(TranslatableText("This desktop does not let programs have such keys."))
