"""Larger language model: downloaded behind the default one, used when it is there, or offered.

A new installation gets both where the machine suits the larger one. The default model comes first
and opens the chat; the larger one follows in the background, after the parts for pictures and
speech, and answers from the next question on. An installation that was there before goes on with
what it has, and is offered the larger model once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from mmdesk.settings import Settings
from mmdesk.values import ModelInfo

if TYPE_CHECKING:
    from mmdesk.ui import ModelBanner
    from mmdesk.workers import ModelParts

DEFAULT = Settings().model


class LargerModel(QObject):
    """Follower of the model parts that downloads, uses or offers the larger language model.

    Args:
        parts: the model parts.
        banner: shows the offer, and that the model is used.
        settings: returns those in force.

    Signals:
        choice_changed: new value of `Settings.larger_model`.
        switch_wanted: id of the larger model, which is to answer from now on.
    """

    choice_changed = Signal(str)
    switch_wanted = Signal(str)

    def __init__(
        self, parts: ModelParts, banner: ModelBanner, settings: Callable[[], Settings]
    ) -> None:
        super().__init__()
        self._parts, self._banner, self._settings = parts, banner, settings
        self._larger: ModelInfo | None = None  # None until it is known that the machine suits it
        self._asked = False
        self._is_new = False
        # Queued, since it changes the choice of the model: every other receiver comes first.
        parts.listed.connect(self._on_listed, Qt.ConnectionType.QueuedConnection)
        parts.manager.advised.connect(self._on_advised)
        banner.accepted.connect(self._on_accepted)

    @Slot()
    def give_up(self) -> None:
        """Stop wanting the model: the user cancelled its download."""
        if self._is_wanted() and self._is_missing():
            self.choice_changed.emit("offered")

    @Slot()
    def want_again(self) -> None:
        """Want the model whose download was cancelled before."""
        if self._larger and self._is_missing() and self._parts.is_fetching_part(self._larger.id):
            self.choice_changed.emit("wanted")

    @Slot(object, str)
    def _on_listed(self, infos: tuple[ModelInfo, ...], current: str) -> None:
        others = any(info.role == "language" and info.id != DEFAULT for info in infos)
        if others and not self._asked and self._settings().larger_model in ("", "wanted"):
            self._asked = True
            self._is_new = not any(info.role == "language" and info.installed for info in infos)
            self._parts.manager.advise()
        elif self._is_wanted() and self._larger is not None and not self._is_missing():
            self._use(self._larger)

    @Slot(object)
    def _on_advised(self, larger: ModelInfo | None) -> None:
        choice = self._settings().larger_model
        known = [info.id for info in self._parts.infos]
        if larger is None or larger.id not in known or choice not in ("", "wanted"):
            return
        self._larger = larger
        if choice == "wanted" or (self._is_new and not larger.installed):
            self._want(larger)
        elif not larger.installed:
            self._banner.offer(larger.title, larger.download_bytes)
            self.choice_changed.emit("offered")

    @Slot()
    def _on_accepted(self) -> None:
        if self._larger is not None:
            self._want(self._larger)

    def _want(self, larger: ModelInfo) -> None:
        self.choice_changed.emit("wanted")
        if self._is_missing():
            self._parts.fetch(larger.id)
        else:
            self._use(larger)

    def _use(self, larger: ModelInfo) -> None:
        """Let the model answer, unless the user has chosen another one since."""
        self.choice_changed.emit("used")
        if self._settings().model == DEFAULT:
            self.switch_wanted.emit(larger.id)
            self._banner.tell_used(larger.title)

    def _is_wanted(self) -> bool:
        return self._settings().larger_model == "wanted"

    def _is_missing(self) -> bool:
        larger = self._larger
        known = self._parts.infos
        return larger is not None and not any(i.id == larger.id and i.installed for i in known)
