"""Remembered facts: added at the user's wish, given to the prompts, and told of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from mmdesk.text import (
    CHINESE,
    clean_fact,
    detect,
    fact_list,
    facts_for_prompt,
    is_only_wish,
    remember_wish,
    with_fact,
)
from mmdesk.ui import tr
from mmdesk.values import Notice, StoredMessage

if TYPE_CHECKING:
    from mmdesk.chat import ChatController, PromptExtras
    from mmdesk.chat.conversation import Conversation
    from mmdesk.ui import MainWindow


class MemoryController(QObject):
    """Controller of the remembered facts, which are stored in the settings."""

    def __init__(self, window: MainWindow, chat: ChatController) -> None:
        """Connect to the messages of the chat, to find wishes to remember something."""
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
        if notice is None:
            return extras
        extras = replace(extras, notices=(*extras.notices, notice))
        reply = self._reply(conversation, before)
        return replace(extras, reply=reply, facts=()) if reply else extras

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
        self._window.status_bar.set_state(said.format(fact=_without_stop(fact)))

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
        return Notice(
            "Remembered: “{fact}”. The list is in the settings, under Memory.",
            fact=_without_stop(fact),
        )

    def _reply(self, conversation: Conversation, before: str) -> str:
        """Return the answer to a message that is such a wish and nothing else; "" for others.

        Small models refuse it ("I'm sorry, but I can't assist with that request.").
        """
        answer = conversation.get(before)
        question = conversation.get(answer.parent) if answer is not None else None
        turn = question.turn if question is not None else None
        if turn is None or turn.images or turn.documents or turn.audio:
            return ""
        if not is_only_wish(turn.text):
            return ""
        is_kept = self._window.settings.use_facts and not conversation.is_temporary
        if detect(turn.text) == CHINESE:
            return "好的，我会记住。" if is_kept else "好的，我只会在这个对话中记得。"
        return "OK, I will remember that." if is_kept else "OK, I will know it in this chat only."


def _without_stop(fact: str) -> str:
    """Return a fact as it stands inside quotation marks that a full stop follows."""
    return fact.rstrip(".。")
