"""Setting "Reduce motion": animations ask for it when they are about to start."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

_reduced = False
_BLINK_MS = 1000  # Qt's own default


def reduced() -> bool:
    """Return True where nothing may move by itself."""
    return _reduced


def set_reduced(on: bool) -> None:
    """Allow or forbid animations and the blinking of the text cursor."""
    global _reduced
    if on != _reduced:
        _reduced = on
        QApplication.setCursorFlashTime(0 if on else _BLINK_MS)
