"""The peer of the start-up measurement: the least a PySide6 program with a window can do.

Argument: the parent's time.monotonic() at the start. Prints seconds until the first paint.
"""

from __future__ import annotations

import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow


class Window(QMainWindow):
    def paintEvent(self, event: object) -> None:
        QTimer.singleShot(0, self.tell)

    def tell(self) -> None:
        print(time.monotonic() - float(sys.argv[1]))
        QApplication.quit()


application = QApplication(sys.argv[:1])
window = Window()
window.resize(900, 700)
window.show()
sys.exit(application.exec())
