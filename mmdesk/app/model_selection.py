"""Selection of the language model that answers in a conversation.

A conversation takes the model it was begun with, or the one that was chosen in it last; a new one
takes the one that was chosen last anywhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from mmdesk.ui import tr
from mmdesk.values import ChatSettings, ModelInfo

if TYPE_CHECKING:
    from mmdesk.chat import ChatController
    from mmdesk.ui import MainWindow
    from mmdesk.workers import ModelParts


class ModelSelection(QObject):
    """Follower of the shown conversation: its model answers, where it is installed.

    Attributes:
        last_chosen: id of the model that was chosen last, in whatever conversation.
    """

    def __init__(
        self,
        window: MainWindow,
        parts: ModelParts,
        chat: ChatController,
        last_chosen: str,
    ) -> None:
        """Follow `chat`, and let `parts` choose."""
        super().__init__(window)
        self._window, self._parts, self._chat = window, parts, chat
        self.last_chosen = last_chosen
        self._missed = ("", "")  # the conversation and the missing model that were told last
        self._untold = ""  # a missing model of the conversation that is being opened
        chat.settings_changed.connect(self._on_settings)
        # Queued, since the window hides an earlier error as it shows the conversation.
        chat.shown.connect(self._on_shown, Qt.ConnectionType.QueuedConnection)
        window.model_line.switch_wanted.connect(self.choose)
        # Queued, since following a list makes another one: every other receiver comes first.
        parts.listed.connect(self._on_listed, Qt.ConnectionType.QueuedConnection)

    def choose(self, model: str) -> None:
        """Use this model, in this conversation and in those that are begun after it."""
        self.last_chosen = model
        self._set_own(model)
        self._parts.want(model)

    @Slot()
    def keep(self) -> None:
        """Let the conversation stay with the model that it has now, since something is asked."""
        if self._chat.conversation.settings.model is None:
            wanted = self.last_chosen
            model = wanted if self._parts.is_at_hand(wanted) else self._parts.model
            if model:
                self._set_own(model)

    def _set_own(self, model: str) -> None:
        self._chat.set_settings(replace(self._chat.conversation.settings, model=model))

    @Slot(object)
    def _on_settings(self, settings: ChatSettings) -> None:
        self._follow()

    @Slot(object, str)
    def _on_listed(self, infos: tuple[ModelInfo, ...], current: str) -> None:
        self._follow()
        self._on_shown()

    @Slot()
    def _on_shown(self) -> None:
        if self._untold:
            self._tell_missing(self._untold)
        self._untold = ""

    def _follow(self) -> None:
        self._show_difference()
        own = self._chat.conversation.settings.model
        if own is None or not self._parts.infos or self._parts.is_at_hand(own):
            self._parts.answer_with(own or self.last_chosen)
            return
        self._parts.answer_with(self.last_chosen)
        if self._missed != (self._chat.current, own):
            self._missed = (self._chat.current, own)
            self._untold = own

    def _show_difference(self) -> None:
        """Say where a conversation has another model than the one that was chosen last."""
        own, other = self._chat.conversation.settings.model, self.last_chosen
        line, parts = self._window.model_line, self._parts
        titles = {info.id: info.title for info in parts.infos}
        differ = own is not None and own != other and own in titles and other in titles
        if own is not None and differ and parts.is_at_hand(own) and parts.is_at_hand(other):
            line.show_difference(titles[own], other, titles[other])
        else:
            line.hide()

    def _tell_missing(self, own: str) -> None:
        titles = {info.id: info.title for info in self._parts.infos}
        answering = self._parts.model
        message = tr("{model} is not installed any more. {other} answers in this conversation.")
        hint = tr("You can download it again on the Models page (Ctrl+Shift+M).")
        message = message.format(model=titles.get(own, own), other=titles.get(answering, answering))
        self._window.composer.show_error(message, hint if own in titles else "")
