"""Command line and environment of a child that runs one of mmdesk's modules, without Qt."""

from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path

import mmdesk


def child_command(module: str) -> list[str]:
    """Return the command `python -m module`, whatever the working folder contains."""
    return [sys.executable, "-P", "-m", module]


def child_python_path() -> str | None:
    """Return the PYTHONPATH with which a child finds this mmdesk; None where it needs none."""
    root = str(Path(mmdesk.__file__).resolve().parent.parent)
    if root in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib")):
        return None
    return os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
