"""Panel over the conversation with the progress of the first downloads, or with their failure.

It never keeps the user from typing.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from mmdesk.ui.error_card import ErrorCard
from mmdesk.ui.i18n import joined, say, sentences, tr, translated
from mmdesk.ui.widgets import (
    ElidedLabel,
    announce,
    frame,
    glyph,
    label,
    named,
    put_in_column,
    text_button,
)
from mmdesk.values import FetchProgress


def megabytes(count: int) -> str:
    """Return a size in decimal megabytes, as people read it."""
    return f"{count / 1e6:,.0f}" if count >= 9.95e6 else f"{count / 1e6:.1f}"


class _DownloadRow:
    """Title, progress in words and progress bar of one model part."""

    def __init__(self, grid: QGridLayout, part: str, title: str) -> None:
        row = grid.rowCount()
        self.title = ElidedLabel(title)
        self.progress = label("", "muted")
        self.progress.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        named(self.bar, f"fetchBar-{part}", title)
        grid.addWidget(self.title, row, 0)
        grid.addWidget(self.progress, row, 1)
        grid.addWidget(self.bar, row + 1, 0, 1, 2)
        grid.setRowMinimumHeight(row + 1, 12)
        self.last: FetchProgress | None = None


class DownloadPanel(QWidget):
    """Card with the progress of each model part, and with the error when one failed.

    Attributes:
        work_offline: the user works offline, so it is said that this download is the exception.

    Signals:
        cancelled(), retried(): the user pressed the button.
    """

    cancelled = Signal()
    retried = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "firstStart", tr("Setting up"))
        self.parts: dict[str, _DownloadRow] = {}
        self.work_offline = True
        self._card = frame("card")
        self._title = label(tr("Getting the assistant ready"), "heading")
        self._about = label("", "muted", wrap=True)
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self._error = ErrorCard("fetchError", tr("Setting up failed"), margins=(12, 10, 12, 10))
        self.cancel_button = text_button(tr("Cancel"), "cancelFetchButton", "small")
        self.retry_button = text_button(tr("Try again"), "retryFetchButton", "primary")
        self.cancel_button.clicked.connect(self._on_cancel)
        self.retry_button.clicked.connect(self._on_retry)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(glyph("download", "accent", 20))
        head.addWidget(self._title, 1)
        head.addWidget(self.cancel_button)
        head.addWidget(self.retry_button)
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(18, 14, 18, 16)
        inside.setSpacing(8)
        inside.addLayout(head)
        inside.addWidget(self._about)
        inside.addLayout(self._grid)
        inside.addWidget(self._error)
        put_in_column(self, self._card, top=14, bottom=4)

    # --- states -------------------------------------------------------------------------------

    def set_progress(self, progress: FetchProgress) -> None:
        """Show how far one part is."""
        self._show_running()
        part = self.parts.get(progress.part)
        if part is None:
            part = self.parts[progress.part] = _DownloadRow(
                self._grid, progress.part, progress.title
            )
        if part.last is None or part.last.stage != progress.stage:
            announce(self, f"{progress.title}: {_progress_text(progress)}")
        part.last = progress
        say(part.title.setText, translated(progress.title))
        say(part.progress.setText, _progress_text(progress))
        done = progress.stage == "done"
        share = progress.done_bytes / progress.total_bytes if progress.total_bytes else 0.0
        part.bar.setValue(1000 if done else round(min(1.0, share) * 1000))

    def _show_running(self) -> None:
        say(self._title.setText, tr("Getting the assistant ready"))
        about = tr(
            "The models are downloaded once and stay on this computer. You can type already, "
            "and send your message as soon as the language model is ready."
        )
        if self.work_offline:
            online = tr("mmdesk is online for this download only.")
            about = sentences(about, online)
        say(self._about.setText, about)
        self._about.show()
        self._error.hide()
        self.retry_button.hide()
        self.cancel_button.show()
        self.show()

    def set_failed(self, message: str, hint: str) -> None:
        """Show why a download failed; the parts that have arrived are kept."""
        say(self._title.setText, tr("Setup is not complete"))
        self._about.hide()
        announced = self._error.show_error(message, hint)
        self.cancel_button.hide()
        self.retry_button.show()
        self.show()
        announce(self, announced)

    def set_done(self) -> None:
        """Hide the panel: everything is installed."""
        if not self.isHidden():
            announce(self, tr("The assistant is ready"))
        self.hide()

    @Slot()
    def _on_cancel(self) -> None:
        self.cancelled.emit()

    @Slot()
    def _on_retry(self) -> None:
        self._show_running()
        self.retried.emit()


def _progress_text(progress: FetchProgress) -> str:
    stage = {
        "waiting": tr("waiting"),
        "verifying": tr("verifying"),
        "converting": tr("unpacking"),
        "done": tr("ready"),
    }.get(progress.stage, "")
    if progress.stage == "done" or not progress.total_bytes:
        return stage
    done, total = megabytes(progress.done_bytes), megabytes(progress.total_bytes)
    if progress.stage == "waiting":
        return tr("waiting · {0} MB").format(total)
    sizes = tr("{0} of {1} MB").format(done, total)
    return joined(" · ", (stage, sizes))
