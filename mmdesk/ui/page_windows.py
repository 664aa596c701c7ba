"""Windows and dialogs beside the main window: models, settings, files, welcome, tray.

Each is imported and created when it is first opened, since the main window must paint soon. The
values that they show are kept here until then.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from mmdesk.ui.i18n import tr
from mmdesk.ui.shortcuts import ShortcutsDialog
from mmdesk.ui.tray import Tray
from mmdesk.values import (
    ChatSettings,
    ComputeDevice,
    FetchProgress,
    FoundModel,
    HardwareInfo,
    ModelEntry,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from mmdesk.ready_prompts import ReadyPrompt
    from mmdesk.settings import Settings
    from mmdesk.ui.command_palette import Command
    from mmdesk.ui.models_page import ModelsPage
    from mmdesk.ui.settings_dialog import SettingsDialog
    from mmdesk.values import Citation, DocumentInput, ImageInput

# Patterns of the file dialog; what a file is, its content decides (inputs/any_file.py).
_PICTURES = "*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff *.heic *.heif *.avif"
_DOCUMENTS = "*.pdf *.docx *.odt *.txt *.md *.html *.htm *.csv *.eml *.json *.xml *.py *.srt"
_SOUNDS = "*.wav *.mp3 *.m4a *.flac *.ogg *.opus *.aac *.aiff *.mp4 *.mkv *.mov *.webm"


class PageWindows(QObject):
    """Owner of the other windows, which it opens and keeps up to date.

    Attributes:
        chat_settings: those of the conversation that is shown.
        models: the models page, once it was opened.
        tray: off until it is switched on.

    Signals:
        models_opened(object): the ModelsPage, when it was created; connect to it here.
        models_shown(): the models page is visible, and its list should be refreshed.
        closed(): a dialog was closed.
        introduction_wanted(): the user asks for the introduction of the first start.
        files_chosen(list): list[str], paths chosen in the file dialog.
        settings_opened(object): the SettingsDialog that was opened.
        settings_saved(object): Settings of the settings dialog, after each change.
        chat_settings_saved(object): ChatSettings of the conversation's dialog.
        prompts_saved(object): tuple[ReadyPrompt, ...], after each change of the prompts' dialog.
        connections_opened(object): the ConnectionsDialog, whose list is to be filled.
        cited_file_wanted(object): the Citation of a passage in the file of a folder.
    """

    models_opened = Signal(object)
    models_shown = Signal()
    closed = Signal()
    introduction_wanted = Signal()
    files_chosen = Signal(list)
    settings_opened = Signal(object)
    settings_saved = Signal(object)
    chat_settings_saved = Signal(object)
    connections_opened = Signal(object)
    cited_file_wanted = Signal(object)
    prompts_saved = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._current = ""
        self._progress: dict[str, FetchProgress] = {}
        self._microphones: list[str] = []
        self.chat_settings = ChatSettings()
        self.models: ModelsPage | None = None
        self.tray = Tray(window)

    # --- opening ------------------------------------------------------------------------------

    @Slot()
    def open_models(self) -> None:
        """Open the models page."""
        if self.models is None:
            from mmdesk.ui.models_page import ModelsPage

            self.models = ModelsPage(self._window)
            self.models.set_current(self._current)
            self.models.finished.connect(self.closed)
            self.models_opened.emit(self.models)
        self.models_shown.emit()
        self.models.open()

    def open_palette(self, commands: list[Command]) -> None:
        """Open the command palette with these entries."""
        from mmdesk.ui.command_palette import CommandPalette

        palette = CommandPalette(commands, self._window)
        palette.finished.connect(self.closed)
        palette.show()

    def offer_model(self, path: str) -> None:
        """Ask whether a GGUF file is to be added to the models."""
        from pathlib import PurePath

        from mmdesk.ui.confirm import ask

        question = tr("Add {name} as a model?").format(name=PurePath(path).name)
        about = tr("mmdesk makes a converted copy of it. The file itself is not changed.")
        add = partial(self._add_model, path)
        ask(self._window, "addModelQuestion", question, about, tr("Add"), add)

    def _add_model(self, path: str) -> None:
        self.open_models()
        if self.models is not None:
            self.models.add(path)

    @Slot()
    def open_shortcuts(self) -> None:
        """Open the list of keyboard shortcuts."""
        dialog = ShortcutsDialog(self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.finished.connect(self.closed)
        dialog.open()

    def choose_files(self) -> None:
        """Open the file dialog; `files_chosen` follows."""
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self._window, tr("Attach files"))
        dialog.setObjectName("fileDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        filters = (
            (tr("Pictures, documents and sounds"), "*"),
            (tr("Pictures"), _PICTURES),
            (tr("Documents"), _DOCUMENTS),
            (tr("Sounds"), _SOUNDS),
        )
        dialog.setNameFilters([f"{name} ({patterns})" for name, patterns in filters])
        # Qt refuses to connect the two signals: a QStringList is no QVariantList.
        dialog.filesSelected.connect(lambda paths: self.files_chosen.emit(list(paths)))
        self._open_once(dialog)

    def choose_folder(self) -> None:
        """Open the dialog for a folder; `files_chosen` follows with its path."""
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self._window, tr("Add folder"))
        dialog.setObjectName("folderDialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.filesSelected.connect(lambda paths: self.files_chosen.emit(list(paths)))
        self._open_once(dialog)

    def open_settings(self, settings: Settings, before: Settings | None = None) -> SettingsDialog:
        """Open the settings dialog; `settings_saved` follows each change.

        Args:
            settings: those in force.
            before: those that the dialog offers to go back to; `settings` where None.
        """
        from mmdesk.ui.settings_dialog import SettingsDialog

        dialog = SettingsDialog(settings, self._microphones, self._window, before)
        dialog.changed.connect(self.settings_saved)
        dialog.outdated.connect(lambda: QTimer.singleShot(0, dialog, partial(self._renew, dialog)))
        dialog.shortcuts_wanted.connect(self.open_shortcuts)
        dialog.introduction_wanted.connect(self.introduction_wanted)
        dialog.connections_wanted.connect(self.open_connections)
        dialog.voices_wanted.connect(self.open_models)
        self.settings_opened.emit(dialog)
        self._open_once(dialog)
        return dialog

    def _renew(self, dialog: SettingsDialog) -> None:
        """Open a settings dialog anew in its place, unless it was closed meanwhile."""
        if not dialog.isVisible():
            return
        place, scrolled = dialog.geometry(), dialog.scrolled()
        focus = dialog.focusWidget()
        dialog.accept()
        new = self.open_settings(dialog.told, dialog.before)
        new.setGeometry(place)
        new.scroll_to(scrolled)
        again = new.findChild(QWidget, focus.objectName()) if focus is not None else None
        if again is not None and again.isEnabled():
            again.setFocus()

    @Slot()
    def open_connections(self) -> None:
        """Open the list of connections; `connections_opened` fills it."""
        from mmdesk.ui.connections_dialog import ConnectionsDialog

        dialog = ConnectionsDialog(self._window)
        self.connections_opened.emit(dialog)
        self._open_once(dialog)

    def open_prompts(self, prompts: tuple[ReadyPrompt, ...]) -> None:
        """Open the ready prompts; `prompts_saved` follows each change."""
        from mmdesk.ui.prompts_dialog import PromptsDialog

        dialog = PromptsDialog(prompts, self._window)
        dialog.changed.connect(self.prompts_saved)
        self._open_once(dialog)

    @Slot()
    def open_chat_settings(self) -> None:
        """Open the conversation's settings; `chat_settings_saved` follows when they are saved."""
        from mmdesk.ui.chat_settings import ChatSettingsDialog

        dialog = ChatSettingsDialog(self.chat_settings, self._window)
        dialog.accepted.connect(lambda: self.chat_settings_saved.emit(dialog.settings()))
        self._open_once(dialog)

    @Slot(object)
    def open_image(self, image: ImageInput) -> None:
        """Show a picture in full size."""
        from mmdesk.ui.image_viewer import ImageViewer

        self._open_once(ImageViewer(image, self._window))

    @Slot(object)
    def open_document(self, document: DocumentInput) -> None:
        """Show the text of a document."""
        from mmdesk.ui.document_viewer import DocumentViewer

        self._open_once(DocumentViewer(document, self._window))

    @Slot(object, object)
    def open_passage(self, citation: Citation, documents: tuple[DocumentInput, ...]) -> None:
        """Show a cited passage in its document; the file of a folder is to be read first."""
        from mmdesk.ui.document_viewer import passage_in

        for document in documents:
            if document.name == citation.document and passage_in(document, citation):
                self.show_passage(document, citation)
                return
        if citation.path:
            self.cited_file_wanted.emit(citation)
        else:
            self.show_passage(None, citation)

    def show_passage(self, document: DocumentInput | None, citation: Citation) -> None:
        """Show a passage in its document, or alone where the document is gone or was changed."""
        from mmdesk.ui.document_viewer import DocumentViewer, passage_in, quoted_document

        if document is None or passage_in(document, citation) is None:
            document = quoted_document(citation)
        self._open_once(DocumentViewer(document, self._window, citation))

    @Slot(str)
    def open_link(self, address: str) -> None:
        """Ask whether a link is to be opened."""
        from mmdesk.ui.link_dialog import ask_to_open

        ask_to_open(address, self._window)

    def _open_once(self, dialog: QDialog) -> None:
        """Open a dialog that is deleted when it closes."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self.closed)
        dialog.open()

    # --- their content ------------------------------------------------------------------------

    def set_microphones(self, names: list[str]) -> None:
        """Offer these devices in the settings."""
        self._microphones = list(names)

    def set_current_model(self, part: str) -> None:
        """Mark the model in use."""
        self._current = part
        if self.models is not None:
            self.models.set_current(part)

    @Slot(object, object)
    def set_models(self, entries: tuple[ModelEntry, ...], machine: HardwareInfo) -> None:
        """Show all known model parts and the hardware."""
        if self.models is not None:
            self.models.set_entries(entries, machine)
            for progress in self._progress.values():
                self.models.set_progress(progress)

    @Slot(object)
    def set_cards(self, cards: tuple[ComputeDevice, ...]) -> None:
        """Show the graphics cards that can compute models."""
        if self.models is not None:
            self.models.set_cards(cards)

    @Slot(object)
    def set_found(self, found: tuple[FoundModel, ...]) -> None:
        """Show the models that other programs left on this computer."""
        if self.models is not None:
            self.models.set_found(found)

    @Slot(object)
    def set_converted(self, done_bytes: int) -> None:
        """Show how much of the model that is being added is converted."""
        if self.models is not None:
            self.models.set_converted(done_bytes)

    def set_fetch_progress(self, progress: FetchProgress) -> None:
        """Show how far the download of a part is."""
        if progress.stage == "done":
            self._progress.pop(progress.part, None)
        else:
            self._progress[progress.part] = progress
        if self.models is not None:
            self.models.set_progress(progress)

    @Slot(str)
    def set_fetch_paused(self, part: str) -> None:
        """Show that the download of a part was paused."""
        self._progress.pop(part, None)
        if self.models is not None:
            self.models.set_paused(part)

    def set_fetch_failed(self, message: str, hint: str) -> None:
        """Show that downloading has ended with an error."""
        self._end_fetching()

    def set_fetch_done(self) -> None:
        """Show that every download has ended well."""
        self._end_fetching()

    def _end_fetching(self) -> None:
        self._progress.clear()
        if self.models is not None:
            self.models.set_fetching_over()
