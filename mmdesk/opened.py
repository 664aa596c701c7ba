"""The window as it stands at the first paint: with nothing behind it yet."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from mmdesk.bridge.lifecycle import restore_geometry
from mmdesk.settings import Settings, home
from mmdesk.ui.main_window import MainWindow


def make_window(settings: Settings) -> MainWindow:
    """A window where it stood last, that says why nothing can be sent yet."""
    window = MainWindow(settings)
    restore_geometry(window, home() / "window.json")
    words = QCoreApplication.translate("App", "Looking for the model…")
    window.set_chat_ready(False, words)
    return window
