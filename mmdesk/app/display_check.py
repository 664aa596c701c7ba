"""Check whether a window can be opened, before Qt is imported: Qt would abort the process.

Only Linux is checked: elsewhere the window system is part of the system.
"""

from __future__ import annotations

import ctypes
import os
import sys

from mmdesk.errors import MMDeskError
from mmdesk.settings import resource

ASK_IN_TERMINAL = 'In a terminal, mmdesk ask "your question" works without a display.'


def _libraries(group: str) -> dict[str, str]:
    """Return the Debian package of each library in a group of resources/linux_libraries.txt."""
    table = resource("linux_libraries.txt").read_text(encoding="utf-8")
    rows = [line.split() for line in table.splitlines() if not line.startswith("#")]
    return {library: package for name, library, package in rows if name == group}


XCB_LIBRARIES = _libraries("xcb")  # linked by Qt's xcb platform plugin
GUI_LIBRARIES = _libraries("qt")  # linked by QtGui on any platform


def problem() -> MMDeskError | None:
    """Return why no window can be opened here, or None."""
    if not sys.platform.startswith("linux"):
        return None
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    return _missing(GUI_LIBRARIES) or _platform_problem(platform.split(";")[0].split(":")[0])


def _platform_problem(platform: str) -> MMDeskError | None:
    display, wayland = os.environ.get("DISPLAY"), os.environ.get("WAYLAND_DISPLAY")
    if not platform and not display and not wayland:
        return MMDeskError("There is no display to open a window on.", ASK_IN_TERMINAL)
    if platform == "xcb" or (not platform and not wayland):
        return _missing(XCB_LIBRARIES) or _unreachable(display or "")
    return None


def _missing(libraries: dict[str, str]) -> MMDeskError | None:
    packages = [package for name, package in libraries.items() if not _loads(name)]
    if not packages:
        return None
    names = " ".join(packages)
    return MMDeskError(
        "The window needs system libraries that are missing: {names}.",
        "On Debian or Ubuntu: sudo apt-get install {names}. {other_way}",
        names=names,
        other_way=ASK_IN_TERMINAL,
    )


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _unreachable(display: str) -> MMDeskError | None:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode() or None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if not failed:
        return None
    return MMDeskError(
        "The display {display} cannot be reached.", ASK_IN_TERMINAL, display=display or "(none)"
    )
