"""Connection of projects with the window: list, dialog, the reading of their files, their model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from mmdesk.chat import ProjectActions
from mmdesk.translatable import TranslatableText
from mmdesk.values import DocumentInput, Project, new_id
from mmdesk.workers import FileLoader

if TYPE_CHECKING:
    from mmdesk.chat import ChatController
    from mmdesk.history import Archive
    from mmdesk.ui import MainWindow
    from mmdesk.ui.project_dialog import ProjectDialog
    from mmdesk.workers import HistoryWorker, ModelParts


class ProjectController(QObject):
    """Projects of the window.

    Attributes:
        actions: what is done with projects.
        dialog: the one that is open, or None.
    """

    def __init__(
        self,
        window: MainWindow,
        history: HistoryWorker[Archive],
        chat: ChatController,
        parts: ModelParts,
    ) -> None:
        """Connect everything."""
        super().__init__()
        self._window, self._chat, self._parts = window, chat, parts
        self.actions = actions = ProjectActions(history, chat)
        self._loader = FileLoader()
        self._loader.loaded.connect(self._on_loaded)
        self._loader.failed.connect(self._on_failed)
        self._loader.idle.connect(self._on_idle)
        self.dialog: ProjectDialog | None = None
        panel, menus = window.history, window.history.menus
        actions.listed.connect(panel.set_projects)
        actions.shown_changed.connect(window.project_line.show_project)
        chat.answers.document_read.connect(actions.take_read)
        window.project_line.opened.connect(self.edit)
        panel.rows.project_renamed.connect(actions.rename)
        panel.rows.moved.connect(actions.move)
        panel.project_folded.connect(actions.fold)
        panel.project_deleted.connect(actions.delete)
        panel.project_restored.connect(actions.restore)
        menus.move_wanted.connect(actions.move)
        menus.edit_wanted.connect(self.edit)
        menus.create_wanted.connect(self.create)
        menus.new_chat_wanted.connect(self.begin_chat)

    def close(self) -> bool:
        """End the reading of files; return False when it did not end in time."""
        return self._loader.close()

    @Slot(str)
    def begin_chat(self, project: str) -> None:
        """Show an empty conversation in a project, with the project's model."""
        self._window.areas.leave_history()
        self._chat.begin_in_project(project)
        known = self.actions.projects.get(project)
        if known is not None and known.model and self._parts.is_at_hand(known.model):
            settings = replace(self._chat.conversation.settings, model=known.model)
            self._chat.set_settings(settings)
        self._window.composer.input.setFocus()

    @Slot(str)
    def edit(self, project: str) -> None:
        """Open the dialog of a project."""
        known = self.actions.projects.get(project)
        if known is not None:
            self._open(known).accepted.connect(self._on_saved)

    @Slot(str)
    def create(self, conversation: str) -> None:
        """Open the dialog of a new project, for a conversation; "" for none."""
        dialog = self._open(Project(new_id(), ""), is_new=True)

        def store() -> None:
            project = dialog.project()
            self.actions.save(project)
            if conversation:
                self.actions.move(conversation, project.id)
            else:
                self.begin_chat(project.id)

        dialog.accepted.connect(store)

    def _open(self, project: Project, is_new: bool = False) -> ProjectDialog:
        from mmdesk.ui.project_dialog import ProjectDialog

        models = tuple(
            info for info in self._parts.infos if info.role == "language" and info.installed
        )
        self.dialog = dialog = ProjectDialog(project, models, self._window, is_new)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.files_chosen.connect(self._loader.load_paths)
        dialog.finished.connect(self._on_closed)
        dialog.open()
        return dialog

    @Slot()
    def _on_saved(self) -> None:
        if self.dialog is not None:
            self.actions.save(self.dialog.project())

    @Slot()
    def _on_closed(self) -> None:
        self.dialog = None
        self._window.composer.input.setFocus()

    # --- files --------------------------------------------------------------------------------

    @Slot(object)
    def _on_loaded(self, value: object) -> None:
        if self.dialog is None:
            return
        if isinstance(value, DocumentInput):
            self.dialog.add_file(value)
        else:
            name = getattr(value, "name", "")
            message = TranslatableText("{name} is not a document.", name=name)
            hint = TranslatableText("A project takes documents; attach pictures to a question.")
            self.dialog.show_error(message, hint)

    @Slot(object, object)
    def _on_failed(self, message: str, hint: str) -> None:
        if self.dialog is not None:
            self.dialog.show_error(message, hint)

    @Slot()
    def _on_idle(self) -> None:
        if self.dialog is not None:
            self.dialog.end_reading()
