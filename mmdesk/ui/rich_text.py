"""One message's text: a document without inner scrolling, as high as what it holds.

Text may come in faster than it can be drawn: what comes is kept and drawn a slice at a time, with
pauses in proportion to what the last slice cost, so that the window stays awake. Nothing is
dropped: the last slice is drawn whatever happens.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from math import ceil
from typing import Any

from PySide6.QtCore import QRectF, QSizeF, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QSizePolicy,
    QTextBrowser,
    QTextEdit,
    QToolButton,
    QWidget,
)

from mmdesk.ui import theme
from mmdesk.ui.clipboard import copy_text
from mmdesk.ui.i18n import tr
from mmdesk.ui.markdown.block_painter import paint_behind, region_rect
from mmdesk.ui.markdown.block_stream import MarkdownStream
from mmdesk.ui.markdown.code_block import CodeRegion
from mmdesk.ui.markdown.code_colours import colouring
from mmdesk.ui.markdown.document_builder import DocumentBuilder
from mmdesk.ui.markdown.formula import (
    FORMULA,
    SIGN,
    FormulaPainter,
    formulas,
    settle,
    source_of,
)
from mmdesk.ui.widgets import icon_button

MOST_MARKS = 200
SLICE = 2000  # characters drawn at once
_BUDGET = 0.008  # s a slice of colouring may take
_CHEAP = 0.006  # s a slice of text may take before the next one has to wait


class RichTextView(QTextBrowser):
    """A message, as Markdown that grows or as plain text.

    Signals:
        link_activated(str): the person clicked a link; nothing was opened.
        drawn(): all text that came in so far is in the document.
        marked(int): words that were searched for are marked; px down to the first of them.
    """

    link_activated = Signal(str)
    drawn = Signal()
    marked = Signal(int)

    def __init__(self, *, markdown: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source_text = ""
        self.renders = 0
        self._markdown = markdown
        self._pending = ""
        self._terms: tuple[str, ...] = ()
        self._finished = False
        self._buttons: list[QToolButton] = []
        self._dress()
        self._begin_again()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._draw_slice)
        self.anchorClicked.connect(self._on_anchor)
        self._formula_painter = FormulaPainter(self)
        layout = self.document().documentLayout()
        layout.registerHandler(FORMULA, self._formula_painter)
        if markdown:
            formulas().drawn.connect(self._on_formula)
        self.document().documentLayout().documentSizeChanged.connect(self._on_size)

    def _dress(self) -> None:
        self.setProperty("kind", "message")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.setAcceptDrops(False)
        self.setFixedHeight(1)
        self.setCursorWidth(0)
        self.document().setDocumentMargin(0)
        self.document().setIndentWidth(26)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def _begin_again(self) -> None:
        self.document().clear()
        self.document().setDefaultFont(theme.text_font())
        self._scheme = theme.current()
        self._stream = MarkdownStream()
        self._builder = DocumentBuilder(self.document())
        self._ended = False  # the last block is settled too
        self._colouring: Iterator[None] | None = None

    @property
    def regions(self) -> list[CodeRegion]:
        """The code blocks, in order."""
        return self._builder.regions

    @property
    def stream(self) -> MarkdownStream:
        """What cuts the text into blocks (for tests of the cost)."""
        return self._stream

    # --- text ---------------------------------------------------------------------------------

    def append(self, text: str) -> None:
        """Some more of the message."""
        self.source_text += text
        self._pending += text
        if not self._timer.isActive():
            self._draw_slice()

    def finish(self) -> None:
        """No more will come."""
        self._finished = True
        if not self._timer.isActive():
            self._draw_slice()

    def flush(self) -> None:
        """Draw everything now, however long it takes."""
        while self._has_work():
            self._draw_slice()
            self._timer.stop()

    def _has_work(self) -> bool:
        unfinished = self._finished and not self._ended
        return bool(self._pending) or unfinished or self._colouring is not None

    @Slot()
    def _draw_slice(self) -> None:
        began = time.perf_counter()
        if self._pending or (self._finished and not self._ended):
            self._draw_text()
        if not self._pending and self._colouring is not None:
            self._draw_colours(began + _BUDGET)
        spent = time.perf_counter() - began
        if self._has_work():
            self._timer.start(0 if spent < _CHEAP else min(400, round(spent * 2500)))

    def _draw_text(self) -> None:
        piece, self._pending = self._pending[:SLICE], self._pending[SLICE:]
        self._write(piece, last=self._finished and not self._pending)
        if not self._pending:
            self.drawn.emit()
            if self._terms:
                self._show_marks()

    def _write(self, piece: str, *, last: bool) -> None:
        self.renders += 1
        if self._markdown:
            steps = self._stream.feed(piece)
            self._builder.apply(steps + self._stream.finish() if last else steps)
            self._place_buttons()
            if self.regions:
                self._colouring = colouring(self.document(), self.regions)
        else:
            self._builder.plain(piece)
        self._ended = last

    def _draw_colours(self, until: float) -> None:
        work = self._colouring
        assert work is not None
        for _ in work:
            if time.perf_counter() > until:
                return
        self._colouring = None

    def _rebuild(self) -> None:
        """Write everything again in other colours or sizes, and take the height it has then."""
        self.setUpdatesEnabled(False)
        written = self.source_text[: len(self.source_text) - len(self._pending)]
        ended = self._ended
        self._begin_again()
        for at in range(0, len(written), SLICE):
            self._write(written[at : at + SLICE], last=False)
        if ended:
            self._write("", last=True)
        self.setUpdatesEnabled(True)
        self._on_size(self.document().size())
        if self._has_work() and not self._timer.isActive():
            self._timer.start(0)

    # --- formulas -----------------------------------------------------------------------------

    @Slot(str)
    def _on_formula(self, tex: str) -> None:
        """A formula has been drawn: it takes the place of its source."""
        found = self.document().find(SIGN)
        while not found.isNull():
            shape = found.charFormat()
            if source_of(shape) == tex:
                settle(shape)
                found.setCharFormat(shape)
            found = self.document().find(SIGN, found)

    @Slot()
    def copy(self) -> None:
        """Copy what is selected; a formula is copied as its source."""
        # Not by createMimeDataFromSelection: a QMimeData of Python's that is still on the
        # clipboard when the interpreter ends brings the process down.
        cursor = self.textCursor()
        if SIGN in cursor.selectedText():
            QGuiApplication.clipboard().setText(self._with_sources(cursor))
        else:
            super().copy()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu(event.pos())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in menu.actions():
            if action.objectName() == "edit-copy":
                action.triggered.disconnect()
                action.triggered.connect(self.copy)
        menu.popup(event.globalPos())

    def _with_sources(self, cursor: QTextCursor) -> str:
        parts, at = [], QTextCursor(self.document())
        for place in range(cursor.selectionStart(), cursor.selectionEnd()):
            at.setPosition(place)
            at.setPosition(place + 1, QTextCursor.MoveMode.KeepAnchor)
            source = source_of(at.charFormat()) if at.selectedText() == SIGN else ""
            parts.append(f"${source}$" if source else at.selectedText())
        return "".join(parts).replace("\u2029", "\n").replace("\u2028", "\n")

    # --- words that were searched for ----------------------------------------------------------

    def mark(self, terms: tuple[str, ...]) -> None:
        """Mark these words wherever they stand, once everything is drawn."""
        self._terms = terms
        if not self._pending:
            self._show_marks()

    @Slot()
    def _show_marks(self) -> None:
        shape = QTextCharFormat()
        shape.setBackground(theme.colour(theme.current().accent_soft))
        shape.setForeground(theme.colour(theme.current().accent))
        shape.setFontUnderline(True)
        marks: list[QTextEdit.ExtraSelection] = []
        for term in self._terms:
            cursor = self.document().find(term)
            while not cursor.isNull() and len(marks) < MOST_MARKS:
                selection = QTextEdit.ExtraSelection()
                selection.cursor, selection.format = cursor, shape
                marks.append(selection)
                cursor = self.document().find(term, cursor)
        first = bool(marks) and not self.extraSelections()
        self.setExtraSelections(marks)
        if first:
            self.marked.emit(self.cursorRect(marks[0].cursor).top())

    @property
    def marks(self) -> list[str]:
        """The words that are marked."""
        return [mark.cursor.selectedText() for mark in self.extraSelections()]

    # --- layout and paint ---------------------------------------------------------------------

    @Slot(QSizeF)
    def _on_size(self, size: QSizeF) -> None:
        height = max(1, ceil(size.height()))
        if height != self.height() and self.updatesEnabled():
            self.setFixedHeight(height)
        self._place_buttons()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._on_size(self.document().size())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._scheme is not theme.current():
            self._scheme = theme.current()
            QTimer.singleShot(0, self, self._rebuild)
        painter = QPainter(self.viewport())
        paint_behind(painter, self.document(), self.regions, QRectF(event.rect()))
        painter.end()
        super().paintEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the transcript scrolls, not the message

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Nothing is ever loaded on a document's behalf."""
        return None

    def ideal_width(self) -> int:
        """Px the text would take without wrapping."""
        return ceil(self.document().idealWidth()) + 1

    @Slot(QUrl)
    def _on_anchor(self, address: QUrl) -> None:
        self.link_activated.emit(address.toString())

    # --- copy buttons of code -----------------------------------------------------------------

    def _place_buttons(self) -> None:
        while len(self._buttons) > len(self.regions):
            self._buttons.pop().deleteLater()
        for at, region in enumerate(self.regions):
            if at == len(self._buttons):
                self._buttons.append(self._copy_button(at))
            area = region_rect(self.document(), region)
            self._buttons[at].move(round(area.right()) - 34, round(area.top()) + 4)

    def _copy_button(self, at: int) -> QToolButton:
        button = icon_button(
            "copy", "copyCodeButton", tr("Copy this code"), kind="code", side=28, glyph=16
        )
        button.setParent(self.viewport())
        button.clicked.connect(partial(self._copy_code, at))
        button.show()
        return button

    def _copy_code(self, at: int) -> None:
        if at < len(self.regions):
            copy_text(self.regions[at].source.rstrip("\n"), self._buttons[at])
