"""QApplication and main window, as light as the first paint needs them.

The user waits for what is imported here and made by `make_window(bare=True)`.
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
    """Create the QApplication under mmdesk's name."""
    QCoreApplication.setApplicationName("mmdesk")
    # The style by its name here, since setStyle would have Python know all about Qt's styles.
    application = QApplication([*sys.argv[:1], "-style", "Fusion"])
    application.setApplicationDisplayName("mmdesk")
    application.setDesktopFileName("mmdesk")
    return application


def make_window(settings: Settings, *, bare: bool = False) -> MainWindow:
    """Create the main window at its last position; nothing can be sent until models are found.

    Args:
        settings: those in force.
        bare: make only what the first paint shows.
    """
    window = MainWindow(settings, bare=bare)
    geometry = home() / "window.json"
    if geometry.exists():
        from mmdesk.app.window_geometry import restore_geometry

        restore_geometry(window, geometry)
    window.composer.await_models(tr("Looking for the model…"))
    return window
