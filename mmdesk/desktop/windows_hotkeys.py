"""Global hotkeys under Windows: RegisterHotKey, and the messages that it sends to this thread."""

from __future__ import annotations

import ctypes
from ctypes import wintypes
from typing import Any

from PySide6.QtCore import (
    QAbstractNativeEventFilter,
    QByteArray,
    QCoreApplication,
    QObject,
    Qt,
    Signal,
)

from mmdesk.desktop.key_names import combination
from mmdesk.desktop.refusals import HotkeyRefused
from mmdesk.translatable import TranslatableText

WM_HOTKEY = 0x0312
_NO_REPEAT = 0x4000
_MODIFIERS = (
    (Qt.KeyboardModifier.AltModifier, 0x1),
    (Qt.KeyboardModifier.ControlModifier, 0x2),
    (Qt.KeyboardModifier.ShiftModifier, 0x4),
    (Qt.KeyboardModifier.MetaModifier, 0x8),
)
# Virtual-key codes (winuser.h); letters and digits have their ASCII numbers.
_KEYS = {
    Qt.Key.Key_Backspace: 0x08, Qt.Key.Key_Tab: 0x09, Qt.Key.Key_Return: 0x0D,
    Qt.Key.Key_Enter: 0x0D, Qt.Key.Key_Pause: 0x13, Qt.Key.Key_Escape: 0x1B,
    Qt.Key.Key_Space: 0x20, Qt.Key.Key_PageUp: 0x21, Qt.Key.Key_PageDown: 0x22,
    Qt.Key.Key_End: 0x23, Qt.Key.Key_Home: 0x24, Qt.Key.Key_Left: 0x25, Qt.Key.Key_Up: 0x26,
    Qt.Key.Key_Right: 0x27, Qt.Key.Key_Down: 0x28, Qt.Key.Key_Print: 0x2C,
    Qt.Key.Key_Insert: 0x2D, Qt.Key.Key_Delete: 0x2E, Qt.Key.Key_Menu: 0x5D,
}  # fmt: skip


class _MessageFilter(QAbstractNativeEventFilter):
    """Filter that passes the number of each hotkey message on."""

    def __init__(self, hotkeys: WindowsHotkeys) -> None:
        super().__init__()
        self._hotkeys = hotkeys

    def nativeEventFilter(
        self, kind: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> object:
        """Look at a message of the thread's queue; it goes on to everybody else."""
        if bytes(kind).startswith(b"windows_"):  # type: ignore[arg-type]
            found = wintypes.MSG.from_address(int(message))
            if found.message == WM_HOTKEY:
                self._hotkeys.tell(int(found.wParam))
        return False, 0


class WindowsHotkeys(QObject):
    """Keys that Windows reports wherever the focus is.

    Signals:
        pressed(str): the name under which a key was registered.
    """

    pressed = Signal(str)

    def __init__(self, parent: QObject | None = None, user32: Any = None) -> None:
        """Look at the messages of this thread; `user32` is the library (for tests)."""
        super().__init__(parent)
        self._user32 = user32 or ctypes.windll.user32  # type: ignore[attr-defined]
        self._names: dict[int, str] = {}
        self._filter = _MessageFilter(self)
        application = QCoreApplication.instance()
        if application is not None:
            application.installNativeEventFilter(self._filter)

    def register(self, name: str, keys: str) -> None:
        """Report a key under a name from now on.

        Raises:
            HotkeyRefused: the key does not exist here, or another program has taken it.
        """
        key, pressed = combination(keys)
        code = _virtual_key(key)
        if not code:
            raise HotkeyRefused(TranslatableText("This keyboard has no {keys}.", keys=keys))
        modifiers = sum(bit for flag, bit in _MODIFIERS if pressed & flag)
        number = len(self._names) + 1
        if not self._user32.RegisterHotKey(None, number, modifiers | _NO_REPEAT, code):
            raise HotkeyRefused(
                TranslatableText("{keys} is already used by another program.", keys=keys)
            )
        self._names[number] = name

    def clear(self) -> None:
        """Release all keys."""
        for number in self._names:
            self._user32.UnregisterHotKey(None, number)
        self._names.clear()

    def activate(self, window: int) -> None:
        """Do nothing: Windows lets a program come forward whose hotkey was pressed."""

    def close(self) -> None:
        """Release all keys and look at no more messages."""
        self.clear()
        application = QCoreApplication.instance()
        if application is not None:
            application.removeNativeEventFilter(self._filter)

    def tell(self, number: int) -> None:
        """Tell that the key with this number was pressed."""
        name = self._names.get(number)
        if name is not None:
            self.pressed.emit(name)


def _virtual_key(key: Qt.Key) -> int:
    """Return the virtual-key code of a key; 0 where it has none that is the same everywhere."""
    if key in _KEYS:
        return _KEYS[key]
    if Qt.Key.Key_F1.value <= key.value <= Qt.Key.Key_F24.value:
        return 0x70 + key.value - Qt.Key.Key_F1.value
    character = chr(key.value) if key.value < 0x80 else ""
    return ord(character) if character.isalnum() else 0
