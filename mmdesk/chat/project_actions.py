"""Projects between window and history: which there are, and which one a conversation stands in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.values import ConversationInfo, DocumentInput, Project, new_id
from mmdesk.workers import HistoryWorker

if TYPE_CHECKING:
    from mmdesk.chat.controller import ChatController
    from mmdesk.history import Archive


class ProjectActions(QObject):
    """Actions on projects; every one is followed by `listed`.

    Attributes:
        projects: all that are not deleted, by id.

    Signals:
        listed: tuple[Project, ...], by name.
        shown_changed: the Project of the conversation that is shown, or None.
    """

    listed = Signal(object)
    shown_changed = Signal(object)

    def __init__(
        self,
        history: HistoryWorker[Archive],
        chat: ChatController,
        parent: QObject | None = None,
    ) -> None:
        """Follow the conversation that `chat` shows."""
        super().__init__(parent)
        self._history, self._chat = history, chat
        self.projects: dict[str, Project] = {}
        history.ready.connect(self.list_all)
        history.listed.connect(self._on_conversations)
        chat.current_changed.connect(self._tell_shown)

    def of(self, info: ConversationInfo) -> Project | None:
        """Return the project that a conversation stands in."""
        return self.projects.get(info.project)

    @Slot()
    def list_all(self) -> None:
        """Read which projects there are; `listed` follows."""
        self._history.call(lambda store: store.projects.all(), self._on_listed)

    def create(self, name: str) -> Project:
        """Make a project with this name."""
        project = Project(new_id(), name)
        self.save(project)
        return project

    @Slot(object)
    def save(self, project: Project) -> None:
        """Store everything of a project."""
        self.projects[project.id] = project
        self._history.change(lambda store: store.projects.put(project))
        self.list_all()

    @Slot(str, str)
    def rename(self, project: str, name: str) -> None:
        """Give a project another name."""
        self._history.change(lambda store: store.projects.rename(project, name))
        self.list_all()

    @Slot(str, bool)
    def fold(self, project: str, folded: bool) -> None:
        """Hide the conversations of a project in the list, or show them."""
        self._history.change(lambda store: store.projects.fold(project, folded))
        self.list_all()

    @Slot(str)
    def delete(self, project: str) -> None:
        """Delete a project; its conversations return to the general list."""
        self._history.change(lambda store: store.projects.delete(project), relist=True)
        self.list_all()

    @Slot(str)
    def restore(self, project: str) -> None:
        """Bring a deleted project back, with its conversations."""
        self._history.change(lambda store: store.projects.restore(project), relist=True)
        self.list_all()

    @Slot(str, str)
    def move(self, conversation: str, project: str) -> None:
        """Put a conversation into a project; "" takes it out."""
        self._history.change(lambda store: store.projects.move(conversation, project), relist=True)

    @Slot(object, object)
    def take_read(self, before: DocumentInput, after: DocumentInput) -> None:
        """Store what was read of the scanned pages of a project's file."""
        for project in list(self.projects.values()):
            if before in project.files:
                files = tuple(after if file == before else file for file in project.files)
                self.save(replace(project, files=files))

    def _on_listed(self, projects: tuple[Project, ...]) -> None:
        self.projects = {project.id: project for project in projects}
        self.listed.emit(projects)
        self._tell_shown()

    @Slot(object)
    def _on_conversations(self, infos: tuple[ConversationInfo, ...]) -> None:
        """Let the shown conversation know where it stands: it may have been moved."""
        shown = self._chat.conversation
        for info in infos:
            if info.id == shown.id and info.project != shown.info.project:
                shown.info = replace(shown.info, project=info.project)
                self._tell_shown()

    @Slot()
    def _tell_shown(self) -> None:
        self.shown_changed.emit(self.of(self._chat.conversation.info))
