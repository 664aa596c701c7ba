"""Answer of the quick question: one message that scrolls with its end."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from mmdesk.ui import theme
from mmdesk.ui.answer_message import AnswerMessage
from mmdesk.ui.i18n import tr
from mmdesk.ui.widgets import ElidedLabel, named
from mmdesk.values import Stats

_LEAST, _MOST = 120, 400  # px at a text size of 100 %


class QuickAnswer(QScrollArea):
    """The question in one line and its answer below it.

    Attributes:
        message: the answer; None before something was asked.

    Signals:
        link_activated(str): a link was clicked; nothing was opened.
        retry_wanted(): the question is to be asked in other words.
        grown(): the answer wants more height.
    """

    link_activated = Signal(str)
    retry_wanted = Signal()
    grown = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "quickAnswer", tr("Answer"))
        self.message: AnswerMessage | None = None
        self._at_end = True
        inside = QWidget()
        inside.setObjectName("column")
        self._question = ElidedLabel("", "muted")
        self._question.setObjectName("quickQuestion")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(4, 0, 10, 4)
        self._column.addWidget(self._question)
        self._column.addStretch()
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._on_range)

    def begin(self, question: str) -> None:
        """Show an empty answer below its question."""
        self.clear()
        self._at_end = True
        self.setMinimumHeight(theme.scaled(_LEAST))
        self._question.setText(" ".join(question.split()))
        self.message = message = AnswerMessage()
        message.link_activated.connect(self.link_activated)
        message.retry_wanted.connect(self.retry_wanted)
        self._column.insertWidget(1, message)

    def clear(self) -> None:
        """Remove the answer."""
        message, self.message = self.message, None
        self._question.setText("")
        if message is not None:
            self._column.removeWidget(message)
            message.hide()
            message.deleteLater()

    @Slot(object, object)
    def set_preparing(self, stage: str, fraction: float | None) -> None:
        """Show the progress before the text."""
        if self.message is not None:
            self.message.set_preparing(stage, fraction)

    @Slot(str)
    def append(self, text: str) -> None:
        """Append text to the answer."""
        if self.message is not None:
            self.message.append(text)

    @Slot(str)
    def append_reasoning(self, text: str) -> None:
        """Append to what the model thought before the answer."""
        if self.message is not None:
            self.message.append_reasoning(text)

    @Slot(object)
    def add_notice(self, text: str) -> None:
        """Show a notice above the answer."""
        if self.message is not None:
            self.message.add_notice(text)

    def finish(self, stats: Stats) -> None:
        """End the answer as complete."""
        if self.message is not None:
            self.message.finish(stats)

    def stop(self) -> None:
        """End the answer as stopped."""
        if self.message is not None:
            self.message.stop()

    def fail(self, message: str, hint: str) -> None:
        """End the answer with an error."""
        if self.message is not None:
            self.message.fail(message, hint)

    @Slot(int)
    def _on_scrolled(self, value: int) -> None:
        self._at_end = value >= self.verticalScrollBar().maximum() - 4

    @Slot(int, int)
    def _on_range(self, _least: int, most: int) -> None:
        """Grow with the answer, then scroll with its end."""
        wanted = min(theme.scaled(_MOST), self.height() + most)
        if most and wanted > self.minimumHeight():
            self.setMinimumHeight(wanted)
            self.grown.emit()
        if self._at_end:
            self.verticalScrollBar().setValue(most)
