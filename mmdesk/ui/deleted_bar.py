"""Bars under and over the list of conversations for those that were deleted: undo, and the bin."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.widgets import ElidedLabel, icon_button, named, text_button


class UndoBar(QFrame):
    """Line that says that a conversation was deleted, with a button that brings it back."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "chip")
        named(self, "undoBar", tr("Conversation deleted"))
        self._text = ElidedLabel()
        say(self._text.setText, tr("Conversation deleted"))
        self.button = text_button(tr("Undo"), "undoDeleteButton", "small")
        say(self.button.setToolTip, tr("Bring it back (Ctrl+Z)"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        self.hide()

    def show_for(self, title: str, text: str) -> None:
        """Say in a line what was deleted; the tooltip has its title."""
        say(self._text.setText, text)
        self._text.explain(title)
        self.show()


class DeletedBar(QFrame):
    """Head of the list while it shows the deleted conversations.

    Signals:
        left(): the other conversations are wanted again.
        emptied(): all deleted conversations are to be erased.
    """

    left = Signal()
    emptied = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "deletedBar", tr("Recently deleted"))
        self.back = icon_button(
            "chevron-left", "leaveDeletedButton", tr("Back to conversations"), side=30, glyph=16
        )
        self.empty = text_button(tr("Delete all"), "emptyDeletedButton", "small")
        self.back.clicked.connect(self.left)
        self.empty.clicked.connect(self.emptied)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 8, 0)
        row.setSpacing(2)
        heading = ElidedLabel()
        say(heading.setText, tr("Recently deleted"))
        row.addWidget(self.back)
        row.addWidget(heading, 1)
        row.addWidget(self.empty)
        self.hide()


class UndoKey(QObject):
    """Event filter that leaves Ctrl+Z to the window while a field has nothing to undo itself."""

    def __init__(self, field: QPlainTextEdit) -> None:
        super().__init__(field)
        self._field = field
        field.document().clearUndoRedoStacks()  # setting the font counts as a change
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ignore the key before the field takes it."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        if not event.matches(QKeySequence.StandardKey.Undo):
            return False
        if self._field.document().isUndoAvailable():
            return False
        event.ignore()
        return True
