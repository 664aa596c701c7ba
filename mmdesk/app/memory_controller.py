"""Remembered facts: added at the user's wish, given to the prompts, and told of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from mmdesk.text import clean_fact, fact_list, facts_for_prompt, remember_wish, with_fact
from mmdesk.ui import tr
from mmdesk.values import Notice, StoredMessage

if TYPE_CHECKING:
    from mmdesk.chat import ChatController, PromptExtras
    from mmdesk.chat.conversation import Conversation
    from mmdesk.ui import MainWindow


class MemoryController(QObject):
    """Keeper of the facts, which stand in the window's settings."""

    def __init__(self, window: MainWindow, chat: ChatController) -> None:
        """Follow what the user writes."""
        super().__init__()
        self._window, self._chat = window, chat
        chat.message_added.connect(self._on_message)
        window.conversation.remember_wanted.connect(self.remember)

    def added_to(
        self, extras: PromptExtras, conversation: Conversation, before: str
    ) -> PromptExtras:
        """Return the extras of a prompt with the facts, and with what is to be told of them."""
        settings = self._window.settings
        if settings.use_facts and (settings.facts_in_temporary or not conversation.is_temporary):
            extras = replace(extras, facts=facts_for_prompt(settings.facts))
        notice = self._notice(conversation, before)
        return extras if notice is None else replace(extras, notices=(*extras.notices, notice))

    @Slot(str)
    def remember(self, text: str) -> None:
        """Add a text to the facts, because the user said so."""
        fact = clean_fact(text)
        settings = self._window.settings
        if not fact:
            return
        if self._chat.conversation.is_temporary:
            message = tr("Nothing is remembered from a temporary chat.")
            self._window.composer.show_error(message, tr("Keep this chat first."))
            return
        self._window.take_settings(replace(settings, facts=with_fact(settings.facts, fact)))
        said = (
            tr("Remembered: “{fact}”")
            if settings.use_facts
            else tr("Remembered: “{fact}”. It is not used while memory is off.")
        )
        self._window.status_bar.set_state(said.format(fact=fact))

    @Slot(object)
    def _on_message(self, message: StoredMessage) -> None:
        fact = remember_wish(message.turn.text)
        settings = self._window.settings
        if fact and settings.use_facts and not self._chat.conversation.is_temporary:
            self._window.take_settings(replace(settings, facts=with_fact(settings.facts, fact)))

    def _notice(self, conversation: Conversation, before: str) -> Notice | None:
        """Return what is to be told beside the answer to a wish that something be remembered."""
        answer = conversation.get(before)
        question = conversation.get(answer.parent) if answer is not None else None
        fact = remember_wish(question.turn.text) if question is not None else ""
        if not fact:
            return None
        settings = self._window.settings
        if conversation.is_temporary:
            return Notice("Nothing is remembered from a temporary chat.")
        if not settings.use_facts:
            return Notice("Not remembered: memory is off in the settings.")
        if fact not in fact_list(settings.facts):
            return None  # deleted since
        return Notice("Remembered: “{fact}”. The list is in the settings, under Memory.", fact=fact)
