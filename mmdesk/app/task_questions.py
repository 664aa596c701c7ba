"""Questions that the window's buttons ask: describe, summarise, translate, write minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mmdesk.ui import tr
from mmdesk.values import DocumentInput, ImageInput, Task, Turn

if TYPE_CHECKING:
    from mmdesk.app.model_selection import ModelSelection
    from mmdesk.app.sound_controller import SoundController
    from mmdesk.chat import ChatController
    from mmdesk.ui import MainWindow


class TaskQuestions(QObject):
    """Asker of the questions that stand for a task, in the user's language."""

    def __init__(
        self,
        window: MainWindow,
        chat: ChatController,
        model_selection: ModelSelection,
        sounds: SoundController,
    ) -> None:
        """Follow the buttons of the window, and the sounds."""
        super().__init__(window)
        self._chat, self._model_selection = chat, model_selection
        window.attachment_actions.description_requested.connect(self._on_description_requested)
        window.attachment_actions.summary_requested.connect(self._on_summary_requested)
        window.attachment_actions.translation_requested.connect(self._on_translation_requested)
        sounds.minutes_wanted.connect(self._on_minutes_wanted)

    def _on_description_requested(self, images: tuple[ImageInput, ...]) -> None:
        one = len(images) == 1
        text = tr("Describe this picture.") if one else tr("Describe these pictures.")
        self._ask(Turn("user", str(text), images=images), Task("describe"))

    def _on_summary_requested(self, document: DocumentInput, words: int) -> None:
        text = tr("Summarise this in about {words} words.").format(words=words)
        turn = Turn("user", str(text), documents=(document,))
        self._ask(turn, Task("summarise", words=words))

    def _on_translation_requested(self, source: DocumentInput | ImageInput, language: str) -> None:
        text = tr("Translate this into {language}.").format(language=tr(language))
        if isinstance(source, ImageInput):
            turn = Turn("user", str(text), images=(source,))
        else:
            turn = Turn("user", str(text), documents=(source,))
        self._ask(turn, Task("translate", language=language))

    def _on_minutes_wanted(self, document: DocumentInput, task: Task) -> None:
        text = tr("Write minutes of this recording.")
        self._ask(Turn("user", str(text), documents=(document,)), task)

    def _ask(self, turn: Turn, task: Task) -> None:
        self._model_selection.keep()
        self._chat.ask(turn, task)
