"""The assistant's answer: preparing, words, notices, and how it ended."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mmdesk.ui.clipboard import copy_text
from mmdesk.ui.from_below import below
from mmdesk.ui.i18n import joined, say, sentences, tr
from mmdesk.ui.progress_line import PreparingLine
from mmdesk.ui.rich_text import RichTextView
from mmdesk.ui.screen_reader import SentenceSpeaker
from mmdesk.ui.version_switcher import VersionSwitch
from mmdesk.ui.widgets import (
    ElidedLabel,
    announce,
    frame,
    glyph,
    icon_button,
    label,
    named,
    text_button,
)
from mmdesk.values import MessageState, Stats, StoredMessage


class AnswerMessage(QWidget):
    """What the assistant says: preparing, words, notices, and how it ended.

    Attributes:
        versions: the arrows between its versions.

    Signals:
        link_activated(str): a link was clicked; nothing was opened.
        retry_wanted(): the person wants their question back in the composer.
        again_wanted(str): the answer with this id is to be given again.
    """

    link_activated = Signal(str)
    retry_wanted = Signal()
    again_wanted = Signal(str)

    def __init__(self, message: StoredMessage | None = None) -> None:
        super().__init__()
        self._id = message.id if message is not None else ""
        self._state: MessageState = "streaming"
        self._stats = Stats()
        self._problem = ("", "")
        self._told: list[str] = []
        named(self, "answerMessage", tr("Answer"))
        self.preparing = PreparingLine()
        self.text = RichTextView(markdown=True)
        named(self.text, "answerText", tr("The answer"))
        self.text.hide()
        self._speaker = SentenceSpeaker(self)
        self.text.link_activated.connect(self.link_activated)
        self.notices = QVBoxLayout()
        self.notices.setSpacing(4)
        self.error: QFrame | None = None
        self._foot = self._make_foot()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addLayout(self.notices)
        self._column.addWidget(self.text)
        self._column.addWidget(self.preparing)
        self._column.addWidget(self._foot)
        if message is not None:
            self.versions.show_versions(message.id, message.versions)
            if message.state != "streaming" or message.turn.text:
                self._restore(message)

    def _make_foot(self) -> QWidget:
        foot = QWidget()
        self.copy_button = icon_button(
            "copy", "copyAnswerButton", tr("Copy the answer"), side=30, glyph=16, token="muted"
        )
        self.copy_button.clicked.connect(self._on_copy)
        self.again_button = icon_button(
            "refresh", "regenerateButton", tr("Answer again"), side=30, glyph=16,
            token="muted",
        )  # fmt: skip
        self.again_button.clicked.connect(self._on_again)
        self.again_button.setVisible(bool(self._id))
        self.versions = VersionSwitch()
        self.stopped = label(tr("stopped"), "pill")
        self.stopped.setObjectName("stoppedMark")
        self.stats = ElidedLabel("", "muted")
        self.stats.setObjectName("answerStats")
        row = QHBoxLayout(foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self.stopped, self.versions, self.copy_button, self.again_button):
            row.addWidget(widget)
        row.addSpacing(4)
        row.addWidget(self.stats)
        row.addStretch()
        self.stopped.hide()
        foot.hide()
        return foot

    # --- while it runs ------------------------------------------------------------------------

    def set_preparing(self, stage: str, fraction: float | None) -> None:
        """What is being done before (or between) words; fraction 0..1, None when unknown."""
        self.preparing.show_stage(stage, fraction)

    def append(self, words: str) -> None:
        """Some more of the answer."""
        if words:
            self._show_words(words)
            self._speaker.feed(words)

    def _show_words(self, words: str) -> None:
        self.preparing.end()
        self.text.show()
        self.text.append(words)

    def add_notice(self, words: str) -> None:
        """Something to know beside the answer."""
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(glyph("info", "muted"), 0, Qt.AlignmentFlag.AlignTop)
        text = label(below(words), "notice", wrap=True)
        text.setObjectName("answerNotice")
        row.addWidget(text, 1)
        self.notices.addWidget(box)
        self._told.append(words)
        announce(self, below(words))

    # --- how it ends --------------------------------------------------------------------------

    def finish(self, stats: Stats) -> None:
        """The answer is whole."""
        self._end("whole")
        self._speaker.finish()
        self._show_stats(stats)
        announce(self, tr("Answer finished"))

    def stop(self) -> None:
        """The person stopped it; what came so far stays."""
        self._end("stopped")
        self._speaker.finish()
        self.stopped.show()
        announce(self, tr("Answer stopped"))

    def fail(self, message: str, hint: str) -> None:
        """It broke; what came so far stays, with the reason below it."""
        self._end("failed")
        self._speaker.finish()
        self._show_problem(message, hint)
        announce(self, sentences(below(message), below(hint)))

    def _show_stats(self, stats: Stats) -> None:
        self._stats = stats
        say(self.stats.setText, self._stats_words(stats))

    def _show_problem(self, message: str, hint: str) -> None:
        self._problem = (message, hint)
        self.error = self._error_card(message, hint)
        self._column.insertWidget(self._column.indexOf(self._foot), self.error)

    def _restore(self, message: StoredMessage) -> None:
        """Show a kept answer as it was left."""
        for notice in message.notices:
            self.add_notice(notice)
        if message.turn.text:
            self._show_words(message.turn.text)
        self._end("interrupted" if message.state == "streaming" else message.state)
        self._show_stats(message.stats)
        if message.state == "failed":
            self._show_problem(message.error, message.hint)
        elif self._state == "interrupted":
            say(self.stopped.setText, tr("interrupted"))
            say(self.stopped.setToolTip, tr("mmdesk ended while this answer was coming"))
        self.stopped.setVisible(self._state in ("stopped", "interrupted"))

    # --- what a column of messages asks of it ---------------------------------------------------

    def kept(self, message: StoredMessage) -> StoredMessage:
        """The message as it is to be kept in mind when the widget goes."""
        return replace(
            message,
            turn=replace(message.turn, text=self.text.source_text),
            state=self._state,
            stats=self._stats,
            notices=tuple(self._told),
            error=self._problem[0],
            hint=self._problem[1],
        )

    def set_locked(self, locked: bool) -> None:
        """While an answer comes, nothing can be changed."""
        self.again_button.setEnabled(not locked)
        self.versions.set_locked(locked)

    def mark(self, terms: tuple[str, ...]) -> None:
        """Mark words that were searched for."""
        self.text.mark(terms)

    def _end(self, state: MessageState) -> None:
        self._state = state
        self.preparing.end()
        self.text.finish()
        self._foot.show()
        self.copy_button.setVisible(bool(self.text.source_text))

    def _error_card(self, message: str, hint: str) -> QFrame:
        card = frame("error")
        named(card, "answerError", below(message))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(below(message), "danger", wrap=True))
        if hint:
            words.addWidget(label(below(hint), "danger", wrap=True))
        again = text_button(tr("Edit and ask again"), "askAgainButton", "small")
        again.clicked.connect(self.retry_wanted)
        words.addSpacing(4)
        words.addWidget(again, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(card)
        row.setContentsMargins(14, 12, 14, 12)
        row.setSpacing(10)
        row.addWidget(glyph("warning", "danger", 18), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return card

    def _stats_words(self, stats: Stats) -> str:
        words = []
        if stats.decode_tokens_per_s:
            words.append(tr("{0:.1f} tokens/s").format(stats.decode_tokens_per_s))
        if stats.ttft_s:
            words.append(tr("first word after {0:.1f} s").format(stats.ttft_s))
        if stats.stop == "length":
            words.append(tr("reached the longest length set"))
        return joined(" · ", words)

    @Slot()
    def _on_copy(self) -> None:
        copy_text(self.text.source_text, self.copy_button)

    @Slot()
    def _on_again(self) -> None:
        self.again_wanted.emit(self._id)
