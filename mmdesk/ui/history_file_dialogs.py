"""File dialogs of the list of conversations: where to export to, and what to import."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from mmdesk.ui.i18n import tr


class HistoryFileDialogs(QObject):
    """Opener of the dialogs, over the panel.

    Signals:
        export_wanted(str, str): a conversation; a folder for Markdown, or a JSON file.
        export_all_wanted(str), import_wanted(str): a file.
    """

    export_wanted = Signal(str, str)
    export_all_wanted = Signal(str)
    import_wanted = Signal(str)

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self._panel = panel

    @Slot(str)
    def choose_folder(self, conversation: str) -> None:
        """Let the user choose a folder for a conversation as Markdown."""
        dialog = self._folder_dialog(tr("Save conversation as"))
        dialog.fileSelected.connect(lambda path: self.export_wanted.emit(conversation, path))
        dialog.open()

    @Slot()
    def choose_folder_for_all(self) -> None:
        """Let the user choose a folder for all conversations as Markdown."""
        dialog = self._folder_dialog(tr("Save all conversations"))
        dialog.fileSelected.connect(self.export_all_wanted)
        dialog.open()

    def _folder_dialog(self, title: str) -> QFileDialog:
        dialog = self._dialog(title)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        return dialog

    @Slot(str)
    def choose_file(self, conversation: str) -> None:
        """Let the user choose a JSON file for a conversation."""
        dialog = self._save_dialog(tr("Save conversation as"), "conversation.json")
        dialog.fileSelected.connect(lambda path: self.export_wanted.emit(conversation, path))
        dialog.open()

    def _save_dialog(self, title: str, name: str) -> QFileDialog:
        dialog = self._dialog(title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.setNameFilter("JSON (*.json)")
        dialog.selectFile(name)
        return dialog

    @Slot()
    def choose_file_for_all(self) -> None:
        """Let the user choose a JSON file for all conversations."""
        dialog = self._save_dialog(tr("Save all conversations"), "conversations.json")
        dialog.fileSelected.connect(self.export_all_wanted)
        dialog.open()

    @Slot()
    def choose_import(self) -> None:
        """Let the user choose a JSON file with conversations."""
        dialog = self._dialog(tr("Import conversations"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("JSON (*.json)")
        dialog.fileSelected.connect(self.import_wanted)
        dialog.open()

    def _dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self._panel, title)
        dialog.setObjectName("historyFileDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog
