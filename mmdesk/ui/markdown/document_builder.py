"""Writer of Markdown blocks into a QTextDocument, which rewrites only the tail.

Backgrounds of code, bars of quotes and rules are not part of the text: blocks carry a property
that says what they are, and the view paints behind them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextList,
    QTextListFormat,
    QTextTable,
)

from mmdesk.ui import theme
from mmdesk.ui.markdown.block_stream import CodeBegun, CodeEnded, CodeGrown, Prose, Step
from mmdesk.ui.markdown.code_block import CodeRegion, break_lines
from mmdesk.ui.markdown.formula import OBJECT_CHARACTER, formula_format
from mmdesk.ui.markdown.inline import code_format, plain_format, runs
from mmdesk.ui.markdown.tables import continue_table, insert_table, rows_of

if TYPE_CHECKING:
    from markdown_it.token import Token

QUOTE = QTextFormat.Property.UserProperty + 1  # depth of the quote that a block is in
RULE = QTextFormat.Property.UserProperty + 2  # the block is a horizontal rule
BULLET = QTextFormat.Property.UserProperty + 3  # 1 + depth of the list whose bullet it has
CODE_HEAD = 34  # px kept free above code for its language and its copy button
CODE_PAD = 14  # px between code and the edge of its background
CODE_WRAP = 22  # px by which the continuation of a wrapped line of code is indented
INDENT = 26  # px per level of a list or a quote
_HEADINGS = {"h1": 1.5, "h2": 1.28, "h3": 1.12}


class DocumentBuilder:
    """The writer of one document, which applies the steps of a MarkdownStream.

    Attributes:
        document: the document that is written.
        regions: code blocks, in order.
        blocks_written: how many top-level blocks were ever written (for tests of the cost).
    """

    def __init__(self, document: QTextDocument) -> None:
        self.document = document
        document.setUndoRedoEnabled(False)
        self.regions: list[CodeRegion] = []
        self.blocks_written = 0
        self._cursor = QTextCursor(document)
        # A cursor, as text that changes above it (numbers of sources) moves the tail.
        self._tail = QTextCursor(document)  # where the tail begins
        self._tail.setKeepPositionOnInsert(True)
        self._settled_regions = 0
        self._reuse = True  # the cursor is in an empty block that waits for content
        self._last_table: QTextTable | None = None  # that has a head
        self._lists: list[QTextList | None] = []
        self._marker: QTextListFormat | None = None
        self._quote_depth = 0

    def apply(self, steps: list[Step]) -> None:
        """Make the changes as one edit of the document."""
        if not steps:
            return
        self._cursor.beginEditBlock()
        for step in steps:
            if isinstance(step, Prose):
                self._write_prose(step)
            elif isinstance(step, CodeBegun):
                self._remove_tail()
                self._open_code(step.info)
                self._settle()
            elif isinstance(step, CodeGrown):
                self._grow_code(self.regions[-1], step.text)
            elif isinstance(step, CodeEnded):
                self._end_code(self.regions[-1])
                self._settle()
        self._cursor.endEditBlock()

    def plain(self, text: str) -> None:
        """Write text that is not Markdown, as it is."""
        if not text:
            return
        self._cursor.beginEditBlock()
        for line in text.split("\n"):
            self._begin_block(self._block_format(bottom=0))
            self._cursor.insertText(line, plain_format())
        self._cursor.endEditBlock()

    # --- the tail -----------------------------------------------------------------------------

    def _remove_tail(self) -> None:
        del self.regions[self._settled_regions :]
        self._cursor.setPosition(self._tail.position())
        self._cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        self._cursor.removeSelectedText()
        self._cursor.setBlockFormat(QTextBlockFormat())
        self._cursor.setCharFormat(QTextCharFormat())
        self._reuse = True

    def _settle(self) -> None:
        """Let the tail begin here, in a block of its own."""
        if not self._reuse:
            self._cursor.movePosition(QTextCursor.MoveOperation.End)
            self._cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
            self._make_block_invisible()
            self._reuse = True
        self._tail.setPosition(self._cursor.position())
        self._settled_regions = len(self.regions)

    def _write_prose(self, step: Prose) -> None:
        self._remove_tail()
        for index, tokens in enumerate(step.blocks):
            if index == step.settled:
                self._settle()
            self.blocks_written += 1
            self._write(tokens)
        if step.settled >= len(step.blocks):
            self._settle()

    def _write(self, tokens: list[Token]) -> None:
        at = 0
        while at < len(tokens):
            writer = _WRITERS.get(tokens[at].type, DocumentBuilder._close)
            at = writer(self, tokens, at)

    # --- blocks -------------------------------------------------------------------------------

    def _block_format(
        self, *, top: float = 0, bottom: float = 10, scale: float = 1
    ) -> QTextBlockFormat:
        block = QTextBlockFormat()
        height = theme.base_pixels() * scale * (1.55 if scale == 1 else 1.3)
        block.setLineHeight(height, QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
        block.setTopMargin(top)
        block.setBottomMargin(bottom)
        block.setLeftMargin(self._left_margin())
        if self._quote_depth:
            block.setProperty(QUOTE, self._quote_depth)
        return block

    def _left_margin(self) -> float:
        return float(INDENT * (len(self._lists) + self._quote_depth))

    def _begin_block(self, block: QTextBlockFormat) -> None:
        if self._reuse:
            self._cursor.setBlockFormat(block)
            self._cursor.setBlockCharFormat(QTextCharFormat())
            self._reuse = False
        else:
            self._cursor.movePosition(QTextCursor.MoveOperation.End)
            self._cursor.insertBlock(block, QTextCharFormat())

    def _make_block_invisible(self) -> None:
        """Shrink the empty block at the cursor to a line of 1 px."""
        spacer = QTextBlockFormat()
        spacer.setLineHeight(1, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        small = QTextCharFormat()
        small.setProperty(QTextCharFormat.Property.FontPixelSize, 1)
        self._cursor.setBlockFormat(spacer)
        self._cursor.setBlockCharFormat(small)

    def _begin_text_block(self, block: QTextBlockFormat) -> None:
        """Begin a block of text; the first one of a list item gets its marker."""
        if self._marker is not None:
            marker, self._marker = self._marker, None
            block.setLeftMargin(self._left_margin() - INDENT * marker.indent())
            if marker.style() == QTextListFormat.Style.ListStyleUndefined:
                block.setProperty(BULLET, len(self._lists))
            self._begin_block(block)
            current = self._lists[-1]
            if current is None:
                self._lists[-1] = self._cursor.createList(marker)
            else:
                current.add(self._cursor.block())
            return
        self._begin_block(block)

    def _inline(self, token: Token, base: QTextCharFormat) -> None:
        for text, run in runs(token.children or [], base):
            self._cursor.insertText(text, run)

    def _heading(self, tokens: list[Token], at: int) -> int:
        scale = _HEADINGS.get(tokens[at].tag, 1.0)
        first = self._cursor.position() == 0
        block = self._block_format(top=0 if first else 14, bottom=8, scale=scale)
        block.setHeadingLevel(int(tokens[at].tag[1]))
        self._begin_text_block(block)
        self._inline(tokens[at + 1], plain_format(scale, bold=True))
        return at + 3

    def _paragraph(self, tokens: list[Token], at: int) -> int:
        self._begin_text_block(self._block_format(bottom=4 if tokens[at].hidden else 10))
        self._inline(tokens[at + 1], plain_format(muted=bool(self._quote_depth)))
        return at + 3

    def _rule(self, tokens: list[Token], at: int) -> int:
        block = self._block_format(top=6, bottom=10)
        block.setProperty(RULE, True)
        self._begin_text_block(block)
        return at + 1

    def _formula(self, tokens: list[Token], at: int) -> int:
        block = self._block_format(top=4, bottom=12)
        block.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._begin_text_block(block)
        self._cursor.insertText(OBJECT_CHARACTER, formula_format(tokens[at].content, display=True))
        return at + 1

    # --- containers ---------------------------------------------------------------------------

    def _container(self, tokens: list[Token], at: int) -> int:
        token = tokens[at]
        if token.type == "blockquote_open":
            self._quote_depth += 1
        elif token.type == "list_item_open":
            self._flush_marker()
            self._marker = self._marker_format(tokens, at)
        else:
            self._flush_marker()
            self._lists.append(None)
        return at + 1

    def _flush_marker(self) -> None:
        """Write the marker of an item without text of its own."""
        if self._marker is not None and self._lists:
            self._begin_text_block(self._block_format(bottom=2))

    def _marker_format(self, tokens: list[Token], at: int) -> QTextListFormat:
        opener = next(
            t
            for t in reversed(tokens[:at])
            if t.level == tokens[at].level - 1 and t.type.endswith("_list_open")
        )
        marker = QTextListFormat()
        marker.setIndent(1)
        if opener.type == "ordered_list_open":
            marker.setStyle(QTextListFormat.Style.ListDecimal)
            marker.setStart(min(int(opener.attrs.get("start", 1)), 999_999))
        else:
            marker.setStyle(QTextListFormat.Style.ListStyleUndefined)  # the view paints bullets
        return marker

    def _close(self, tokens: list[Token], at: int) -> int:
        kind = tokens[at].type
        if kind == "blockquote_close":
            self._quote_depth -= 1
        elif kind == "list_item_close":
            self._flush_marker()
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
            if not self._lists:
                self._space_after_list()
        return at + 1

    def _space_after_list(self) -> None:
        if not self._reuse:
            block = self._cursor.blockFormat()
            block.setBottomMargin(max(10.0, block.bottomMargin()))
            self._cursor.setBlockFormat(block)

    # --- tables -------------------------------------------------------------------------------

    def _table(self, tokens: list[Token], at: int) -> int:
        end = next(i for i in range(at, len(tokens)) if tokens[i].type == "table_close")
        rows = rows_of(tokens[at:end])
        if tokens[at].meta.get("continued"):
            rows = rows[1:]
        if rows:
            self._insert_table(rows, continued=bool(tokens[at].meta.get("continued")))
        return end + 1

    def _insert_table(self, rows: list[list[Token]], *, continued: bool) -> None:
        if continued and self._last_table is not None:
            self._cursor.endEditBlock()  # lays out the table above, whose widths are needed
            self._cursor.beginEditBlock()
        self._begin_block(QTextBlockFormat())
        self._make_block_invisible()
        if continued and self._last_table is not None:
            continue_table(self._cursor, rows, self._last_table)
        else:
            self._last_table = insert_table(self._cursor, rows, self._left_margin())
        self._cursor.movePosition(QTextCursor.MoveOperation.End)
        self._make_block_invisible()
        self._reuse = True

    # --- code ---------------------------------------------------------------------------------

    def _code_token(self, tokens: list[Token], at: int) -> int:
        region = self._open_code(tokens[at].info.strip())
        self._grow_code(region, tokens[at].content)
        self._end_code(region)
        return at + 1

    def _open_code(self, info: str) -> CodeRegion:
        self._flush_marker()
        language = info.split()[0].lower().strip("{}.") if info.split() else ""
        title = self._code_spacer(CODE_HEAD - 8)
        title.setBottomMargin(16)
        self._begin_block(title)
        self._cursor.insertText(language[:40] or "text", plain_format(0.86, muted=True))
        head = self._bookmark()
        self._begin_block(self._code_line_format())
        self._cursor.setBlockCharFormat(code_format())
        first = self._bookmark()
        self._begin_block(self._code_spacer(CODE_PAD + 12))
        region = CodeRegion(language, head, first, self._bookmark(), self._left_margin())
        self.regions.append(region)
        return region

    def _bookmark(self) -> QTextCursor:
        """Return a cursor on the current block that later insertions do not move."""
        cursor = QTextCursor(self._cursor.block())
        cursor.setKeepPositionOnInsert(True)
        return cursor

    def _code_block_format(self) -> QTextBlockFormat:
        block = QTextBlockFormat()
        block.setLeftMargin(self._left_margin() + CODE_PAD)
        block.setRightMargin(CODE_PAD)
        height = theme.base_pixels() * 0.93 * 1.45
        block.setLineHeight(height, QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
        return block

    def _code_line_format(self) -> QTextBlockFormat:
        """Return the format of a line of code, whose continuation does not look like a new line."""
        block = self._code_block_format()
        block.setLeftMargin(block.leftMargin() + CODE_WRAP)
        block.setTextIndent(-CODE_WRAP)
        return block

    def _code_spacer(self, height: float) -> QTextBlockFormat:
        block = self._code_block_format()
        block.setLineHeight(height, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        return block

    def _grow_code(self, region: CodeRegion, text: str) -> None:
        region.source += text
        region.lines += text.count("\n")
        last = region.foot.block().previous()
        cursor = QTextCursor(last)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        cursor.insertText(break_lines(region, text), code_format())

    def _end_code(self, region: CodeRegion) -> None:
        region.whole = True
        last = region.foot.block().previous()
        if region.source.endswith("\n") and not last.text() and last != region.first.block():
            cursor = QTextCursor(last)
            cursor.deletePreviousChar()


# Not of an instance: bound methods would be a cycle, and a document that was made in a thread has
# to be deleted there and not by a collection in the window's thread.
_WRITERS: dict[str, Callable[[DocumentBuilder, list[Token], int], int]] = {
    "heading_open": DocumentBuilder._heading,
    "paragraph_open": DocumentBuilder._paragraph,
    "bullet_list_open": DocumentBuilder._container,
    "ordered_list_open": DocumentBuilder._container,
    "list_item_open": DocumentBuilder._container,
    "blockquote_open": DocumentBuilder._container,
    "table_open": DocumentBuilder._table,
    "fence": DocumentBuilder._code_token,
    "code_block": DocumentBuilder._code_token,
    "hr": DocumentBuilder._rule,
    "math_block": DocumentBuilder._formula,
}
