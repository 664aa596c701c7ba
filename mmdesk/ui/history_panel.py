"""Panel with the list of conversations: search, open, rename, pin, delete, restore, export."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mmdesk.ui.confirm import ask
from mmdesk.ui.conversation_list_view import ConversationListView
from mmdesk.ui.deleted_bar import DeletedBar, UndoBar
from mmdesk.ui.export_actions import ExportActions
from mmdesk.ui.history_delegate import HistoryDelegate
from mmdesk.ui.history_file_dialogs import HistoryFileDialogs
from mmdesk.ui.history_model import ROW, HistoryModel, HistoryRow
from mmdesk.ui.i18n import follow, say, tr
from mmdesk.ui.icons import icon
from mmdesk.ui.project_menu import ProjectMenus
from mmdesk.ui.search_field import EscapeClearedEdit
from mmdesk.ui.search_scope import SearchScope
from mmdesk.ui.unlock_card import UnlockCard
from mmdesk.ui.widgets import announce, icon_button, named, text_button
from mmdesk.values import ConversationInfo, Project, SearchHit

SEARCH_MS = 120  # after the last key
_PROJECT = "project:"  # before the id of a deleted project
UNDO_MS = 60_000  # how long Undo is offered; "Recently deleted" keeps a conversation for longer


class HistoryPanel(QWidget):
    """New chat, search field, list, undo bar, and the way to the deleted conversations.

    Attributes:
        exports: what exports a conversation or an answer of it.
        files: the dialogs that choose what to export to, and what to import.
        unlock_card: in the place of the list while the history is locked; None otherwise.

    Signals:
        open_wanted(str, str, object): conversation, message ("" for the end), terms to highlight.
        new_wanted(), temporary_wanted()
        search_wanted(str, str): a query; a project's id, "" for all conversations.
        project_folded(str, bool), project_deleted(str), project_restored(str): a project's id.
        renamed(str, str), pinned(str, bool), deleted(str), restored(str): a conversation's id.
        erased(str): a deleted conversation is to be erased for good.
        all_erased(): so are all of them.
    """

    open_wanted = Signal(str, str, object)
    new_wanted = Signal()
    temporary_wanted = Signal()
    search_wanted = Signal(str, str)
    project_folded = Signal(str, bool)
    project_deleted = Signal(str)
    project_restored = Signal(str)
    renamed = Signal(str, str)
    pinned = Signal(str, bool)
    deleted = Signal(str)
    restored = Signal(str)
    erased = Signal(str)
    all_erased = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "historyPanel", tr("Conversations"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.rows = HistoryModel()
        self.exports = ExportActions(self, self.rows.title_of)
        self.files = HistoryFileDialogs(self)
        self.exports.markdown_wanted.connect(self.files.choose_folder)
        self.exports.json_wanted.connect(self.files.choose_file)
        self.menus = ProjectMenus(self)
        self.scope = SearchScope()
        self.field = self._make_field()
        self.list = self._make_list()
        self.more_button = icon_button(
            "more",
            "historyMenuButton",
            tr("More"),
            tr("Projects, export and import"),
        )
        self.more_button.clicked.connect(self._on_more)
        self.new_button = text_button(tr("New chat"), "listNewChatButton", "quiet")
        self.new_button.setIcon(icon("new-chat"))
        say(self.new_button.setToolTip, tr("New chat (Ctrl+N)"))
        self.new_button.clicked.connect(self.new_wanted)
        self.temporary_button = icon_button(
            "temporary", "temporaryChatButton", tr("New temporary chat"),
            tr("New temporary chat: nothing of it is saved (Ctrl+Shift+N)"), side=32,
        )  # fmt: skip
        self.temporary_button.clicked.connect(self.temporary_wanted)
        self.undo_bar = UndoBar()
        self.undo_button = self.undo_bar.button
        self.undo_button.clicked.connect(self.undo)
        self.deleted_bar = DeletedBar()
        self.deleted_bar.left.connect(self.leave_deleted)
        self.deleted_bar.emptied.connect(self._on_empty)
        self.deleted_button = text_button(tr("Recently deleted"), "recentlyDeletedButton", "quiet")
        self.deleted_button.setIcon(icon("trash", "muted"))
        self.deleted_button.clicked.connect(self.show_deleted)
        self.deleted_button.hide()
        self.unlock_card: UnlockCard | None = None
        self._undo: list[str] = []  # deleted while the bar was there, the last one last
        self._deleted: tuple[ConversationInfo, ...] = ()
        self._undo_timer = self._timer(UNDO_MS, self._end_undo)
        self._search_timer = self._timer(SEARCH_MS, self._search)
        self._lay_out()
        self.menus.rename_wanted.connect(self._on_rename_project)
        self.menus.search_wanted.connect(self.search)
        self.menus.delete_wanted.connect(self.delete_project)
        self.scope.changed.connect(self._search_again)
        self.rows.renamed.connect(self.renamed)
        follow(self.rows.retranslate)

    def _timer(self, interval_ms: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(slot)
        return timer

    def _make_field(self) -> QLineEdit:
        field = EscapeClearedEdit()
        tip = tr("Search chats (Ctrl+F)")
        named(field, "historySearch", tr("Search chats"), tip)
        say(field.setPlaceholderText, tr("Search chats"))
        field.setClearButtonEnabled(True)
        field.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        for button, name, text in zip(
            field.findChildren(QToolButton),
            ("clearSearchButton", "searchGlyph"),
            (tr("Clear search"), tr("Search")),
            strict=True,
        ):
            named(button, name, text)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        field.setAcceptDrops(False)
        field.textChanged.connect(self._on_typed)
        field.returnPressed.connect(self._on_return)
        return field

    def _make_list(self) -> ConversationListView:
        view = ConversationListView()
        named(view, "historyList", tr("Conversations"))
        view.setModel(self.rows)
        view.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        view.setDefaultDropAction(Qt.DropAction.MoveAction)
        view.setAcceptDrops(False)
        view.viewport().setAcceptDrops(False)
        view.setItemDelegate(HistoryDelegate(view))
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setMouseTracking(True)
        view.setUniformItemSizes(False)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._on_menu)
        view.clicked.connect(self._on_open)
        view.opened.connect(self._on_open)
        view.deleted.connect(self._on_delete)
        view.menu_wanted.connect(self._on_more_of)
        return view

    def _lay_out(self) -> None:
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(10, 0, 6, 0)
        head.setSpacing(4)
        head.addWidget(self.field, 1)
        head.addWidget(self.more_button)
        top = QHBoxLayout()
        top.setContentsMargins(8, 0, 6, 0)
        top.addWidget(self.new_button)
        top.addWidget(self.temporary_button)
        top.addStretch()
        scope = QHBoxLayout()
        scope.setContentsMargins(10, 0, 8, 0)
        scope.addWidget(self.scope)
        foot = QVBoxLayout()
        foot.setContentsMargins(8, 0, 8, 8)
        foot.setSpacing(6)
        foot.addWidget(self.undo_bar)
        foot.addWidget(self.deleted_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self._head)
        column.addLayout(scope)
        column.addWidget(self.deleted_bar)
        column.addWidget(self.list, 1)
        self._spare = QWidget()  # below the card that unlocks
        self._spare.hide()
        column.addWidget(self._spare, 1)
        column.addLayout(foot)

    # --- what is shown ------------------------------------------------------------------------

    def set_conversations(self, infos: tuple[ConversationInfo, ...]) -> None:
        """Show the conversations, in their order."""
        self.rows.set_infos(infos)

    def set_projects(self, projects: tuple[Project, ...]) -> None:
        """Show the projects above the conversations that stand in none."""
        self.rows.set_projects(projects)
        names = {project.id: project.name for project in projects}
        if self.scope.project not in names:
            self.scope.set_project("", "")

    def set_current(self, conversation: str) -> None:
        """Mark the conversation that is shown; "" for a new one."""
        self.rows.set_current(conversation)
        self.exports.current = conversation
        row = self.rows.row_of(conversation) if conversation else None
        if row is not None and not self.field.text() and not self._shows_deleted:
            self.list.setCurrentIndex(self.rows.index(row))
        elif not conversation:
            self.list.setCurrentIndex(QModelIndex())

    def set_busy(self, conversations: frozenset[str]) -> None:
        """Mark the conversations in which an answer is being generated."""
        self.rows.set_busy(conversations)

    def set_hits(self, query: str, hits: tuple[SearchHit, ...]) -> None:
        """Show the hits of a search, unless another one was typed since."""
        if query == self.field.text():
            self.rows.set_hits(hits)
            self.list.scrollToTop()

    def set_deleted(self, infos: tuple[ConversationInfo, ...]) -> None:
        """Take which deleted conversations can be restored."""
        self._deleted = infos
        if self._shows_deleted:
            self.rows.set_deleted(infos)
            if not infos:
                self.leave_deleted()
        self.deleted_button.setVisible(bool(infos) and not self._shows_deleted)

    @property
    def _shows_deleted(self) -> bool:
        return not self.deleted_bar.isHidden()

    @Slot()
    def show_deleted(self) -> None:
        """Show the deleted conversations in the place of the others."""
        self.deleted_bar.show()
        self._head.hide()
        self.deleted_button.hide()
        self.rows.set_deleted(self._deleted)
        self.list.setFocus()

    @Slot()
    def leave_deleted(self) -> None:
        """Show the list of conversations again."""
        self.deleted_bar.hide()
        self._head.show()
        self.deleted_button.setVisible(bool(self._deleted))
        self.rows.set_deleted(None)
        self.list.setFocus()

    def search(self, project: str = "") -> None:
        """Move the focus to the search field and select its text.

        Args:
            project: id of the project that is searched; "" for all conversations.
        """
        if self._shows_deleted:
            self.leave_deleted()
        names = {known.id: known.name for known in self.rows.projects}
        self.scope.set_project(project, names.get(project, ""))
        self.field.setFocus()
        self.field.selectAll()

    def show_lock(self) -> UnlockCard:
        """Show a field for the passphrase in the place of the list."""
        if self.unlock_card is None:
            self.unlock_card = card = UnlockCard()
            column = self.layout()
            assert isinstance(column, QVBoxLayout)
            column.insertWidget(column.indexOf(self.list), card, 0, Qt.AlignmentFlag.AlignTop)
            card_parts = (card.passphrase, card.keep, card.button)
            for before, after in pairwise((self.temporary_button, *card_parts)):
                QWidget.setTabOrder(before, after)
            self._head.hide()
            self.list.hide()
            self._spare.show()
            announce(self, card.accessibleName())
        return self.unlock_card

    def leave_lock(self) -> None:
        """Show the list again."""
        if self.unlock_card is not None:
            had_focus = self.unlock_card.isAncestorOf(self.focusWidget() or self)
            self.unlock_card.hide()
            self.unlock_card.deleteLater()
            self.unlock_card = None
            self._spare.hide()
            self._head.show()
            self.list.show()
            if had_focus:
                self.list.setFocus()

    # --- searching ----------------------------------------------------------------------------

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        if text.strip():
            self._search_timer.start()
        else:
            self._search_timer.stop()
            self.rows.set_hits(None)
            self.scope.set_project("", "")

    @Slot()
    def _search(self) -> None:
        self.search_wanted.emit(self.field.text(), self.scope.project)

    @Slot()
    def _search_again(self) -> None:
        if self.field.text().strip():
            self._search()

    @Slot()
    def _on_return(self) -> None:
        first = self.rows.index(0)
        if first.isValid() and self.field.text().strip():
            self._on_open(first)

    # --- rows ---------------------------------------------------------------------------------

    @Slot(QModelIndex)
    def _on_open(self, index: QModelIndex) -> None:
        row: HistoryRow | None = index.data(ROW)
        if row is not None and row.project is not None:
            self.project_folded.emit(row.project.id, not row.project.is_folded)
        if row is None or not row.id:
            return
        if row.deleted:
            self._open_menu(index, self.list.visualRect(index).center())
        elif row.hit is not None:
            found = {row.hit.excerpt[start : start + length] for start, length in row.hit.marks}
            self.open_wanted.emit(row.id, row.hit.message, tuple(sorted(found)))
        else:
            self.open_wanted.emit(row.id, "", ())

    @Slot(QModelIndex)
    def _on_delete(self, index: QModelIndex) -> None:
        row: HistoryRow | None = index.data(ROW)
        if row is not None and row.project is not None:
            self.delete_project(row.project.id)
        if row is None or not row.id:
            return
        if row.deleted:
            self._erase(row.id, row.text)
        else:
            self.delete(row.id, row.text)

    def delete(self, conversation: str, title: str) -> None:
        """Delete a conversation; a bar offers to undo that for a while."""
        self._offer_undo(conversation, title, tr("Conversation deleted"))
        self.deleted.emit(conversation)
        announce(self, tr("Deleted “{0}”").format(title))

    @Slot(str)
    def delete_project(self, project: str) -> None:
        """Delete a project; its conversations stay, and the bar offers to undo that."""
        names = {known.id: known.name for known in self.rows.projects}
        self._offer_undo(f"{_PROJECT}{project}", names.get(project, ""), tr("Project deleted"))
        self.project_deleted.emit(project)
        text = tr("Deleted the project “{0}”. Its conversations stay in the list.")
        announce(self, text.format(names.get(project, "")))

    def _offer_undo(self, deleted: str, title: str, text: str) -> None:
        self._undo.append(deleted)
        self.undo_bar.show_for(title, text)
        self._undo_timer.start()

    @Slot(str)
    def _on_rename_project(self, project: str) -> None:
        at = self.rows.project_row(project)
        if at is not None:
            self.list.setCurrentIndex(self.rows.index(at))
            self.list.edit(self.rows.index(at))

    @Slot()
    def undo(self) -> None:
        """Bring back what was deleted last, while the bar offers that."""
        if self._undo:
            self._restore(self._undo[-1])
            self.list.setFocus()

    def _restore(self, conversation: str) -> None:
        self._drop_undo(conversation)
        if conversation.startswith(_PROJECT):
            self.project_restored.emit(conversation.removeprefix(_PROJECT))
            announce(self, tr("Project restored"))
            return
        self.restored.emit(conversation)
        announce(self, tr("Conversation restored"))

    def _drop_undo(self, conversation: str) -> None:
        if conversation in self._undo:
            self._undo.remove(conversation)
        if not self._undo:
            self._end_undo()

    @Slot()
    def _end_undo(self) -> None:
        self._undo_timer.stop()
        self.undo_bar.hide()
        self._undo.clear()

    def _erase(self, conversation: str, title: str) -> None:
        def erase() -> None:
            self._drop_undo(conversation)
            self.erased.emit(conversation)

        question = tr("Delete “{0}” for good?").format(title)
        about = tr("It is erased from this computer and cannot be brought back.")
        ask(self, "eraseBox", question, about, tr("Delete"), erase)

    @Slot()
    def _on_empty(self) -> None:
        def erase() -> None:
            self._end_undo()
            self.all_erased.emit()

        question = tr("Delete all recently deleted conversations for good?")
        about = tr("They are erased from this computer and cannot be brought back.")
        ask(self, "eraseAllBox", question, about, tr("Delete all"), erase)

    # --- menus --------------------------------------------------------------------------------

    @Slot(QPoint)
    def _on_menu(self, position: QPoint) -> None:
        self._open_menu(self.list.indexAt(position), position)

    @Slot(QModelIndex, QPoint)
    def _on_more_of(self, index: QModelIndex, position: QPoint) -> None:
        self._open_menu(index, position)

    def _open_menu(self, index: QModelIndex, position: QPoint) -> None:
        row: HistoryRow | None = index.data(ROW)
        if row is not None and (row.id or row.project):
            menu = self.menu_of(index, row)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.list.viewport().mapToGlobal(position))

    def menu_of(self, index: QModelIndex, row: HistoryRow) -> QMenu:
        """Return the context menu of a row."""
        if row.project is not None:
            return self.menus.of_project(row.project, self)
        menu = QMenu(self)
        menu.setObjectName("conversationMenu")
        if row.deleted:
            restore = menu.addAction(tr("Restore"))
            restore.triggered.connect(lambda: self._restore(row.id))
            erase = menu.addAction(icon("trash"), tr("Delete for good…"))
            erase.setShortcut("Del")
            erase.triggered.connect(lambda: self._erase(row.id, row.text))
            return menu
        pinned = row.info is not None and row.info.pinned
        if row.info is not None:
            rename = menu.addAction(icon("edit"), tr("Rename"))
            rename.setShortcut("F2")
            rename.triggered.connect(lambda: self.list.edit(index))
            pin = menu.addAction(icon("pin"), tr("Unpin") if pinned else tr("Pin"))
            pin.triggered.connect(lambda: self.pinned.emit(row.id, not pinned))
            self.menus.add_moving(menu, row.info, self.rows.projects)
        menu.addMenu(self.exports.menu(menu, row.id))
        menu.addSeparator()
        delete = menu.addAction(icon("trash"), tr("Delete"))
        delete.setShortcut("Del")
        delete.triggered.connect(lambda: self.delete(row.id, row.text))
        return menu

    @Slot()
    def _on_more(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("historyMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        temporary = menu.addAction(icon("temporary"), tr("New temporary chat"))
        temporary.triggered.connect(self.temporary_wanted)
        create = menu.addAction(icon("folder"), tr("New project…"))
        create.triggered.connect(lambda: self.menus.create_wanted.emit(""))
        menu.addSeparator()
        for text, slot in (
            (tr("Export all as JSON…"), self.files.choose_file_for_all),
            (tr("Export all as Markdown…"), self.files.choose_folder_for_all),
            (tr("Import JSON…"), self.files.choose_import),
        ):
            menu.addAction(text).triggered.connect(slot)
        corner = self.more_button.rect().bottomLeft()
        menu.popup(self.more_button.mapToGlobal(corner))
