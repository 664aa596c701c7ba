"""The dialog with the text of a document, as the model was given it."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from mmdesk.ui import theme
from mmdesk.ui.i18n import say, tr
from mmdesk.ui.user_message import document_size
from mmdesk.ui.widgets import label, named, notices_label, text_button
from mmdesk.values import DocumentInput


class DocumentViewer(QDialog):
    """A document's text, which can be searched and copied but not changed."""

    def __init__(self, document: DocumentInput, parent: QWidget) -> None:
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
        head = QHBoxLayout()
        head.addWidget(label(document_size(document), "muted"), 1)
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

    def _find(self) -> None:
        """Select the next place of the searched words, from the top again after the last."""
        wanted = self.search.text()
        if not self.text.find(wanted, QTextDocument.FindFlag(0)):
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
            self.text.find(wanted, QTextDocument.FindFlag(0))
