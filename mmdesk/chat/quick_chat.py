"""Quick questions: each a conversation of its own that is gone unless the user keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.chat.controller import ChatController
from mmdesk.chat.image_describer import ImageDescriber
from mmdesk.values import Turn
from mmdesk.workers import HistoryWorker, JobQueue

if TYPE_CHECKING:
    from mmdesk.history import Archive


class QuickChat(QObject):
    """Asker of one question after another, beside the conversation that the window shows.

    Signals as those of ChatController, for the question that was asked last:
        answer_began: id of the answer.
        preparing: stage, fraction or None.
        text_arrived, reasoning_arrived, notice_arrived: text.
        answer_finished: Stats.
        answer_stopped.
        answer_failed: message, hint.
    """

    answer_began = Signal(str)
    preparing = Signal(object, object)
    text_arrived = Signal(str)
    reasoning_arrived = Signal(str)
    notice_arrived = Signal(object)
    answer_finished = Signal(object)
    answer_stopped = Signal()
    answer_failed = Signal(object, object)

    def __init__(
        self,
        queue: JobQueue,
        history: HistoryWorker[Archive],
        describer: ImageDescriber,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._queue, self._history, self._describer = queue, history, describer
        self._chat: ChatController | None = None

    def ask(self, turn: Turn, shown: ChatController) -> None:
        """Ask a question in a new conversation, with the settings and the model of `shown`."""
        self.discard()
        chat = self._chat = ChatController(
            self._queue, self._history, self._describer, shown.settings, self
        )
        chat.begin_temporary()
        chat.answers.began.connect(self.answer_began)
        chat.answers.preparing.connect(self.preparing)
        chat.answers.text_arrived.connect(self.text_arrived)
        chat.answers.reasoning_arrived.connect(self.reasoning_arrived)
        chat.answers.notice_arrived.connect(self.notice_arrived)
        chat.answers.finished.connect(self.answer_finished)
        chat.answers.stopped.connect(self.answer_stopped)
        chat.answers.failed.connect(self.answer_failed)
        chat.ask(turn)

    @Slot()
    def stop(self) -> None:
        """Stop the answer; what was said so far stays."""
        if self._chat is not None:
            self._chat.stop()

    @Slot()
    def discard(self) -> None:
        """Forget the question and its answer, which is stopped where it still comes."""
        chat, self._chat = self._chat, None
        if chat is not None:
            chat.answers.blockSignals(True)
            chat.stop()
            chat.deleteLater()

    def keep(self, shown: ChatController) -> bool:
        """Store the conversation and show it; an answer that still comes goes on there.

        Returns:
            False where nothing was asked.
        """
        chat = self._chat
        if chat is None or not chat.current:
            return False
        self._chat = None
        chat.answers.blockSignals(True)
        chat.keep()
        shown.take_over(chat)
        chat.deleteLater()
        return True
