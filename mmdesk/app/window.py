"""The window as it stands at the first paint: with nothing behind it yet.

Nothing that is imported here, or made by `make_window(bare=True)`, may cost much: a person waits.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from mmdesk.settings import home
from mmdesk.ui import MainWindow, tr

if TYPE_CHECKING:
    from mmdesk.settings import Settings


def create_application() -> QApplication:
    """The QApplication under mmdesk's name."""
    QCoreApplication.setApplicationName("mmdesk")
    # The style by its name here, since setStyle would have Python know all about Qt's styles.
    application = QApplication([*sys.argv[:1], "-style", "Fusion"])
    application.setApplicationDisplayName("mmdesk")
    application.setDesktopFileName("mmdesk")
    return application


def make_window(settings: Settings, *, bare: bool = False) -> MainWindow:
    """A window where it stood last, that says why nothing can be sent yet; `bare` as it is first
    painted.
    """
    window = MainWindow(settings, bare=bare)
    place = home() / "window.json"
    if place.exists():
        from mmdesk.app.window_geometry import restore_geometry

        restore_geometry(window, place)
    window.await_models(tr("Looking for the model…"))
    return window
