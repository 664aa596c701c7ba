"""Dialog of a project: its name, instructions, files and model."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from mmdesk.ui import theme
from mmdesk.ui.error_card import ErrorCard
from mmdesk.ui.i18n import say, tr
from mmdesk.ui.removable_list import RemovableList
from mmdesk.ui.user_message import document_size
from mmdesk.ui.wheel_guard import guard_wheel
from mmdesk.ui.widgets import announce, label, named, text_button
from mmdesk.values import DocumentInput, ModelInfo, Project


class ProjectDialog(QDialog):
    """Form for a Project; it returns the changed one.

    Signals:
        files_chosen(list): list[str], paths of files that are to be read and added.
    """

    files_chosen = Signal(list)

    def __init__(
        self, project: Project, models: tuple[ModelInfo, ...], parent: QWidget, is_new: bool = False
    ) -> None:
        """Make the form.

        Args:
            project: what it shows at first.
            models: the installed language models.
            parent: the window.
            is_new: the project is stored when this is accepted.
        """
        super().__init__(parent)
        self._before = project
        self._files = list(project.files)
        named(self, "projectDialog", tr("Project"))
        self.setWindowTitle(tr("New project") if is_new else tr("Project"))
        self._make_fields(project, models)
        self._make_files()
        self._lay_out(tr("Create") if is_new else tr("Save"))
        guard_wheel(self)
        theme.fit_to_text(self, 520, 620)
        self._show_files()
        self._on_name(project.name)
        self.name.setFocus()
        self.name.selectAll()

    def _make_fields(self, project: Project, models: tuple[ModelInfo, ...]) -> None:
        self.name = QLineEdit(project.name)
        named(self.name, "projectName", tr("Name"))
        self.name.setMaxLength(120)
        self.name.setPlaceholderText(tr("For example: Kitchen renovation"))
        self.name.textChanged.connect(self._on_name)
        self.instructions = QPlainTextEdit(project.instructions)
        named(self.instructions, "projectInstructions", tr("Instructions for this project"))
        self.instructions.setPlaceholderText(
            tr("For example: Prices are in euros. Answer as a friendly architect.")
        )
        self.instructions.setTabChangesFocus(True)
        self.instructions.setFixedHeight(110)
        self.model = QComboBox()
        named(self.model, "projectModel", tr("Model of this project"))
        self.model.addItem(tr("The usual one"), "")
        for info in models:
            self.model.addItem(info.title, info.id)
        if project.model and self.model.findData(project.model) < 0:
            text = tr("{0} (not installed)").format(project.model)
            self.model.addItem(text, project.model)
        self.model.setCurrentIndex(max(0, self.model.findData(project.model)))

    def _make_files(self) -> None:
        self.files = RemovableList()
        named(self.files, "projectFiles", tr("Files of this project"))
        self.files.setMinimumHeight(90)
        self.files.removed.connect(self._on_remove)
        self.files.currentRowChanged.connect(self._on_current)
        self.add_button = text_button(tr("Add files…"), "addProjectFilesButton", "quiet")
        self.add_button.clicked.connect(self._on_add)
        self.remove_button = text_button(tr("Remove"), "removeProjectFileButton", "quiet")
        self.remove_button.clicked.connect(self._on_remove)
        self.state = label("", "muted", wrap=True)
        self.state.setObjectName("projectFilesState")
        self.state.hide()
        self.error = ErrorCard("projectError", tr("Error"), margins=(14, 8, 8, 8))

    def _lay_out(self, accept: str) -> None:
        form = QFormLayout()
        form.setContentsMargins(22, 18, 22, 8)
        form.setVerticalSpacing(10)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("Name"), self.name)
        form.addRow(tr("Instructions"), self.instructions)
        form.addRow(tr("Files"), self.files)
        buttons = QHBoxLayout()
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.remove_button)
        buttons.addWidget(self.state, 1)
        form.addRow(buttons)
        form.addRow(self.error)
        note = tr("Every question in this project is asked with these documents.")
        form.addRow(label(note, "muted", wrap=True))
        form.addRow(tr("Model"), self.model)
        self.save = text_button(accept, "saveProjectButton", "primary")
        cancel = text_button(tr("Cancel"), "cancelProjectButton", "quiet")
        self.save.setDefault(True)
        self.save.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setContentsMargins(22, 8, 22, 16)
        row.addStretch()
        row.addWidget(cancel)
        row.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)
        column.addStretch()
        column.addLayout(row)

    def project(self) -> Project:
        """Return the project as the dialog shows it now."""
        return replace(
            self._before,
            name=" ".join(self.name.text().split()),
            instructions=self.instructions.toPlainText().strip(),
            model=self.model.currentData() or "",
            files=tuple(self._files),
        )

    # --- files --------------------------------------------------------------------------------

    @Slot()
    def _on_add(self) -> None:
        dialog = QFileDialog(self, tr("Add files to the project"))
        dialog.setObjectName("projectFileDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda paths: self.choose(list(paths)))
        dialog.open()

    def choose(self, paths: list[str]) -> None:
        """Ask for files to be read; `add_file` or `show_error` follows for each."""
        self.error.hide()
        say(self.state.setText, tr("Reading…"))
        self.state.show()
        self.save.setEnabled(False)
        self.files_chosen.emit(paths)

    def add_file(self, document: DocumentInput) -> None:
        """Add a document that was read; the same one twice changes nothing."""
        if all((file.name, file.text) != (document.name, document.text) for file in self._files):
            self._files.append(document)
            self._show_files()
            self.files.setCurrentRow(len(self._files) - 1)
            announce(self, tr("Added {0}").format(document.name))

    def show_error(self, message: str, hint: str) -> None:
        """Say why a file was not added."""
        announce(self.error, self.error.show_error(message, hint))

    @Slot()
    def end_reading(self) -> None:
        """Take note that every chosen file was read."""
        self.state.hide()
        self._on_name(self.name.text())

    @Slot()
    def _on_remove(self) -> None:
        at = self.files.currentRow()
        if 0 <= at < len(self._files):
            del self._files[at]
            self._show_files()
            self.files.setCurrentRow(min(at, len(self._files) - 1))

    def _show_files(self) -> None:
        self.files.clear()
        for document in self._files:
            self.files.addItem(f"{document.name} · {document_size(document)}")
        self._on_current(self.files.currentRow())

    @Slot(int)
    def _on_current(self, row: int) -> None:
        self.remove_button.setEnabled(row >= 0)

    @Slot(str)
    def _on_name(self, name: str) -> None:
        self.save.setEnabled(bool(name.strip()) and self.state.isHidden())
