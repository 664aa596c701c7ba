"""Table of the keyboard shortcuts, and the dialog that lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mmdesk.ui import theme
from mmdesk.ui.i18n import joined, tr
from mmdesk.ui.widgets import named, text_button

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent


@dataclass(frozen=True, slots=True)
class Keys:
    """One line of the table.

    Attributes:
        name: key of the slot in `install`; "" where a widget handles the keys itself.
        keys: portable key names, alternatives separated by "; ". The first one is listed.
        group: heading in the list.
        action: description in the list.
    """

    name: str
    keys: str
    group: str
    action: str

    @property
    def sequences(self) -> list[QKeySequence]:
        """All alternatives."""
        return [QKeySequence(keys) for keys in self.keys.split("; ")]

    def shown(self) -> str:
        """Return the keys as this system writes them; Return is called Enter, as on keyboards."""
        native = QKeySequence.SequenceFormat.NativeText
        return self.sequences[0].toString(native).replace("Return", "Enter")


def table() -> tuple[Keys, ...]:
    """Return all shortcuts, described in the current language."""
    return (*_conversation_keys(), *_message_keys(), *_window_keys())


def _conversation_keys() -> tuple[Keys, ...]:
    group = tr("Conversation")
    return (
        Keys("new_chat", "Ctrl+N", group, tr("New chat")),
        Keys("temporary_chat", "Ctrl+Shift+N", group, tr("New temporary chat")),
        Keys("history", "Ctrl+H", group, tr("Show or hide the list")),
        Keys("search", "Ctrl+F", group, tr("Search chats")),
        Keys("undo", "Ctrl+Z", group, tr("Bring a deleted conversation back")),
        Keys("chat_settings", "Ctrl+I", group, tr("Chat settings")),
    )


def _message_keys() -> tuple[Keys, ...]:
    group = tr("Message")
    return (
        Keys("", "Return", group, tr("Send")),
        Keys("", "Shift+Return", group, tr("New line")),
        Keys("stop", "Esc", group, tr("Stop the answer")),
        Keys("write", "Ctrl+L", group, tr("Go to the message field")),
        Keys("attach", "Ctrl+O", group, tr("Attach files")),
        Keys("capture", "Ctrl+Shift+S", group, tr("Ask about a part of the screen")),
        Keys("", "Ctrl+V", group, tr("Paste text, pictures or files")),
        Keys("speak", "Ctrl+M", group, tr("Start or stop the microphone")),
        Keys("read_aloud", "Ctrl+Shift+A", group, tr("Read the last answer aloud, or stop")),
        Keys("talk", "Ctrl+Shift+Space", group, tr("Talk hands-free")),
    )


def _window_keys() -> tuple[Keys, ...]:
    group = tr("Window")
    return (
        Keys("palette", "Ctrl+K", group, tr("Search everything")),
        Keys("quick", "Ctrl+Shift+K", group, tr("Quick question")),
        Keys("panels", "Ctrl+B", group, tr("Show or hide side panel")),
        Keys("models", "Ctrl+Shift+M", group, tr("Models")),
        Keys("settings", "Ctrl+,", group, tr("Settings")),
        Keys("next_area", "F6", group, tr("Go to the next area")),
        Keys("larger", "Ctrl++; Ctrl+=", group, tr("Larger text")),
        Keys("smaller", "Ctrl+-", group, tr("Smaller text")),
        Keys("usual_size", "Ctrl+0", group, tr("Reset text size")),
        Keys("shortcuts", "F1", group, tr("Show this list")),
        Keys("quit", "Ctrl+Q", group, tr("Quit")),
    )


def install(window: QWidget, slots: Mapping[str, Callable[[], object]]) -> None:
    """Create the shortcuts of a window.

    Raises:
        ValueError: the names in the table and in `slots` differ.
    """
    names = {entry.name for entry in table() if entry.name}
    if names != set(slots):
        raise ValueError(f"no shortcut or no slot: {names ^ set(slots)}")
    for entry in table():
        if entry.name:
            for sequence in entry.sequences:
                QShortcut(sequence, window, slots[entry.name])


class _KeyList(QTreeWidget):
    """List of keys that selects a row while it has the focus."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select the row of the cursor, or the first one."""
        super().focusInEvent(event)
        first = self.model().index(0, 0, self.model().index(0, 0))
        self.setCurrentIndex(self.currentIndex() if self.selectedItems() else first)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Select nothing."""
        super().focusOutEvent(event)
        self.clearSelection()


class ShortcutsDialog(QDialog):
    """Dialog with the keyboard shortcuts in two lists, which show all of them at once.

    Attributes:
        lists: side by side.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "shortcutsDialog", tr("Keyboard shortcuts"))
        self.setWindowTitle(tr("Keyboard shortcuts"))
        groups = {group: tuple(keys) for group, keys in groupby(table(), lambda keys: keys.group)}
        *left, last = groups
        self.lists = (
            self._make_list("shortcutsList", {group: groups[group] for group in left}),
            self._make_list("windowShortcutsList", {last: groups[last]}),
        )
        close = text_button(tr("Close"), "closeShortcutsButton", "primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        across = QHBoxLayout()
        across.setSpacing(18)
        for keys, share in zip(self.lists, (5, 4), strict=True):
            across.addWidget(keys, share)
        column.addLayout(across)
        column.addLayout(row)
        theme.fit_to_text(self, 900, 660)
        close.setFocus()

    def _make_list(self, name: str, groups: Mapping[str, tuple[Keys, ...]]) -> QTreeWidget:
        tree = _KeyList()
        named(tree, name, joined(", ", (tr("Keyboard shortcuts"), *groups)))
        tree.setProperty("kind", "plain")
        tree.setTabKeyNavigation(False)
        tree.setColumnCount(2)
        tree.setHeaderLabels([tr("Action"), tr("Keys")])
        tree.setRootIsDecorated(False)
        tree.setItemsExpandable(False)
        tree.setIndentation(14)
        for group, entries in groups.items():
            top = QTreeWidgetItem(tree, [group])
            top.setFirstColumnSpanned(True)
            font = tree.font()
            font.setBold(True)
            top.setFont(0, font)
            top.setFlags(Qt.ItemFlag.ItemIsEnabled)
            for entry in entries:
                item = QTreeWidgetItem(top, [entry.action, entry.shown()])
                spoken = Qt.ItemDataRole.AccessibleTextRole
                item.setData(0, spoken, f"{entry.action}: {entry.shown()}")
        tree.expandAll()
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        tree.header().setStretchLastSection(False)
        return tree
