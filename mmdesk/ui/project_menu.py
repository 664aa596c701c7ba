"""Menus of projects: that of a project's heading, and where a conversation can be moved."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu, QWidget

from mmdesk.ui.i18n import tr
from mmdesk.ui.icons import icon
from mmdesk.values import ConversationInfo, Project


class ProjectMenus(QObject):
    """Maker of the menus.

    Signals:
        new_chat_wanted(str), edit_wanted(str), rename_wanted(str), search_wanted(str),
        delete_wanted(str): a project's id.
        move_wanted(str, str): a conversation is to stand in a project; "" for none.
        create_wanted(str): a project is to be made, for this conversation; "" for none.
    """

    new_chat_wanted = Signal(str)
    edit_wanted = Signal(str)
    rename_wanted = Signal(str)
    search_wanted = Signal(str)
    delete_wanted = Signal(str)
    move_wanted = Signal(str, str)
    create_wanted = Signal(str)

    def of_project(self, project: Project, parent: QWidget) -> QMenu:
        """Return the menu of a project's heading."""
        menu = QMenu(parent)
        menu.setObjectName("projectMenu")
        for drawing, text, signal in (
            ("new-chat", tr("New chat in this project"), self.new_chat_wanted),
            ("settings", tr("Instructions, files and model…"), self.edit_wanted),
            ("search", tr("Search in this project"), self.search_wanted),
            ("edit", tr("Rename"), self.rename_wanted),
        ):
            action = menu.addAction(icon(drawing), text)
            action.triggered.connect(partial(signal.emit, project.id))
        menu.addSeparator()
        delete = menu.addAction(icon("trash"), tr("Delete project"))
        delete.triggered.connect(partial(self.delete_wanted.emit, project.id))
        return menu

    def add_moving(
        self, menu: QMenu, info: ConversationInfo, projects: tuple[Project, ...]
    ) -> None:
        """Add to a conversation's menu where it can be moved."""
        move = menu.addMenu(icon("folder"), tr("Move to project"))
        move.setObjectName("moveMenu")
        for project in projects:
            action = move.addAction(project.name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(project.id == info.project)
            action.triggered.connect(partial(self.move_wanted.emit, info.id, project.id))
        if projects:
            move.addSeparator()
        create = move.addAction(tr("New project…"))
        create.triggered.connect(partial(self.create_wanted.emit, info.id))
        if info.project:
            leave = menu.addAction(tr("Remove from project"))
            leave.triggered.connect(partial(self.move_wanted.emit, info.id, ""))
