"""Address under which the running window takes commands of the command line."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile

from mmdesk.settings import home

WINDOW_COMMANDS = ("quick", "capture")
DONE, UNKNOWN = b"ok\n", b"unknown\n"
LONGEST = 64  # bytes of a command
_LONGEST_PATH = 100  # bytes of a socket's path that every system takes


def command_address() -> str:
    """Return the path of the socket, or the name of the pipe; one for each MMDESK_HOME."""
    folder = home()
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    if sys.platform == "win32":
        return rf"\\.\pipe\mmdesk-{digest}"
    path = folder / "window.socket"
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        return str(path)
    return os.path.join(tempfile.gettempdir(), f"mmdesk-{os.getuid()}-{digest}.socket")
