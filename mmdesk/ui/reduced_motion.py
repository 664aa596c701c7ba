"""Whether things may move by themselves: animations ask here at the moment they would begin."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

_reduced = False
_BLINK_MS = 1000  # Qt's own default


def reduced() -> bool:
    """Whether the person wants no motion but their own."""
    return _reduced


def set_reduced(on: bool) -> None:
    """Stop what moves by itself, the text cursor's blinking too; or let it move again."""
    global _reduced
    if on != _reduced:
        _reduced = on
        QApplication.setCursorFlashTime(0 if on else _BLINK_MS)
