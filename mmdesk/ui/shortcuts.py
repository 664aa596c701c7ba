"""All keys of the window: one table, from which the shortcuts are made and the list is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt
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

from mmdesk.ui.parts import named, text_button

_CONVERSATION = QT_TRANSLATE_NOOP("Shortcuts", "Conversation")
_MESSAGE = QT_TRANSLATE_NOOP("Shortcuts", "Message")
_WINDOW = QT_TRANSLATE_NOOP("Shortcuts", "Window")


@dataclass(frozen=True, slots=True)
class Keys:
    """One line of the table.

    Attributes:
        name: what `install` is given a slot for; "" where a field of the window reads the keys
            itself.
        keys: portable key names, alternatives apart by "; ". The first is the one to tell.
    """

    name: str
    keys: str
    group: str
    words: str

    @property
    def sequences(self) -> list[QKeySequence]:
        return [QKeySequence(keys) for keys in self.keys.split("; ")]

    def shown(self) -> str:
        """The keys as this system writes them."""
        native = QKeySequence.SequenceFormat.NativeText
        return self.sequences[0].toString(native)


TABLE = (
    Keys("new_chat", "Ctrl+N", _CONVERSATION, QT_TRANSLATE_NOOP("Shortcuts", "New chat")),
    Keys("history", "Ctrl+H", _CONVERSATION, QT_TRANSLATE_NOOP("Shortcuts", "Show the list")),
    Keys("search", "Ctrl+F", _CONVERSATION, QT_TRANSLATE_NOOP("Shortcuts", "Search them all")),
    Keys(
        *("chat_settings", "Ctrl+I", _CONVERSATION),
        QT_TRANSLATE_NOOP("Shortcuts", "Settings of this conversation"),
    ),
    Keys("", "Return", _MESSAGE, QT_TRANSLATE_NOOP("Shortcuts", "Send")),
    Keys("", "Shift+Return", _MESSAGE, QT_TRANSLATE_NOOP("Shortcuts", "New line")),
    Keys("stop", "Esc", _MESSAGE, QT_TRANSLATE_NOOP("Shortcuts", "Stop the answer")),
    Keys("write", "Ctrl+L", _MESSAGE, QT_TRANSLATE_NOOP("Shortcuts", "Go to the message field")),
    Keys("attach", "Ctrl+O", _MESSAGE, QT_TRANSLATE_NOOP("Shortcuts", "Attach files")),
    Keys(
        *("", "Ctrl+V", _MESSAGE),
        QT_TRANSLATE_NOOP("Shortcuts", "Paste text, pictures or files"),
    ),
    Keys("speak", "Ctrl+M", _MESSAGE, QT_TRANSLATE_NOOP("Shortcuts", "Speak, or stop speaking")),
    Keys("panels", "Ctrl+B", _WINDOW, QT_TRANSLATE_NOOP("Shortcuts", "Pictures and microphone")),
    Keys("models", "Ctrl+Shift+M", _WINDOW, QT_TRANSLATE_NOOP("Shortcuts", "Models")),
    Keys("settings", "Ctrl+,", _WINDOW, QT_TRANSLATE_NOOP("Shortcuts", "Settings")),
    Keys("next_area", "F6", _WINDOW, QT_TRANSLATE_NOOP("Shortcuts", "Go to the next area")),
    Keys("larger", "Ctrl++; Ctrl+=", _WINDOW, QT_TRANSLATE_NOOP("Shortcuts", "Larger text")),
    Keys("smaller", "Ctrl+-", _WINDOW, QT_TRANSLATE_NOOP("Shortcuts", "Smaller text")),
    Keys("usual_size", "Ctrl+0", _WINDOW, QT_TRANSLATE_NOOP("Shortcuts", "Usual text size")),
    Keys("shortcuts", "F1", _WINDOW, QT_TRANSLATE_NOOP("Shortcuts", "This list")),
    Keys("quit", "Ctrl+Q", _WINDOW, QT_TRANSLATE_NOOP("Shortcuts", "Quit")),
)


def install(window: QWidget, slots: Mapping[str, Callable[[], object]]) -> None:
    """Make the table's shortcuts for a window.

    Raises:
        ValueError: the table and `slots` do not name the same things.
    """
    named_ones = {entry.name for entry in TABLE if entry.name}
    if named_ones != set(slots):
        raise ValueError(f"no shortcut or no slot: {named_ones ^ set(slots)}")
    for entry in TABLE:
        if entry.name:
            for sequence in entry.sequences:
                QShortcut(sequence, window, slots[entry.name])


class ShortcutsDialog(QDialog):
    """The list of all keys."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "shortcutsDialog", self.tr("Keyboard shortcuts"))
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.list = self._make_list()
        close = text_button(self.tr("Close"), "closeShortcutsButton", "primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        column.addWidget(self.list)
        column.addLayout(row)
        self.resize(520, 640)

    def _make_list(self) -> QTreeWidget:
        made = QTreeWidget()
        named(made, "shortcutsList", self.tr("Keyboard shortcuts"))
        made.setColumnCount(2)
        made.setHeaderLabels([self.tr("What it does"), self.tr("Keys")])
        made.setRootIsDecorated(False)
        made.setItemsExpandable(False)
        made.setIndentation(14)
        for group, entries in groupby(TABLE, key=lambda entry: entry.group):
            top = QTreeWidgetItem(made, [_translated(group)])
            top.setFirstColumnSpanned(True)
            font = made.font()
            font.setBold(True)
            top.setFont(0, font)
            top.setFlags(Qt.ItemFlag.ItemIsEnabled)
            for entry in entries:
                words = _translated(entry.words)
                item = QTreeWidgetItem(top, [words, entry.shown()])
                said = Qt.ItemDataRole.AccessibleTextRole
                item.setData(0, said, f"{words}: {entry.shown()}")
        made.expandAll()
        made.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        made.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        made.header().setStretchLastSection(False)
        made.setCurrentItem(made.topLevelItem(0).child(0))
        return made


def _translated(words: str) -> str:
    return QCoreApplication.translate("Shortcuts", words)
