"""Global hotkeys under X11: passive grabs of keys on the root window, over python-xlib."""

from __future__ import annotations

import logging
from itertools import product
from typing import Any

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer, Signal, Slot

from mmdesk.desktop.key_names import combination
from mmdesk.desktop.refusals import HotkeyRefused
from mmdesk.translatable import TranslatableText

log = logging.getLogger(__name__)

# Keysyms whose number is not the character's (X11/keysymdef.h).
_KEYSYMS = {
    Qt.Key.Key_Escape: "Escape", Qt.Key.Key_Tab: "Tab", Qt.Key.Key_Backspace: "BackSpace",
    Qt.Key.Key_Return: "Return", Qt.Key.Key_Enter: "KP_Enter", Qt.Key.Key_Insert: "Insert",
    Qt.Key.Key_Delete: "Delete", Qt.Key.Key_Pause: "Pause", Qt.Key.Key_Print: "Print",
    Qt.Key.Key_Home: "Home", Qt.Key.Key_End: "End", Qt.Key.Key_Left: "Left",
    Qt.Key.Key_Up: "Up", Qt.Key.Key_Right: "Right", Qt.Key.Key_Down: "Down",
    Qt.Key.Key_PageUp: "Page_Up", Qt.Key.Key_PageDown: "Page_Down", Qt.Key.Key_Menu: "Menu",
}  # fmt: skip


class X11Hotkeys(QObject):
    """Keys that the X server reports wherever the focus is.

    It has a connection to the server of its own. A key is grabbed with and without Caps Lock and
    Num Lock, since the server compares all modifiers.

    Signals:
        pressed(str): the name under which a key was registered.
    """

    pressed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        """Connect to the X server.

        Raises:
            HotkeyRefused: it cannot be reached.
        """
        super().__init__(parent)
        from Xlib import X, display, error  # late: most users have no global key

        self._x, self._errors = X, error
        try:
            self._display = display.Display()
        except (OSError, error.DisplayError, error.XError) as problem:
            log.warning("no connection for global keys: %s", problem)
            raise HotkeyRefused(TranslatableText("The X server refuses global keys.")) from problem
        self._root = self._display.screen().root
        self._names: dict[tuple[int, int], str] = {}  # keycode, modifiers -> name
        self._time = X.CurrentTime  # of the key that was pressed last
        self._notifier = QSocketNotifier(self._display.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)

    def register(self, name: str, keys: str) -> None:
        """Report a key under a name from now on.

        Raises:
            HotkeyRefused: the key does not exist here, or another program has taken it.
        """
        code, modifiers = self._find(keys)
        taken = self._errors.CatchError(self._errors.BadAccess)
        for locks in self._locks():
            self._root.grab_key(
                code, modifiers | locks, True, self._x.GrabModeAsync, self._x.GrabModeAsync, taken
            )
        self._display.sync()
        QTimer.singleShot(0, self, self._read)  # what came with the answer is in a buffer by now
        if taken.get_error() is not None:
            self._release(code, modifiers)
            raise HotkeyRefused(
                TranslatableText("{keys} is already used by another program.", keys=keys)
            )
        self._names[code, modifiers] = name

    def clear(self) -> None:
        """Release all keys."""
        for code, modifiers in self._names:
            self._release(code, modifiers)
        self._names.clear()

    def activate(self, window: int) -> None:
        """Ask the window manager to give a window the keyboard, as a pager does (EWMH)."""
        from Xlib.protocol.event import ClientMessage

        kind = self._display.intern_atom("_NET_ACTIVE_WINDOW")
        target = self._display.create_resource_object("window", window)
        pager = 2
        message = ClientMessage(
            window=target, client_type=kind, data=(32, [pager, self._time, 0, 0, 0])
        )
        mask = self._x.SubstructureRedirectMask | self._x.SubstructureNotifyMask
        self._root.send_event(message, event_mask=mask)
        self._display.flush()

    def close(self) -> None:
        """Release all keys and disconnect."""
        if self._notifier.isEnabled():
            self._notifier.setEnabled(False)
            self.clear()
            self._display.close()

    def _find(self, keys: str) -> tuple[int, int]:
        """Return keycode and modifiers of a key sequence on the keyboard in use."""
        from Xlib import XK

        key, pressed = combination(keys)
        if key in _KEYSYMS:
            keysym = XK.string_to_keysym(_KEYSYMS[key])
        elif Qt.Key.Key_F1.value <= key.value <= Qt.Key.Key_F35.value:
            keysym = XK.string_to_keysym(f"F{key.value - Qt.Key.Key_F1.value + 1}")
        else:
            keysym = ord(chr(key.value).lower()) if key.value < 0x110000 else 0
        found = sorted(self._display.keysym_to_keycodes(keysym), key=lambda place: place[1])
        if not keysym or not found:
            raise HotkeyRefused(TranslatableText("This keyboard has no {keys}.", keys=keys))
        code, level = found[0]
        modifiers = self._x.ShiftMask if level == 1 else 0
        for flag, mask in (
            (Qt.KeyboardModifier.ShiftModifier, self._x.ShiftMask),
            (Qt.KeyboardModifier.ControlModifier, self._x.ControlMask),
            (Qt.KeyboardModifier.AltModifier, self._x.Mod1Mask),
            (Qt.KeyboardModifier.MetaModifier, self._x.Mod4Mask),
        ):
            if pressed & flag:
                modifiers |= mask
        return code, modifiers

    def _locks(self) -> list[int]:
        """Return all states of Caps Lock and Num Lock."""
        pairs = product((0, self._x.LockMask), (0, self._x.Mod2Mask))
        return [caps | num for caps, num in pairs]

    def _release(self, code: int, modifiers: int) -> None:
        ignored = self._errors.CatchError()
        for locks in self._locks():
            self._root.ungrab_key(code, modifiers | locks, ignored)
        self._display.sync()

    @Slot()
    def _read(self) -> None:
        """Handle everything that the server has reported."""
        try:
            while self._notifier.isEnabled() and self._display.pending_events():
                self._handle(self._display.next_event())
        except (OSError, self._errors.ConnectionClosedError):
            log.warning("the connection for global keys was closed")
            self._notifier.setEnabled(False)

    def _handle(self, event: Any) -> None:
        if event.type == self._x.MappingNotify:
            self._display.refresh_keyboard_mapping(event)
        elif event.type == self._x.KeyPress:
            self._time = int(event.time)
            # Or the keyboard would belong to this connection until the key is released.
            self._display.ungrab_keyboard(self._x.CurrentTime)
            self._display.flush()
            name = self._names.get((event.detail, event.state & self._meant))
            if name is not None:
                self.pressed.emit(name)

    @property
    def _meant(self) -> int:
        """Mask of the modifiers that a key is registered with."""
        x = self._x
        return int(x.ShiftMask | x.ControlMask | x.Mod1Mask | x.Mod4Mask)
