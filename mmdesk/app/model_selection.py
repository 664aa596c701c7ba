"""Which model answers in which conversation.

A conversation takes the model it was begun with, or the one that was chosen in it last; a new one
takes the one that was chosen last anywhere. Beside app.py; built by it, once.
"""

from __future__ import annotations

from collections.abc import Callable
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
    """Has the parts follow the conversation that is shown.

    Args of the constructor:
        last_chosen: gives the id of the model that was chosen last.
    """

    def __init__(
        self,
        window: MainWindow,
        parts: ModelParts,
        talks: ChatController,
        last_chosen: Callable[[], str],
    ) -> None:
        super().__init__()
        self._window, self._parts, self._talks = window, parts, talks
        self._last_chosen = last_chosen
        self._told = ("", "")  # the conversation and the model whose absence was told
        talks.settings_changed.connect(self._on_settings)
        # Once everybody has heard of a list: to follow it makes another one.
        parts.listed.connect(self._on_listed, Qt.ConnectionType.QueuedConnection)

    def choose(self, model: str) -> None:
        """The person wants this model, here and in what is begun after it."""
        self._talks.set_settings(replace(self._talks.settings, model=model))
        self._parts.want(model)

    def keep(self) -> None:
        """Something is asked: the conversation stays with the model that it has now."""
        if self._talks.settings.model is None:
            wanted = self._last_chosen()
            model = wanted if self._parts.is_at_hand(wanted) else self._parts.model
            if model:
                self._talks.set_settings(replace(self._talks.settings, model=model))

    @Slot(object)
    def _on_settings(self, settings: ChatSettings) -> None:
        self._follow()

    @Slot(object, str)
    def _on_listed(self, infos: tuple[ModelInfo, ...], current: str) -> None:
        self._follow()

    def _follow(self) -> None:
        own = self._talks.settings.model
        if own is None or not self._parts.infos or self._parts.is_at_hand(own):
            self._parts.answer_with(own or self._last_chosen())
            return
        self._parts.answer_with(self._last_chosen())
        if self._told != (self._talks.current, own):
            self._told = (self._talks.current, own)
            self._tell(own)

    def _tell(self, own: str) -> None:
        titles = {info.id: info.title for info in self._parts.infos}
        answering = self._parts.model
        note = tr("This conversation's own model {0} is not installed any more; {1} answers.")
        hint = tr("It can be fetched on the page of the models (Ctrl+Shift+M)")
        words = note.format(titles.get(own, own), titles.get(answering, answering))
        self._window.composer.show_error(words, hint if own in titles else "")
