"""Copying to the clipboard with a tick on the button."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton

from mmdesk.ui.i18n import tr
from mmdesk.ui.icons import icon
from mmdesk.ui.widgets import announce

_TICK_MS = 1500


def copy_text(text: str, button: QAbstractButton) -> None:
    """Copy a text to the clipboard and show a tick on the button for a moment."""
    QGuiApplication.clipboard().setText(text)
    show_tick(button)


def show_tick(button: QAbstractButton) -> None:
    """Show for a moment that something was copied."""
    button.setIcon(icon("check", "accent"))
    announce(button, tr("Copied"))
    timer = QTimer(button)
    timer.setSingleShot(True)
    timer.timeout.connect(lambda: button.setIcon(icon("copy")))
    timer.timeout.connect(timer.deleteLater)
    timer.start(_TICK_MS)
