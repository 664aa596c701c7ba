"""From the parts of the window to its signals: what a click or a key in a part becomes.

Beside furnishing.py, which makes this once all parts stand in the window.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from mmdesk.ui.main_window import MainWindow
    from mmdesk.values import DocumentInput, ImageInput


class WindowConnections(QObject):
    """Connects the parts of a window. Its slots are what needs a thought on the way."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._connect_writing()
        self._connect_conversation()
        self._connect_panels()
        self._connect_bar()
        self._connect_pages()

    def keys(self) -> dict[str, Callable[[], object]]:
        """What the keys of ui/shortcuts.py do, by their names there."""
        window = self._window
        return {
            "new_chat": window.start_new_chat,
            "history": window.toggle_history,
            "search": window.search_history,
            "chat_settings": window.open_chat_settings,
            "stop": self._on_stop,
            "write": window.composer.input.setFocus,
            "attach": window.choose_files,
            "speak": window.microphone_panel.toggle,
            "panels": window.toggle_panels,
            "models": window.pages.open_models,
            "settings": window.open_settings,
            "next_area": window.go_to_next_area,
            "larger": window.enlarge_text,
            "smaller": window.shrink_text,
            "usual_size": window.reset_text,
            "shortcuts": window.pages.open_shortcuts,
            "quit": window.quit,
        }

    def _connect_writing(self) -> None:
        window, composer, attachments = (
            self._window,
            self._window.composer,
            self._window.attachments,
        )
        composer.stop_wanted.connect(self._on_stop)
        composer.attach_wanted.connect(window.choose_files)
        composer.files_offered.connect(window.files_offered)
        composer.image_bytes_offered.connect(window.image_bytes_offered)
        composer.summary_wanted.connect(self._on_summary)
        composer.translation_wanted.connect(self._on_translation)
        composer.draft_changed.connect(self._on_draft)
        attachments.corrected.connect(window.description_corrected)
        attachments.picture_wanted.connect(window.picture_wanted)
        attachments.enlarged.connect(self._on_enlarged)

    def _connect_conversation(self) -> None:
        window = self._window
        window.transcript.link_activated.connect(self._on_link)
        window.transcript.retry_wanted.connect(window.composer.restore)
        window.transcript.example_chosen.connect(window.composer.set_text)
        window.history.open_wanted.connect(window.room.leave_history)

    def _connect_panels(self) -> None:
        window = self._window
        window.image_panel.choose_wanted.connect(window.choose_files)
        window.image_panel.description_wanted.connect(self._on_description)
        window.microphone_panel.listening_started.connect(window.listening_started)
        window.microphone_panel.listening_stopped.connect(window.listening_stopped)
        window.first_start.cancelled.connect(window.fetch_cancelled)
        window.first_start.retried.connect(window.fetch_retried)

    def _connect_bar(self) -> None:
        window, bar = self._window, self._window.top_bar
        bar.history.clicked.connect(window.toggle_history)
        bar.chat_settings.clicked.connect(window.open_chat_settings)
        bar.new_chat.clicked.connect(window.start_new_chat)
        bar.panels.clicked.connect(window.toggle_panels)
        bar.settings.clicked.connect(window.open_settings)
        bar.manage_models.clicked.connect(window.pages.open_models)
        bar.model_selected.connect(window.model_selected)

    def _connect_pages(self) -> None:
        window, pages = self._window, self._window.pages
        pages.example_chosen.connect(window.composer.set_text)
        pages.steps_over.connect(self._on_steps_over)
        pages.tray.asked.connect(window.ask_quickly)
        pages.tray.window_wanted.connect(window.come_back)
        pages.tray.quit_wanted.connect(window.quit)

    # --- what needs a thought -----------------------------------------------------------------

    @Slot()
    def _on_stop(self) -> None:
        if self._window.answering:
            self._window.stop_requested.emit()

    @Slot()
    def _on_draft(self) -> None:
        self._window.draft_changed.emit(self._window.composer.turn())

    @Slot(object, int)
    def _on_summary(self, document: DocumentInput, words: int) -> None:
        self._window.attachments.remove_document(document)
        self._window.summary_requested.emit(document, words)

    @Slot(object, str)
    def _on_translation(self, document: DocumentInput, language: str) -> None:
        window = self._window
        if language != window.settings.translate_to:
            window.composer.set_translate_to(language)
            window.take_settings(replace(window.settings, translate_to=language))
        window.attachments.remove_document(document)
        window.translation_requested.emit(document, language)

    @Slot(object)
    def _on_description(self, images: tuple[ImageInput, ...]) -> None:
        if images:
            for image in images:
                self._window.attachments.remove_image(image.sha256)
            self._window.description_requested.emit(images)

    @Slot(object)
    def _on_enlarged(self, image: ImageInput) -> None:
        from mmdesk.ui.image_viewer import ImageViewer

        ImageViewer(image, self._window).open()

    @Slot(str)
    def _on_link(self, address: str) -> None:
        from mmdesk.ui.link_dialog import ask_to_open

        ask_to_open(address, self._window)

    @Slot()
    def _on_steps_over(self) -> None:
        self._window.take_settings(replace(self._window.settings, seen_welcome=True))
        self._window.composer.input.setFocus()
