"""Kind of the desktop session."""

from __future__ import annotations

import os

from PySide6.QtGui import QGuiApplication


def is_wayland() -> bool:
    """Return whether this is a Wayland session, also where Qt's windows are those of X11 in it.

    There only the desktop itself may read the screen and have keys that work everywhere.
    """
    platform = QGuiApplication.platformName()
    return platform.startswith("wayland") or (
        platform == "xcb" and bool(os.environ.get("WAYLAND_DISPLAY"))
    )
