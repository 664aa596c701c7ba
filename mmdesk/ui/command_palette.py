"""Command palette: every action, conversation and model under one search field (Ctrl+K)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mmdesk.ui import theme
from mmdesk.ui.fuzzy import fuzzy_score
from mmdesk.ui.i18n import tr
from mmdesk.ui.search_field import search_field
from mmdesk.ui.widgets import announce, named

MAX_ROWS = 50
_TOP = 72  # px below the window's upper edge
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True, slots=True)
class Command:
    """Entry of the palette.

    Attributes:
        title: what it does, or the name of what it opens.
        about: shortcut of an action, or what kind of thing it opens.
        run: does it.
    """

    title: str
    about: str
    run: Callable[[], object]


class CommandPalette(QDialog):
    """Popup with a search field and the list of what matches.

    It closes at Escape and when another window becomes active. The keyboard focus stays in the
    field; the arrow keys select and Enter runs.
    """

    def __init__(self, commands: Sequence[Command], window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        named(self, "commandPalette", tr("Command palette"))
        self.setWindowTitle(tr("Command palette"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._commands = tuple(commands)
        self._is_closing = False
        self.field = self._make_field()
        self.list = self._make_list()
        card = QFrame()
        card.setProperty("kind", "palette")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(10, 10, 10, 10)
        inside.addWidget(self.field)
        inside.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)
        self._place(window)
        self._show_matches("")
        self.field.setFocus()

    def _make_field(self) -> QLineEdit:
        field = search_field("paletteField", tr("Search actions, chats and models"))
        field.textChanged.connect(self._show_matches)
        field.installEventFilter(self)
        return field

    def _make_list(self) -> QTreeWidget:
        tree = QTreeWidget()
        named(tree, "paletteList", tr("Matches"))
        tree.setColumnCount(2)
        tree.setHeaderHidden(True)
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        tree.setFocusProxy(self.field)
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        tree.itemClicked.connect(self._on_clicked)
        tree.currentItemChanged.connect(self._on_selected)
        return tree

    def _place(self, window: QWidget) -> None:
        """Lie over the upper middle of the window, as wide as it allows."""
        theme.fit_to_text(self, 620, 440)
        width = min(self.width(), window.width() - 24)
        height = min(self.height(), window.height() - 24)
        self.resize(width, height)
        top = min(_TOP, (window.height() - height) // 2)
        corner = window.rect().topLeft()
        corner += type(corner)((window.width() - width) // 2, top)
        self.move(window.mapToGlobal(corner))

    # --- showing ------------------------------------------------------------------------------

    @Slot(str)
    def _show_matches(self, query: str) -> None:
        self.list.clear()
        for command in best_matches(query, self._commands):
            item = QTreeWidgetItem(self.list, [command.title, command.about])
            item.setData(0, Qt.ItemDataRole.UserRole, command)
            spoken = ", ".join(filter(None, (command.title, command.about)))
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, spoken)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setForeground(1, theme.colour(theme.current().muted))
        if self.list.topLevelItemCount():
            self._select(0)
        else:
            nothing = QTreeWidgetItem(self.list, [tr("Nothing found")])
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            announce(self, tr("Nothing found"))

    def _on_selected(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            announce(self, item.data(0, Qt.ItemDataRole.AccessibleTextRole) or "")

    # --- the keyboard -------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give the keys that select to the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _MOVES:
                self._move(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _move(self, event: QKeyEvent) -> None:
        """Select another row; the arrows go on at the other end."""
        count = self.list.topLevelItemCount()
        row = self.list.currentIndex().row()
        if row == 0 and event.key() == Qt.Key.Key_Up:
            self._select(count - 1)
        elif row == count - 1 and event.key() == Qt.Key.Key_Down:
            self._select(0)
        else:
            self.list.keyPressEvent(event)

    def _select(self, row: int) -> None:
        item = self.list.topLevelItem(row)
        if item is not None:
            self.list.setCurrentItem(item)

    def changeEvent(self, event: QEvent) -> None:
        """Close when another window becomes active."""
        super().changeEvent(event)
        gone = event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow()
        if gone and self.isVisible() and not self._is_closing:
            self.reject()

    def done(self, result: int) -> None:
        """Close, and make the main window active where the palette was."""
        self._is_closing = True
        parent = self.parentWidget()
        if parent is not None and self.isActiveWindow():
            parent.activateWindow()
        super().done(result)

    # --- running ------------------------------------------------------------------------------

    def _on_clicked(self, item: QTreeWidgetItem) -> None:
        self._run(item)

    def _run(self, item: QTreeWidgetItem | None) -> None:
        command = item.data(0, Qt.ItemDataRole.UserRole) if item is not None else None
        if isinstance(command, Command):
            self.accept()  # first: what runs may open a dialog or move the focus
            command.run()


def best_matches(query: str, commands: Sequence[Command]) -> list[Command]:
    """Return the commands that match, best first; the first of all where nothing is typed."""
    scored = [
        (score, -at, command)
        for at, command in enumerate(commands)
        if (score := fuzzy_score(query, command.title)) is not None
    ]
    if query.strip():
        scored.sort(key=lambda found: found[:2], reverse=True)
    return [command for _score, _at, command in scored[:MAX_ROWS]]
