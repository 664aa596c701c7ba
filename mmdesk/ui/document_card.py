"""The card of a document in the composer, with what can be done with it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton, QVBoxLayout

from mmdesk.ui.attachment_actions import SUMMARY_WORDS, AttachmentActions
from mmdesk.ui.flow_layout import FlowLayout
from mmdesk.ui.i18n import say, tr
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.ui.translate_button import TranslateButton
from mmdesk.ui.user_message import document_notices, document_size
from mmdesk.ui.widgets import ElidedLabel, glyph, icon_button, label, named, notices_label
from mmdesk.values import DocumentInput

LENGTHS = (60, 150, 300, 500)  # words of a summary


class DocumentCard(QFrame):
    """Name and size of a document, with Summarise, Translate, Ask and Remove.

    Attributes:
        notices: line with what of the file was not read.

    Signals:
        removed(object): the DocumentInput is not to be sent.
    """

    removed = Signal(object)

    def __init__(self, document: DocumentInput, actions: AttachmentActions) -> None:
        super().__init__()
        self._document = document
        self._actions = actions
        self.setProperty("kind", "chip")
        named(self, "documentChip", tr("Document {0}").format(document.name))
        self.summarise_button = self._tool(tr("Summarise"), "summariseButton")
        self.translate_button = TranslateButton(actions, "translateButton")
        self.ask_button = self._tool(tr("Ask"), "askButton")
        self.remove_button = icon_button(
            "close", "removeDocumentButton", tr("Remove {0}").format(document.name),
            side=28, glyph=14,
        )  # fmt: skip
        self.notices = notices_label(document_notices(document))
        self._lay_out()
        self._make_menu()
        self.summarise_button.clicked.connect(partial(self._summarise, SUMMARY_WORDS))
        self.translate_button.wanted.connect(partial(actions.translate, document))
        self.ask_button.clicked.connect(partial(actions.question_begun.emit, document))
        actions.changed.connect(self._refresh)
        self._refresh()
        self.remove_button.clicked.connect(partial(self.removed.emit, document))

    @staticmethod
    def _tool(text: str, object_name: str) -> QToolButton:
        button = QToolButton()
        say(button.setText, text)
        named(button, object_name, text)
        button.setProperty("kind", "small")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(glyph("document", "muted"))
        head.addWidget(ElidedLabel(self._document.name, mode=Qt.TextElideMode.ElideMiddle))
        head.addWidget(label(document_size(self._document), "muted"))
        head.addStretch()
        head.addWidget(self.remove_button)
        box = QFrame()
        flow = FlowLayout(box, gap=6)
        for button in (self.summarise_button, self.translate_button, self.ask_button):
            flow.addWidget(button)
        for button in (self.summarise_button, self.translate_button):
            button.setVisible(not self._document.is_folder)  # it is searched, not read as a whole
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 6, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.notices)
        column.addWidget(box)

    def _make_menu(self) -> None:
        lengths = QMenu(self)
        for words in LENGTHS:
            action = lengths.addAction("")
            say(action.setText, tr("About {0} words").format(words))
            action.triggered.connect(partial(self._summarise, words))
        self.summarise_button.setMenu(lengths)
        self.summarise_button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)

    @Slot()
    def _refresh(self) -> None:
        """Show whether a job can be started."""
        self.summarise_button.setEnabled(self._actions.possible)
        say(self.summarise_button.setToolTip, plain_tooltip(self._actions.reason))

    def _summarise(self, words: int, checked: bool = False) -> None:
        self._actions.summarise(self._document, words)
