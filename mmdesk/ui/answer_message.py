"""An answer: progress before it, its text, notices, and what became of it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QElapsedTimer, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from mmdesk.ui.answer_details import AnswerDetails, remarks
from mmdesk.ui.clipboard import copy_text
from mmdesk.ui.error_card import ErrorCard
from mmdesk.ui.i18n import TranslatedText, say, sentences, tr, translated
from mmdesk.ui.icons import icon
from mmdesk.ui.markdown.tolerant import repaired
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.ui.progress_line import ProgressLine
from mmdesk.ui.rich_text import RichTextView
from mmdesk.ui.screen_reader import SentenceSpeaker
from mmdesk.ui.source_list import SourceList
from mmdesk.ui.source_marks import marks_of, source_number
from mmdesk.ui.thinking_section import ThinkingSection
from mmdesk.ui.version_switcher import VersionSwitcher
from mmdesk.ui.widgets import (
    ElidedLabel,
    announce,
    glyph,
    icon_button,
    label,
    named,
    text_button,
)
from mmdesk.values import Citation, MessageState, Stats, StoredMessage


class AnswerMessage(QWidget):
    """An answer while it is given and afterwards.

    Attributes:
        text: the answer, as Markdown.
        preparing: the progress line before the text.
        notices: the layout of the notices above the text.
        again_offer: the button below an answer from a description that was corrected since.
        error: the card of what failed; None for an answer that did not fail.
        thinking: what the model thought before; None for one that did not think.
        sources: the list of the passages it rests on; None for an answer without citations.
        details: its measurements, which the menu shows.
        versions: the arrows between its versions.

    Signals:
        link_activated(str): a link was clicked; nothing was opened.
        retry_wanted(): the user wants the question back in the composer.
        again_wanted(str): the answer with this id is to be given again.
        models_wanted(str): so it is, with a model that is to be chosen.
        continue_wanted(str): the answer with this id is to be continued.
        aloud_wanted(str, str): the answer with this id and text is to be read aloud, or, while it
            is, no longer.
        source_wanted(object): the Citation of a passage that is to be shown.
        menu_opening(object, str): the QMenu of the answer with this id; its owner may add to it.
        remember_wanted(str): this text is to be remembered.
    """

    link_activated = Signal(str)
    retry_wanted = Signal()
    again_wanted = Signal(str)
    models_wanted = Signal(str)
    continue_wanted = Signal(str)
    aloud_wanted = Signal(str, str)
    source_wanted = Signal(object)
    menu_opening = Signal(object, str)
    remember_wanted = Signal(str)

    def __init__(self, message: StoredMessage | None = None) -> None:
        super().__init__()
        self._id = message.id if message is not None else ""
        self._state: MessageState = "streaming"
        self._stats = Stats()
        self._failure = ("", "")  # message and hint
        self._notices: list[str] = []
        self._spoken = False
        named(self, "answerMessage", tr("Answer"))
        self.preparing = ProgressLine()
        self.text = RichTextView(markdown=True, tolerant=True)
        named(self.text, "answerText", tr("The answer"))
        self.text.hide()
        self._speaker = SentenceSpeaker(self)
        self.text.link_activated.connect(self._on_link)
        self.text.menu_opening.connect(self._on_menu)
        self.notices = QVBoxLayout()
        self.notices.setSpacing(4)
        self.error: ErrorCard | None = None
        self.again_offer: QPushButton | None = None
        self.thinking: ThinkingSection | None = None
        self.sources: SourceList | None = None
        self._citations: tuple[Citation, ...] = ()
        self._thinking_since = QElapsedTimer()
        self._foot = self._make_foot()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addLayout(self.notices)
        self._column.addWidget(self.text)
        self._column.addWidget(self.preparing)
        self._column.addWidget(self._foot)
        self.details = AnswerDetails()
        self._column.addWidget(self.details)
        if message is not None:
            self.versions.show_versions(message.id, message.versions)
            if message.state != "streaming" or message.turn.text or message.reasoning:
                self._restore(message)

    def _make_foot(self) -> QWidget:
        foot = QWidget()
        self.copy_button = icon_button(
            "copy", "copyAnswerButton", tr("Copy the answer"), side=30, glyph=16, token="muted"
        )
        self.copy_button.clicked.connect(self._on_copy)
        self.menu_button = icon_button(
            "more", "answerMenuButton", tr("More for this answer"), side=30, glyph=16,
            token="muted",
        )  # fmt: skip
        self.menu_button.clicked.connect(self._on_more)
        self.again_button = icon_button(
            "refresh", "regenerateButton", tr("Answer again"), side=30, glyph=16,
            token="muted",
        )  # fmt: skip
        self.again_button.clicked.connect(self._on_again)
        self.again_with_button = icon_button(
            "chevron-down", "againWithButton", tr("Try again with another model"), side=30,
            glyph=14, token="muted",
        )  # fmt: skip
        self.again_with_button.clicked.connect(self._on_again_with)
        self.again_with_button.hide()
        self.aloud_button = icon_button(
            "speaker", "readAloudButton", tr("Read aloud"), side=30, glyph=16, token="muted"
        )
        self.aloud_button.clicked.connect(self._on_aloud)
        self.continue_button = text_button(tr("Continue"), "continueButton", "small")
        self.continue_button.clicked.connect(self._on_continue)
        self.continue_button.hide()
        self.versions = VersionSwitcher()
        self.stopped = label(tr("Stopped"), "pill")
        self.stopped.setObjectName("stoppedMark")
        self.stats = ElidedLabel("", "muted")
        self.stats.setObjectName("answerStats")
        row = QHBoxLayout(foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (
            *(self.stopped, self.continue_button, self.versions, self.copy_button),
            *(self.aloud_button, self.again_button, self.again_with_button, self.menu_button),
        ):
            row.addWidget(widget)
        self.again_button.setVisible(bool(self._id))  # with a parent, or it would be a window
        row.addSpacing(4)
        row.addWidget(self.stats)
        row.addStretch()
        self.stopped.hide()
        foot.hide()
        return foot

    # --- while it is given --------------------------------------------------------------------

    def set_preparing(self, stage: str, fraction: float | None) -> None:
        """Show what is being done before or between text; `fraction` 0..1, None when unknown."""
        self.preparing.show_stage(stage, fraction)

    def append(self, text: str) -> None:
        """Add some more of the answer, and read it aloud to a screen reader."""
        if text:
            self._append_text(text)
            self._speaker.feed(text)

    def append_reasoning(self, text: str) -> None:
        """Add some more of what the model thinks before it answers."""
        if self.thinking is None:
            self.thinking = ThinkingSection()
            self._thinking_since.start()
            self._column.insertWidget(self._column.indexOf(self.text), self.thinking)
            self.thinking.show()
        self.preparing.end()
        self.thinking.append(text)

    def _end_thinking(self, seconds: float = 0.0) -> None:
        """Say how long the model thought: as measured here, or `seconds` by the engine."""
        if self.thinking is None:
            return
        if self._thinking_since.isValid() and not seconds:
            seconds = max(1, self._thinking_since.elapsed()) / 1000
        self._thinking_since.invalidate()
        if seconds or not self.thinking.is_finished:
            self.thinking.finish(seconds)

    def _append_text(self, text: str) -> None:
        self._end_thinking()
        self.preparing.end()
        self.text.show()
        self.text.append(text)

    def add_notice(self, notice: str) -> None:
        """Show a sentence about the answer above it."""
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(glyph("info", "muted"), 0, Qt.AlignmentFlag.AlignTop)
        text = label(translated(notice), "notice", wrap=True)
        text.setObjectName("answerNotice")
        row.addWidget(text, 1)
        self.notices.addWidget(box)
        self._notices.append(notice)
        announce(self, translated(notice))

    def show_citations(self, citations: tuple[Citation, ...]) -> None:
        """Show the passages that the sentences so far rest on."""
        self._citations = citations
        self.text.set_source_marks(marks_of(self.text.source_text, citations))
        if self.sources is None:
            self.sources = SourceList()
            self.sources.chosen.connect(self.source_wanted)
            self._column.insertWidget(self._column.indexOf(self.text) + 1, self.sources)
        self.sources.show_sources(citations)
        self._foot.raise_()  # last for Tab and screen readers, as it is on the screen
        self.sources.follow(self.text)

    @Slot(str)
    def _on_link(self, address: str) -> None:
        number = source_number(address)
        if number and self.sources is not None:
            self.sources.open_source(number)
        else:
            self.link_activated.emit(address)

    # --- how it ends --------------------------------------------------------------------------

    def finish(self, stats: Stats) -> None:
        """End the answer as complete."""
        self._end("whole")
        self._speaker.finish()
        self._show_stats(stats)
        announce(self, tr("Answer finished"))

    def stop(self) -> None:
        """End the answer as stopped by the user; the text so far stays."""
        self._end("stopped")
        self._speaker.finish()
        self.stopped.show()
        announce(self, tr("Answer stopped"))

    def fail(self, message: str, hint: str) -> None:
        """End the answer with an error below the text so far."""
        self._end("failed")
        self._speaker.finish()
        self._show_failure(message, hint)
        announce(self, sentences(translated(message), translated(hint)))

    def _end(self, state: MessageState) -> None:
        self._state = state
        self._end_thinking()
        self.preparing.end()
        self.text.finish()
        self._foot.show()
        for button in (self.copy_button, self.aloud_button, self.menu_button):
            button.setVisible(bool(self.text.source_text))

    def _show_failure(self, message: str, hint: str) -> None:
        self._failure = (message, hint)
        self.error = ErrorCard("answerError", translated(message), glyph_side=18)
        again = text_button(tr("Edit and ask again"), "askAgainButton", "small")
        again.clicked.connect(self.retry_wanted)
        self.error.add_below(again)
        self._column.insertWidget(self._column.indexOf(self._foot), self.error)
        self.error.show_error(message, hint)

    def _show_stats(self, stats: Stats) -> None:
        """Show what everyone wants to know; the measurements are details."""
        self._stats = stats
        self._end_thinking(stats.thinking_s)
        say(self.stats.setText, remarks(stats))
        self.details.show_stats(stats)

    def set_spoken(self, spoken: bool) -> None:
        """Show whether the answer is being read aloud; the button stops it then."""
        self.aloud_button.setIcon(icon("stop" if spoken else "speaker", "muted"))
        self._spoken = spoken
        name = self._aloud_text()
        say(self.aloud_button.setAccessibleName, name)
        say(self.aloud_button.setToolTip, plain_tooltip(name))

    def _aloud_text(self) -> TranslatedText:
        return tr("Stop reading") if self._spoken else tr("Read aloud")

    def offer_continue(self, offered: bool) -> None:
        """Show or hide the button that continues the answer."""
        self.continue_button.setVisible(offered)

    def offer_models(self, offered: bool) -> None:
        """Show or hide the button that lets another model answer."""
        self.again_with_button.setVisible(offered and bool(self._id))

    def offer_again(self) -> None:
        """Offer another answer from the user's own description of the picture."""
        if self.again_offer is None:
            text = tr("Answer again with your words")
            self.again_offer = text_button(text, "againWithWordsButton", "small")
            say(self.again_offer.setToolTip, tr("This was answered from the old description."))
            self.again_offer.setEnabled(self.again_button.isEnabled())
            self.again_offer.clicked.connect(self._on_again)
            self._column.insertWidget(self._column.indexOf(self._foot), self.again_offer)

    @Slot(object)
    def _on_menu(self, menu: QMenu) -> None:
        menu.addSeparator()
        self._add_actions(menu)
        if self._id:
            again = menu.addAction("", self._on_again)
            say(again.setText, tr("Answer again"))
            again.setEnabled(self.again_button.isEnabled())

    def _add_actions(self, menu: QMenu) -> None:
        say(menu.addAction("", self._on_copy).setText, tr("Copy as Markdown"))
        say(menu.addAction("", self._on_copy_formatted).setText, tr("Copy with formatting"))
        say(menu.addAction("", self._on_aloud).setText, self._aloud_text())
        say(menu.addAction("", self._on_remember).setText, tr("Remember this"))
        if self.details.text():
            details = menu.addAction("", self.details.toggle)
            say(details.setText, tr("Details"))
            details.setCheckable(True)
            details.setChecked(not self.details.isHidden())
        self.menu_opening.emit(menu, self._id)

    @Slot()
    def _on_more(self) -> None:
        menu = QMenu(self)
        named(menu, "answerMenu", tr("More for this answer"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._add_actions(menu)
        menu.popup(self.menu_button.mapToGlobal(self.menu_button.rect().bottomLeft()))

    # --- as an item of a MessageList ----------------------------------------------------------

    def stored(self, message: StoredMessage) -> StoredMessage:
        """Return the message in the state to make this widget again from."""
        return replace(
            message,
            turn=replace(message.turn, text=self.text.source_text),
            state=self._state,
            stats=self._stats,
            notices=tuple(self._notices),
            error=self._failure[0],
            hint=self._failure[1],
            reasoning=self.thinking.thoughts if self.thinking is not None else "",
            citations=self._citations,
        )

    def _restore(self, message: StoredMessage) -> None:
        """Show a stored answer in the state in which it was left."""
        for notice in message.notices:
            self.add_notice(notice)
        if message.reasoning:
            self.append_reasoning(message.reasoning)
            self._thinking_since.invalidate()  # it was long ago
        if message.turn.text:
            self._append_text(message.turn.text)
        if message.citations:
            self.show_citations(message.citations)
        self._end("interrupted" if message.state == "streaming" else message.state)
        self._show_stats(message.stats)
        if message.state == "failed":
            self._show_failure(message.error, message.hint)
        elif self._state == "interrupted":
            say(self.stopped.setText, tr("Interrupted"))
            say(self.stopped.setToolTip, tr("mmdesk was closed during this answer"))
        self.stopped.setVisible(self._state in ("stopped", "interrupted"))

    def set_locked(self, locked: bool) -> None:
        """Disable what changes the message, while an answer is being given."""
        for button in (self.again_button, self.again_with_button, self.continue_button):
            button.setEnabled(not locked)
        if self.again_offer is not None:
            self.again_offer.setEnabled(not locked)
        self.versions.set_locked(locked)

    def mark(self, terms: tuple[str, ...]) -> None:
        """Mark the words that were searched for."""
        self.text.mark(terms)

    @Slot()
    def _on_copy(self) -> None:
        copy_text(repaired(self.text.source_text), self.copy_button)

    @Slot()
    def _on_aloud(self) -> None:
        self.aloud_wanted.emit(self._id, self.text.source_text)

    @Slot()
    def _on_copy_formatted(self) -> None:
        from mmdesk.ui.rich_copy import copy_formatted

        copy_formatted(self.text.source_text, self.copy_button)

    @Slot()
    def _on_remember(self) -> None:
        self.remember_wanted.emit(self.text.textCursor().selectedText() or self.text.toPlainText())

    @Slot()
    def _on_again(self) -> None:
        self.again_wanted.emit(self._id)

    @Slot()
    def _on_again_with(self) -> None:
        self.models_wanted.emit(self._id)

    @Slot()
    def _on_continue(self) -> None:
        self.continue_wanted.emit(self._id)
