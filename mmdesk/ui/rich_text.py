"""The text of one message: a document without inner scrolling, as high as its content.

Text may arrive faster than it can be drawn: it is buffered and drawn a slice at a time, with
pauses in proportion to what the last slice cost, so that the window stays responsive. Nothing is
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
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QMenu,
    QSizePolicy,
    QTextBrowser,
    QTextEdit,
    QToolButton,
    QWidget,
)

from mmdesk.ui import theme
from mmdesk.ui.clipboard import copy_text
from mmdesk.ui.i18n import say, tr
from mmdesk.ui.markdown.block_painter import paint_behind, region_rect
from mmdesk.ui.markdown.block_stream import MarkdownStream
from mmdesk.ui.markdown.code_block import CodeRegion
from mmdesk.ui.markdown.code_colours import colouring
from mmdesk.ui.markdown.document_builder import DocumentBuilder
from mmdesk.ui.markdown.formula import (
    FORMULA,
    OBJECT_CHARACTER,
    FormulaPainter,
    formulas,
    set_descent,
    source_of,
)
from mmdesk.ui.markdown.tolerant import TolerantMarkdown
from mmdesk.ui.source_marks import SourceMark, draw_marks, with_placeholders
from mmdesk.ui.widgets import icon_button, is_by_keyboard, named

MAX_MARKS = 200
SLICE = 2000  # characters drawn at once
_BUTTON_SIDE, _BUTTON_GAP = 28, 4  # px of a copy button, and to the edge of its code
_BUDGET = 0.008  # s a slice of colouring may take
_CHEAP = 0.006  # s a slice of text may take before the next one has to wait


class RichTextView(QTextBrowser):
    """A message, as Markdown that grows or as plain text.

    Args:
        markdown: read the text as Markdown.
        tolerant: repair the Markdown of a model first.
        parent: of the widget.

    Attributes:
        source_text: the whole text, also what is not drawn yet.
        renders: how many slices were drawn (for tests of the cost).

    Signals:
        link_activated(str): a link was clicked; its encoded address. Nothing was opened.
        menu_opening(object): the QMenu of a right click; its owner may add entries.
        drawn(): all text that arrived so far is in the document.
        marked(int): words that were searched for are marked; px down to the first of them.
    """

    link_activated = Signal(str)
    menu_opening = Signal(object)
    drawn = Signal()
    marked = Signal(int)

    def __init__(
        self, *, markdown: bool, tolerant: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.source_text = ""
        self.renders = 0
        self._markdown = markdown
        self._tolerant = tolerant
        self._pending = ""
        self._terms: tuple[str, ...] = ()
        self._source_marks: list[SourceMark] = []
        self._finished = False
        self._has_ring = False
        self._buttons: list[QToolButton] = []
        self._set_up_view()
        self._reset()
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

    def _set_up_view(self) -> None:
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

    def _reset(self) -> None:
        self.document().clear()
        self.document().setDefaultFont(theme.text_font())
        self._scheme = theme.current()
        self._stream = MarkdownStream()
        self._repairer = TolerantMarkdown() if self._tolerant else None
        self._builder = DocumentBuilder(self.document())
        self._ended = False  # the last block is settled too
        self._colours: Iterator[None] | None = None

    @property
    def regions(self) -> list[CodeRegion]:
        """The code blocks, in order."""
        return self._builder.regions

    @property
    def stream(self) -> MarkdownStream:
        """The block parser (for tests of the cost)."""
        return self._stream

    # --- text ---------------------------------------------------------------------------------

    def append(self, text: str) -> None:
        """Add some more of the message."""
        self.source_text += text
        self._pending += text
        if not self._timer.isActive():
            self._draw_slice()

    def finish(self) -> None:
        """Take note that the message is complete."""
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
        return bool(self._pending) or unfinished or self._colours is not None

    @Slot()
    def _draw_slice(self) -> None:
        began = time.perf_counter()
        if self._pending or (self._finished and not self._ended):
            self._draw_text()
        if not self._pending and self._colours is not None:
            self._draw_colours(began + _BUDGET)
        spent = time.perf_counter() - began
        if self._has_work():
            self._timer.start(0 if spent < _CHEAP else min(400, round(spent * 2500)))

    def _draw_text(self) -> None:
        offset = len(self.source_text) - len(self._pending)
        piece, self._pending = self._pending[:SLICE], self._pending[SLICE:]
        self._write(piece, offset, last=self._finished and not self._pending)
        if not self._pending:
            self.drawn.emit()
            if self._terms:
                self._show_marks()

    def _write(self, piece: str, offset: int, *, last: bool) -> None:
        self.renders += 1
        if self._source_marks:
            piece = with_placeholders(piece, offset, self._source_marks)
        if self._markdown:
            if self._repairer is not None:
                piece = self._repairer.feed(piece)
                piece += self._repairer.finish() if last else ""
            steps = self._stream.feed(piece)
            self._builder.apply(steps + self._stream.finish() if last else steps)
            self._place_buttons()
            if self.regions:
                self._colours = colouring(self.document(), self.regions)
        else:
            self._builder.plain(piece)
        draw_marks(self.document(), self._source_marks)
        self._ended = last

    def _draw_colours(self, until: float) -> None:
        work = self._colours
        assert work is not None
        for _ in work:
            if time.perf_counter() > until:
                return
        self._colours = None

    def _rebuild(self) -> None:
        """Draw everything again in other colours or sizes, and take the height it has then."""
        self.setUpdatesEnabled(False)
        written = self.source_text[: len(self.source_text) - len(self._pending)]
        ended = self._ended
        self._reset()
        for start in range(0, len(written), SLICE):
            self._write(written[start : start + SLICE], start, last=False)
        if ended:
            self._write("", len(written), last=True)
        self.setUpdatesEnabled(True)
        self._on_size(self.document().size())
        if self._has_work() and not self._timer.isActive():
            self._timer.start(0)

    def set_source_marks(self, marks: list[SourceMark]) -> None:
        """Show numbers of sources behind sentences; their places are those in `source_text`."""
        if marks != self._source_marks:
            self._source_marks = marks
            self._rebuild()

    # --- formulas -----------------------------------------------------------------------------

    @Slot(str)
    def _on_formula(self, tex: str) -> None:
        """Show a formula that has been drawn in the place of its source."""
        found = self.document().find(OBJECT_CHARACTER)
        while not found.isNull():
            char_format = found.charFormat()
            if source_of(char_format) == tex:
                set_descent(char_format)
                found.setCharFormat(char_format)
            found = self.document().find(OBJECT_CHARACTER, found)

    @Slot()
    def copy(self) -> None:
        """Copy the selection, with formulas as their LaTeX source."""
        # Not by createMimeDataFromSelection: a QMimeData of Python's that is still on the
        # clipboard when the interpreter ends brings the process down.
        cursor = self.textCursor()
        if OBJECT_CHARACTER in cursor.selectedText():
            QGuiApplication.clipboard().setText(self._with_sources(cursor))
        else:
            super().copy()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy with `copy`, or handle the key as usual."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open a menu with what makes sense here, and with what the owner adds."""
        menu = QMenu(self)
        named(menu, "textMenu", tr("Actions"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction("", self.copy)
        say(copy.setText, tr("Copy"))
        copy.setEnabled(self.textCursor().hasSelection())
        link = self.anchorAt(event.pos())
        if link:
            copy_link = menu.addAction("", partial(QGuiApplication.clipboard().setText, link))
            say(copy_link.setText, tr("Copy link"))
        say(menu.addAction("", self.selectAll).setText, tr("Select all"))
        self.menu_opening.emit(menu)
        menu.popup(event.globalPos())

    def _with_sources(self, cursor: QTextCursor) -> str:
        parts, one = [], QTextCursor(self.document())
        for position in range(cursor.selectionStart(), cursor.selectionEnd()):
            one.setPosition(position)
            one.setPosition(position + 1, QTextCursor.MoveMode.KeepAnchor)
            is_formula = one.selectedText() == OBJECT_CHARACTER
            source = source_of(one.charFormat()) if is_formula else ""
            parts.append(f"${source}$" if source else one.selectedText())
        return "".join(parts).replace("\u2029", "\n").replace("\u2028", "\n")

    # --- words that were searched for ----------------------------------------------------------

    def mark(self, terms: tuple[str, ...]) -> None:
        """Mark these words wherever they occur, once everything is drawn."""
        self._terms = terms
        if not self._pending:
            self._show_marks()

    @Slot()
    def _show_marks(self) -> None:
        highlight = QTextCharFormat()
        highlight.setBackground(theme.colour(theme.current().accent_soft))
        highlight.setForeground(theme.colour(theme.current().accent))
        highlight.setFontUnderline(True)
        marks: list[QTextEdit.ExtraSelection] = []
        for term in self._terms:
            cursor = self.document().find(term)
            while not cursor.isNull() and len(marks) < MAX_MARKS:
                selection = QTextEdit.ExtraSelection()
                selection.cursor, selection.format = cursor, highlight
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
        """Take the height of the text at another width."""
        super().resizeEvent(event)
        self._on_size(self.document().size())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the backgrounds, then the text; draw again where the theme has changed."""
        if self._scheme is not theme.current():
            self._scheme = theme.current()
            QTimer.singleShot(0, self, self._rebuild)
        painter = QPainter(self.viewport())
        paint_behind(painter, self.document(), self.regions, QRectF(event.rect()))
        painter.end()
        super().paintEvent(event)
        if self._has_ring:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour(theme.current().accent), 2))
            painter.drawRoundedRect(QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1), 4, 4)
            painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a ring where the keyboard brought the focus."""
        super().focusInEvent(event)
        self._has_ring = is_by_keyboard(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
        self._has_ring = False
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the conversation."""
        event.ignore()

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Load nothing: neither a file nor an address of the web."""
        return None

    def ideal_width(self) -> int:
        """Return the px that the text would take without wrapping."""
        return ceil(self.document().idealWidth()) + 1

    @Slot(QUrl)
    def _on_anchor(self, address: QUrl) -> None:
        self.link_activated.emit(address.toString(QUrl.ComponentFormattingOption.FullyEncoded))

    # --- copy buttons of code -----------------------------------------------------------------

    def keep_buttons_in_view(self) -> None:
        """Move the copy buttons of code whose top was scrolled away to the top of what is seen."""
        if self._buttons:
            self._place_buttons()

    def _place_buttons(self) -> None:
        seen = self.viewport().visibleRegion().boundingRect().top()
        while len(self._buttons) > len(self.regions):
            self._buttons.pop().deleteLater()
        for index, region in enumerate(self.regions):
            if index == len(self._buttons):
                self._buttons.append(self._copy_button(index))
            area = region_rect(self.document(), region)
            top = round(area.top()) + _BUTTON_GAP
            lowest = round(area.bottom()) - _BUTTON_SIDE - _BUTTON_GAP
            top = max(top, min(seen + _BUTTON_GAP, lowest))
            self._buttons[index].move(round(area.right()) - _BUTTON_SIDE - 6, top)

    def _copy_button(self, index: int) -> QToolButton:
        button = icon_button(
            "copy", "copyCodeButton", tr("Copy code"), kind="code", side=_BUTTON_SIDE, glyph=16
        )
        button.setParent(self.viewport())
        button.clicked.connect(partial(self._copy_code, index))
        button.show()
        return button

    def _copy_code(self, index: int) -> None:
        if index < len(self.regions):
            copy_text(self.regions[index].source.rstrip("\n"), self._buttons[index])
