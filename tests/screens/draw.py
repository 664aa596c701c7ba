"""Draw pages in this process.

`python -m tests.screens.draw FOLDER LANGUAGE SCHEME TEXT_SIZE PAGE...`
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from mmdesk.settings import Settings
from mmdesk.ui.main_window import MainWindow
from tests.screens.scenes import SCENES

SETTLE_S = 0.5  # code is coloured and formulas are drawn in pauses


def draw(name: str, settings: Settings) -> QPixmap:
    """Return a picture of a page once all of it is drawn."""
    scene, (width, height) = SCENES[name]
    window = MainWindow(settings)
    window.resize(width, height)
    window.show()
    shown = scene(window)
    _settle()
    picture = shown.grab()
    for child in QApplication.topLevelWidgets():
        child.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return picture


def _settle() -> None:
    until = time.monotonic() + SETTLE_S
    while time.monotonic() < until:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def main(arguments: list[str]) -> int:
    folder, language, scheme, text_size, *names = arguments
    settings = Settings(
        language=language,
        colour_scheme=scheme,
        text_size=int(text_size),
        reduce_motion=True,
    )
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    scale = round(100 * float(os.environ.get("QT_SCALE_FACTOR", "1")))
    for name in names:
        path = Path(folder) / f"{name}-{language}-{scheme}-{scale}.png"
        if not draw(name, settings).save(str(path)):
            print(f"{path} cannot be written", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
