"""Line in the composer while a folder is read."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mmdesk.ui.i18n import tr, translated
from mmdesk.ui.progress_line import ProgressLine
from mmdesk.ui.widgets import named, text_button


class FolderProgress(QWidget):
    """Name of the folder, what is being done, and Cancel; hidden while there is nothing to read.

    Signals:
        cancelled(): the folder is not to be read any further.
    """

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "folderProgress", tr("Reading a folder"))
        self.line = ProgressLine()
        self.cancel_button = text_button(tr("Cancel"), "cancelFolderButton", "small")
        self.cancel_button.clicked.connect(self._on_cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.cancel_button)
        self.hide()

    @Slot(str, object, object)
    def show_progress(self, name: str, stage: str, fraction: float | None) -> None:
        """Show what is being done with the folder called `name`; `fraction` 0..1 or None."""
        text = tr("{stage} ({folder})").format(folder=name, stage=translated(stage))
        self.line.show_stage(text, fraction)
        self.show()

    @Slot()
    def end(self) -> None:
        """Hide the line."""
        self.hide()

    @Slot()
    def _on_cancel(self) -> None:
        self.hide()
        self.cancelled.emit()
