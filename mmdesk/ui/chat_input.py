"""The text field of the composer: it grows with its text, and Enter sends."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPlainTextEdit

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.qt_enums import BAR_AS_NEEDED, BAR_OFF
from mmdesk.ui.widgets import named

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import (
        QContextMenuEvent,
        QFocusEvent,
        QInputMethodEvent,
        QKeyEvent,
        QResizeEvent,
    )

MAX_LINES = 8


class ChatInput(QPlainTextEdit):
    """A text field of one to eight lines that recalls what was sent before.

    Signals:
        sent(): Enter was pressed outside of an input method's composition.
        stopped(): Escape was pressed.
        pasted(object): a QMimeData was pasted.
        focus_changed(bool): the field has the focus, or lost it.
        menu_opening(object): the QMenu of a right click; its owner may add entries.
    """

    sent = Signal()
    stopped = Signal()
    pasted = Signal(object)
    focus_changed = Signal(bool)
    menu_opening = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        tip = tr("Enter sends, Shift+Enter starts a new line (Ctrl+L focuses this field)")
        named(self, "chatInput", tr("Message"))
        say(self.setAccessibleDescription, tip)
        say(self.setPlaceholderText, tr("Ask anything"))
        self.setTabChangesFocus(True)
        self.setAcceptDrops(False)
        self.setProperty("verticalScrollBarPolicy", BAR_AS_NEEDED)
        self.setProperty("horizontalScrollBarPolicy", BAR_OFF)
        self.document().setDocumentMargin(2)
        self._composing = False
        self._sent: list[str] = []
        self._recalled = 0  # how many texts back; 0 for the draft
        self.document().documentLayout().documentSizeChanged.connect(self.fit)
        self.fit()

    # --- size ---------------------------------------------------------------------------------

    @Slot()
    def fit(self) -> None:
        """Set the height to that of the text, up to eight lines."""
        lines = min(MAX_LINES, max(1, ceil(self.document().size().height())))
        spacing = self.fontMetrics().lineSpacing()
        wanted = lines * spacing + 2 * int(self.document().documentMargin()) + 4
        if wanted != self.height():
            self.setFixedHeight(wanted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the height, since lines wrap elsewhere."""
        super().resizeEvent(event)
        self.fit()

    # --- keys ---------------------------------------------------------------------------------

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember whether an input method is composing."""
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send, stop, recall or type."""
        from PySide6.QtCore import Qt  # at the first key: see ui/qt_enums.py

        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._composing:
                event.ignore()  # it belongs to the input method
            elif event.modifiers() & (
                Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier
            ):
                self.textCursor().insertBlock()
                self.ensureCursorVisible()
            else:
                self.sent.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.stopped.emit()
        elif event.key() == Qt.Key.Key_Up and self._may_recall():
            self._recall(1)
        elif event.key() == Qt.Key.Key_Down and self._recalled and self._may_recall():
            self._recall(-1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell that the field has the focus."""
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the focus is gone, and with it the composition."""
        super().focusOutEvent(event)
        self._composing = False
        self.focus_changed.emit(False)

    # --- recalling what was sent --------------------------------------------------------------

    def remember(self, text: str) -> None:
        """Add a sent text to those that the Up key recalls."""
        if text and (not self._sent or self._sent[-1] != text):
            self._sent.append(text)
        self._recalled = 0

    def _may_recall(self) -> bool:
        text = self.toPlainText()
        return not text or (bool(self._recalled) and text == self._sent[-self._recalled])

    def _recall(self, step: int) -> None:
        from PySide6.QtGui import QTextCursor

        self._recalled = min(len(self._sent), max(0, self._recalled + step))
        self.setPlainText(self._sent[-self._recalled] if self._recalled else "")
        self.moveCursor(QTextCursor.MoveOperation.End)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the usual menu with what the owner adds."""
        from PySide6.QtCore import Qt

        menu = self.createStandardContextMenu(event.pos())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.menu_opening.emit(menu)
        menu.popup(event.globalPos())

    # --- pasting ------------------------------------------------------------------------------

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Return whether there is text, a picture or files to paste."""
        return source.hasText() or source.hasImage() or source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Hand a paste on, instead of inserting it."""
        self.pasted.emit(source)
