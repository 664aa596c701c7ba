"""The message that is being typed: what sending it will take, and its prefill."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mmdesk.chat import Forecaster, in_conversation
from mmdesk.values import StoredMessage, Turn

if TYPE_CHECKING:
    from mmdesk.chat import ChatController
    from mmdesk.settings import Settings
    from mmdesk.ui import MainWindow
    from mmdesk.workers import ModelParts


class DraftController(QObject):
    """Controller of the draft, which learns from every answer how long the next one takes."""

    def __init__(
        self,
        window: MainWindow,
        chat: ChatController,
        parts: ModelParts,
        settings: Callable[[], Settings],
    ) -> None:
        """Follow the composer and the answers."""
        super().__init__(window)
        self._window, self._chat, self._parts, self._settings = window, chat, parts, settings
        self._forecaster = Forecaster()
        window.draft_changed.connect(self.follow)
        chat.answers.ended.connect(self._on_answer_ended)

    def follow_again(self) -> None:
        """Read what the draft follows once more, since its prompt has changed."""
        self._forecaster.forget()
        self._chat.prefill(Turn("user", ""))
        self.follow(self._window.composer.turn())

    def follow(self, draft: Turn) -> None:
        """Show what sending a draft will take, and have the engine read it."""
        conversation = self._chat.conversation
        settings = in_conversation(self._settings(), conversation.settings)
        extras, turns = self._chat.prompt_of(conversation, "", draft)
        forecast = self._forecaster.forecast(
            *(conversation.id, turns[:-1], turns[-1]),
            *(settings.max_tokens, settings.context_tokens, extras.system),
        )
        self._window.set_forecast(forecast)
        if self._parts.model and (draft.text.strip() or draft.images or draft.documents):
            self._chat.prefill(draft)

    def _on_answer_ended(self, answer: StoredMessage) -> None:
        conversation = self._chat.conversation
        is_shown = bool(conversation.path) and conversation.path[-1].id == answer.id
        if is_shown and answer.task.kind == "chat" and answer.state == "whole":
            extras, turns = self._chat.prompt_of(conversation, answer.id)
            self._forecaster.learn(conversation.id, turns, answer.stats, extras.system)
