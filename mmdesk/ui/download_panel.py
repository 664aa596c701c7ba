"""The first start: which parts of the model are being fetched, how far each is, and what to do
when one cannot be had. It stands over the conversation and never in the way of typing.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from mmdesk.ui.from_below import below
from mmdesk.ui.i18n import joined, say, sentences, tr
from mmdesk.ui.theme import MEASURE, SCROLL_BAR
from mmdesk.ui.widgets import ElidedLabel, announce, frame, glyph, label, named, text_button
from mmdesk.values import FetchProgress


def megabytes(count: int) -> str:
    """A size as people read it (decimal megabytes)."""
    return f"{count / 1e6:,.0f}" if count >= 9.95e6 else f"{count / 1e6:.1f}"


class _DownloadRow:
    """The row of one model part."""

    def __init__(self, grid: QGridLayout, part: str, title: str) -> None:
        row = grid.rowCount()
        self.title = ElidedLabel(title)
        self.words = label("", "muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        named(self.bar, f"fetchBar-{part}", title)
        grid.addWidget(self.title, row, 0)
        grid.addWidget(self.words, row, 1)
        grid.addWidget(self.bar, row + 1, 0, 1, 2)
        grid.setRowMinimumHeight(row + 1, 12)
        self.last: FetchProgress | None = None


class DownloadPanel(QWidget):
    """The banner of what is being fetched.

    Signals:
        cancelled(), retried()
    """

    cancelled = Signal()
    retried = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "firstStart", tr("Setting up"))
        self.parts: dict[str, _DownloadRow] = {}
        self._card = frame("card")
        self._title = label(tr("Getting the assistant ready"), "heading")
        self._about = label("", "muted", wrap=True)
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self._error = self._make_error()
        self.cancel_button = text_button(tr("Cancel"), "cancelFetchButton", "small")
        self.retry_button = text_button(tr("Try again"), "retryFetchButton", "primary")
        self.cancel_button.clicked.connect(self._on_cancel)
        self.retry_button.clicked.connect(self._on_retry)
        self._lay_out()
        self.hide()

    def _make_error(self) -> QFrame:
        card = frame("error")
        named(card, "fetchError", tr("Setting up failed"))
        self._message = label("", "danger", wrap=True)
        self._hint = label("", "danger", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._message)
        words.addWidget(self._hint)
        row = QHBoxLayout(card)
        row.setContentsMargins(12, 10, 12, 10)
        row.addWidget(glyph("warning", "danger"), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        card.hide()
        return card

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
        middle = QWidget()
        middle.setMaximumWidth(MEASURE + 40)
        column = QVBoxLayout(middle)
        column.setContentsMargins(20, 14, 20, 4)
        column.addWidget(self._card)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, SCROLL_BAR, 0)
        across.addStretch(1)
        across.addWidget(middle, 1000)
        across.addStretch(1)

    # --- states -------------------------------------------------------------------------------

    def set_progress(self, progress: FetchProgress) -> None:
        """How far one part is."""
        self._show_running()
        part = self.parts.get(progress.part)
        if part is None:
            part = self.parts[progress.part] = _DownloadRow(
                self._grid, progress.part, progress.title
            )
        if part.last is None or part.last.stage != progress.stage:
            announce(self, f"{progress.title}: {self._stage_words(progress)}")
        part.last = progress
        say(part.title.setText, below(progress.title))
        say(part.words.setText, self._stage_words(progress))
        done = progress.stage == "done"
        share = progress.done_bytes / progress.total_bytes if progress.total_bytes else 0.0
        part.bar.setValue(1000 if done else round(min(1.0, share) * 1000))

    def _show_running(self) -> None:
        say(self._title.setText, tr("Getting the assistant ready"))
        about = tr(
            "The parts of the model are fetched once and stay on this machine. You can "
            "already write; your message can be sent as soon as the language part is there."
        )
        say(self._about.setText, about)
        self._about.show()
        self._error.hide()
        self.retry_button.hide()
        self.cancel_button.show()
        self.show()

    def set_failed(self, message: str, hint: str) -> None:
        """It could not be fetched; what there is of it is kept."""
        say(self._title.setText, tr("The assistant is not complete"))
        self._about.hide()
        whole = sentences(below(message), below(hint))
        say(self._message.setText, below(message))
        say(self._hint.setText, below(hint))
        self._hint.setVisible(bool(hint))
        say(self._error.setAccessibleDescription, whole)
        self._error.show()
        self.cancel_button.hide()
        self.retry_button.show()
        self.show()
        announce(self, whole)

    def set_done(self) -> None:
        """Everything is there."""
        if not self.isHidden():
            announce(self, tr("The assistant is ready"))
        self.hide()

    def _stage_words(self, progress: FetchProgress) -> str:
        words = {
            "waiting": tr("waiting"),
            "verifying": tr("checking"),
            "converting": tr("unpacking"),
            "done": tr("ready"),
        }.get(progress.stage, "")
        if progress.stage == "done" or not progress.total_bytes:
            return words
        done, total = megabytes(progress.done_bytes), megabytes(progress.total_bytes)
        if progress.stage == "waiting":
            return tr("waiting · {0} MB").format(total)
        sizes = tr("{0} of {1} MB").format(done, total)
        return joined(" · ", (words, sizes))

    @Slot()
    def _on_cancel(self) -> None:
        self.cancelled.emit()

    @Slot()
    def _on_retry(self) -> None:
        self._show_running()
        self.retried.emit()
