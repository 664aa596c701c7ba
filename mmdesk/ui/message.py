"""The messages of the transcript: the person's bubble and the assistant's answer."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mmdesk.messages import DocumentInput, Stats, Turn
from mmdesk.ui.attachments import Attachments
from mmdesk.ui.copying import copy_text
from mmdesk.ui.flow_layout import FlowLayout
from mmdesk.ui.message_text import MessageText
from mmdesk.ui.parts import (
    ElidedLabel,
    announce,
    frame,
    glyph,
    icon_button,
    label,
    named,
    text_button,
)
from mmdesk.ui.pictures import PictureView
from mmdesk.ui.preparing import PreparingLine
from mmdesk.ui.sight_strip import SightStrip

_BUBBLE = 560  # px, the widest bubble
_THUMB = QSize(230, 150)


def document_words(document: DocumentInput) -> str:
    """A document's size in a few words."""
    translate = QCoreApplication.translate
    count = translate("Documents", "{0:,} characters").format(len(document.text))
    if document.pages is None:
        return count
    return translate("Documents", "{0} pages").format(document.pages) + " · " + count


class UserMessage(QWidget):
    """What the person said, with the pictures and documents that went along.

    Signals:
        link_activated(str): never opened here.
    """

    def __init__(self, turn: Turn, attachments: Attachments) -> None:
        super().__init__()
        named(self, "userMessage", self.tr("You said"))
        self.turn = turn
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        if turn.images:
            column.addWidget(self._pictures(turn, attachments))
        for document in turn.documents:
            column.addWidget(self._document(document), 0, Qt.AlignmentFlag.AlignRight)
        self._bubble: QFrame | None = None
        if turn.text:
            self._add_bubble(turn.text, column)

    def _add_bubble(self, words: str, column: QVBoxLayout) -> None:
        self._bubble = frame("bubble")
        self.text = MessageText(markdown=False)
        named(self.text, "userText", self.tr("Your message"))
        self.text.append(words)
        self.text.finish()
        inside = QVBoxLayout(self._bubble)
        inside.setContentsMargins(16, 10, 16, 10)
        inside.addWidget(self.text)
        column.addWidget(self._bubble, 0, Qt.AlignmentFlag.AlignRight)

    def _pictures(self, turn: Turn, attachments: Attachments) -> QWidget:
        box = QWidget()
        flow = FlowLayout(box, align_right=True)
        for image in turn.images:
            card = QWidget()
            card.setFixedWidth(_THUMB.width())
            column = QVBoxLayout(card)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(6)
            column.addWidget(PictureView(image, _THUMB, stretch=True))
            column.addWidget(SightStrip(image.sha256, attachments, image.name))
            flow.addWidget(card)
        return box

    def _document(self, document: DocumentInput) -> QWidget:
        chip = frame("chip")
        row = QHBoxLayout(chip)
        row.setContentsMargins(10, 7, 14, 7)
        row.addWidget(glyph("document", "muted"))
        row.addWidget(ElidedLabel(document.name, mode=Qt.TextElideMode.ElideMiddle))
        row.addWidget(label(document_words(document), "muted"))
        return chip

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._bubble is not None:
            room = min(_BUBBLE, self.width() - 40) - 32
            self.text.document().setTextWidth(-1)
            self.text.setFixedWidth(max(24, min(room, self.text.ideal_width() + 2)))


class AnswerMessage(QWidget):
    """What the assistant says: preparing, words, notices, and how it ended.

    Signals:
        link_activated(str): a link was clicked; nothing was opened.
        retry_wanted(): the person wants their question back in the composer.
    """

    link_activated = Signal(str)
    retry_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "answerMessage", self.tr("Answer"))
        self.preparing = PreparingLine()
        self.text = MessageText(markdown=True)
        named(self.text, "answerText", self.tr("The answer"))
        self.text.hide()
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

    def _make_foot(self) -> QWidget:
        foot = QWidget()
        self.copy_button = icon_button(
            "copy", "copyAnswerButton", self.tr("Copy the answer"), side=30, glyph=16, token="muted"
        )
        self.copy_button.clicked.connect(self._on_copy)
        self.stopped = label(self.tr("stopped"), "pill")
        self.stopped.setObjectName("stoppedMark")
        self.stats = label("", "muted")
        self.stats.setObjectName("answerStats")
        row = QHBoxLayout(foot)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.stopped, self.stats, self.copy_button):
            row.addWidget(widget)
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
            self.preparing.end()
            self.text.show()
            self.text.append(words)

    def add_notice(self, words: str) -> None:
        """Something to know beside the answer."""
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(glyph("info", "muted"), 0, Qt.AlignmentFlag.AlignTop)
        text = label(words, "notice", wrap=True)
        text.setObjectName("answerNotice")
        row.addWidget(text, 1)
        self.notices.addWidget(box)
        announce(self, words)

    # --- how it ends --------------------------------------------------------------------------

    def finish(self, stats: Stats) -> None:
        """The answer is whole."""
        self._end()
        self.stats.setText(self._stats_words(stats))
        announce(self, self.tr("Answer finished"))

    def stop(self) -> None:
        """The person stopped it; what came so far stays."""
        self._end()
        self.stopped.show()
        announce(self, self.tr("Answer stopped"))

    def fail(self, message: str, hint: str) -> None:
        """It broke; what came so far stays, with the reason below it."""
        self._end()
        self.error = self._error_card(message, hint)
        self._column.insertWidget(self._column.indexOf(self._foot), self.error)
        announce(self, f"{message} {hint}")

    def _end(self) -> None:
        self.preparing.end()
        self.text.finish()
        self._foot.show()
        self.copy_button.setVisible(bool(self.text.source_text))

    def _error_card(self, message: str, hint: str) -> QFrame:
        card = frame("error")
        named(card, "answerError", message)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(message, "danger", wrap=True))
        if hint:
            words.addWidget(label(hint, "danger", wrap=True))
        again = text_button(self.tr("Edit and ask again"), "askAgainButton", "small")
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
            words.append(self.tr("{0:.1f} tokens/s").format(stats.decode_tokens_per_s))
        if stats.ttft_s:
            words.append(self.tr("first word after {0:.1f} s").format(stats.ttft_s))
        if stats.stop == "length":
            words.append(self.tr("reached the longest length set"))
        return " · ".join(words)

    @Slot()
    def _on_copy(self) -> None:
        copy_text(self.text.source_text, self.copy_button)
