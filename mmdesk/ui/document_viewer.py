"""The dialog with the text of a document, as the model was given it."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import (
    QKeySequence,
    QShortcut,
    QShowEvent,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from mmdesk.translatable import TranslatableText
from mmdesk.ui import theme
from mmdesk.ui.i18n import joined, say, tr
from mmdesk.ui.user_message import document_size
from mmdesk.ui.widgets import label, named, notices_label, text_button
from mmdesk.values import Citation, DocumentInput


def passage_in(document: DocumentInput, citation: Citation) -> tuple[int, int] | None:
    """Return where a cited passage is in a document; None where the document lacks it."""
    start, end, quote = citation.passage_start, citation.passage_end, citation.quote
    if not quote:
        return None
    if not document.text.startswith(quote, start):
        found = document.text.find(quote)  # the document has changed around it
        return (found, found + len(quote)) if found >= 0 else None
    return start, min(end, len(document.text))


def quoted_document(citation: Citation) -> DocumentInput:
    """Return what is known of a document that is not here any more."""
    notice = TranslatableText(
        "The document is not here any more, or was changed. This is the passage as it was cited."
    )
    return DocumentInput(citation.document, citation.quote, notices=(notice,))


class DocumentViewer(QDialog):
    """Read-only view of a document's text, with search and copying.

    Args:
        document: to be shown.
        parent: of the dialog.
        citation: of a passage that is shown first, highlighted.
    """

    def __init__(
        self, document: DocumentInput, parent: QWidget, citation: Citation | None = None
    ) -> None:
        super().__init__(parent)
        named(self, "documentDialog", tr("Document {0}").format(document.name))
        self.setWindowTitle(document.name)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setPlainText(document.text)
        named(self.text, "documentText", document.name)
        self.search = QLineEdit()
        named(self.search, "documentSearch", tr("Find in the document"))
        say(self.search.setPlaceholderText, tr("Find"))
        self.search.returnPressed.connect(self._find)
        close = text_button(tr("Close"), "closeDocumentButton", "primary")
        close.clicked.connect(self.accept)
        self._passage = passage_in(document, citation) if citation is not None else None
        size = document_size(document)
        if citation is not None and citation.page is not None:
            size = joined(" · ", (tr("Page {0}").format(citation.page), size))
        head = QHBoxLayout()
        head.addWidget(label(size, "muted"), 1)
        head.addWidget(self.search)
        foot = QHBoxLayout()
        foot.addWidget(notices_label(document.notices), 1)
        foot.addStretch()
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        column.addLayout(foot)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.setFocus)
        theme.fit_to_text(self, 720, 640)
        self.text.setFocus()
        self._show_passage()

    @property
    def highlighted(self) -> str:
        """The passage that is highlighted; "" without one."""
        marks = self.text.extraSelections()
        return marks[0].cursor.selectedText().replace("\u2029", "\n") if marks else ""

    def _show_passage(self) -> None:
        """Highlight the passage and put the cursor before it, where a screen reader begins."""
        if self._passage is None:
            return
        start, end = self._passage
        text = self.text.toPlainText()
        cursor = QTextCursor(self.text.document())
        cursor.setPosition(_utf16_length(text[:start]))
        self.text.setTextCursor(cursor)
        cursor.setPosition(_utf16_length(text[:end]), QTextCursor.MoveMode.KeepAnchor)
        mark = QTextEdit.ExtraSelection()
        mark.cursor, mark.format = cursor, QTextCharFormat()
        mark.format.setBackground(theme.colour(theme.current().accent_soft))
        mark.format.setForeground(theme.colour(theme.current().accent))
        self.text.setExtraSelections([mark])

    def showEvent(self, event: QShowEvent) -> None:
        """Scroll to the passage, once the text has its size."""
        super().showEvent(event)
        if self._passage is not None:
            self.text.centerCursor()

    def changeEvent(self, event: QEvent) -> None:
        """Highlight the passage in the colours of another scheme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self.isVisible():
            self._show_passage()

    def _find(self) -> None:
        """Select the next place of the searched words, from the top again after the last."""
        wanted = self.search.text()
        if not self.text.find(wanted, QTextDocument.FindFlag(0)):
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
            self.text.find(wanted, QTextDocument.FindFlag(0))


def _utf16_length(text: str) -> int:
    """Return the length of a text as Qt counts it."""
    return len(text) + sum(ord(character) > 0xFFFF for character in text)
