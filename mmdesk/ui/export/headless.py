"""Qt without a window, for the command line: fonts and drawing need an application object."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def drawing_without_window() -> Iterator[None]:
    """Have a QApplication while something is drawn; on Linux without any display."""
    from PySide6.QtWidgets import QApplication

    if QApplication.instance() is not None:
        yield
        return
    if sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication(["mmdesk"])
    try:
        yield
    finally:
        application.shutdown()
