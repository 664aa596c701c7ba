"""Check whether a window can be opened, before Qt is imported: Qt would abort the process.

Only Linux is checked: elsewhere the window system is part of the system.
"""

from __future__ import annotations

import ctypes
import os
import sys

from mmdesk.errors import MMDeskError

ASK_IN_TERMINAL = 'In a terminal, mmdesk ask "your question" works without a display.'

# What Qt's xcb platform plugin links against beyond that, and the Debian package that has it.
XCB_LIBRARIES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
# What QtGui itself links against, on any platform.
GUI_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libzstd.so.1": "libzstd1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
}


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
