"""Export as DOCX through python-docx: headings, lists, tables, code, pictures and formulas."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from mmdesk.ui.export.content import ExportContent, ExportPicture, ExportSection
from mmdesk.ui.export.docx_runs import add_runs, xml_text
from mmdesk.ui.export.docx_styles import (
    add_rule,
    code_paragraph,
    indent,
    restart_numbers,
    set_up_styles,
)
from mmdesk.ui.export.formula_pictures import add_formula
from mmdesk.ui.i18n import tr
from mmdesk.ui.markdown.block_stream import parser
from mmdesk.ui.markdown.tables import MAX_COLUMNS, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.token import Token

_PICTURE_INCHES = (6.0, 4.5)  # the largest width and height
_LIST_STYLES = 3  # how many levels of lists Word's template has


def write_docx(content: ExportContent) -> bytes:
    """Return the whole file."""
    import docx

    document = docx.Document()
    set_up_styles(document)
    document.core_properties.title = xml_text(content.title)[:255]
    document.core_properties.author = "mmdesk"
    document.core_properties.comments = ""
    document.add_heading(xml_text(content.title), 0)
    document.add_paragraph(xml_text(content.date), "Subtitle")
    for section in content.sections:
        _add_section(document, section)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _add_section(document: Any, section: ExportSection) -> None:
    if section.heading:
        document.add_heading(xml_text(section.heading), 2)
    for picture in section.pictures:
        _add_picture(document, picture)
    for line in section.files:
        document.add_paragraph(xml_text(line), "Caption")
    if section.text and section.is_answer:
        DocxMarkdown(document).add(section.text)
    elif section.text:
        for line in section.text.split("\n"):
            document.add_paragraph(xml_text(line), "Quote")
    if section.ending:
        document.add_paragraph(xml_text(f"({section.ending})"), "Caption")


def _add_picture(document: Any, picture: ExportPicture) -> None:
    if not picture.png:
        missing = tr("(The picture {name} is missing.)").format(name=picture.name)
        document.add_paragraph(xml_text(missing), "Caption")
        return
    from docx.shared import Inches

    inline = document.add_picture(BytesIO(picture.png))
    width, height = (Inches(inches) for inches in _PICTURE_INCHES)
    scale = min(1.0, width / inline.width, height / inline.height)
    inline.width, inline.height = int(inline.width * scale), int(inline.height * scale)
    inline._inline.docPr.set("descr", xml_text(picture.caption or picture.name))
    document.add_paragraph(xml_text(picture.caption or picture.name), "Caption")


class DocxMarkdown:
    """Writer of Markdown tokens at the end of a Word document."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._lists: list[tuple[str, Any]] = []  # style, and the numbering of a numbered one
        self._starts_item = False
        self._quote_depth = 0
        self._writers: dict[str, Callable[[list[Token], int], int]] = {
            "heading_open": self._heading,
            "paragraph_open": self._paragraph,
            "bullet_list_open": self._open,
            "ordered_list_open": self._open,
            "list_item_open": self._open,
            "blockquote_open": self._open,
            "table_open": self._table,
            "fence": self._code,
            "code_block": self._code,
            "hr": self._rule,
            "math_block": self._formula,
        }

    def add(self, text: str) -> None:
        """Write a whole Markdown text."""
        tokens = parser().parse(text)
        at = 0
        while at < len(tokens):
            writer = self._writers.get(tokens[at].type)
            at = writer(tokens, at) if writer else self._close(tokens, at)

    def _heading(self, tokens: list[Token], at: int) -> int:
        # The title and the writers' names stand above: an answer's own headings begin below them.
        level = min(9, int(tokens[at].tag[1]) + 2)
        add_runs(self._document.add_heading("", level), tokens[at + 1].children or [])
        return at + 3

    def _paragraph(self, tokens: list[Token], at: int) -> int:
        add_runs(self._text_paragraph(), tokens[at + 1].children or [])
        return at + 3

    def _text_paragraph(self) -> Any:
        """Add a paragraph; the first one of a list item gets the item's bullet or number."""
        depth = len(self._lists)
        if self._starts_item and self._lists:
            self._starts_item = False
            style, numbering = self._lists[-1]
            level = min(depth, _LIST_STYLES)
            paragraph = self._document.add_paragraph(
                style=style if level == 1 else f"{style} {level}"
            )
            if numbering is not None:
                numbering(paragraph)
            return paragraph
        paragraph = self._document.add_paragraph(style="Quote" if self._quote_depth else None)
        if depth + max(0, self._quote_depth - 1):
            indent(paragraph, depth + max(0, self._quote_depth - 1))
        return paragraph

    def _open(self, tokens: list[Token], at: int) -> int:
        token = tokens[at]
        if token.type == "blockquote_open":
            self._quote_depth += 1
        elif token.type == "list_item_open":
            self._starts_item = True
        elif token.type == "bullet_list_open":
            self._lists.append(("List Bullet", None))
        else:
            level = min(len(self._lists) + 1, _LIST_STYLES)
            start = min(int(token.attrs.get("start", 1)), 30_000)
            numbering = restart_numbers(self._document, level, start)
            self._lists.append(("List Number", numbering))
        return at + 1

    def _close(self, tokens: list[Token], at: int) -> int:
        kind = tokens[at].type
        if kind == "blockquote_close":
            self._quote_depth -= 1
        elif kind == "list_item_close" and self._starts_item:
            self._text_paragraph()  # an item without text
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
        return at + 1

    def _table(self, tokens: list[Token], at: int) -> int:
        end = next(i for i in range(at, len(tokens)) if tokens[i].type == "table_close")
        rows = rows_of(tokens[at:end])
        if rows:
            self._add_table(rows)
        return end + 1

    def _add_table(self, rows: list[list[Token]]) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        columns = min(max(map(len, rows)), MAX_COLUMNS)
        table = self._document.add_table(len(rows), columns, "Table Grid")
        sides = {"right": WD_ALIGN_PARAGRAPH.RIGHT, "center": WD_ALIGN_PARAGRAPH.CENTER}
        for r, row in enumerate(rows):
            cells = table.rows[r].cells
            for c, token in enumerate(row):
                paragraph = cells[min(c, columns - 1)].paragraphs[0]
                if c >= columns:
                    paragraph.add_run(" | ")
                add_runs(paragraph, token.children or [], bold=r == 0)
                if token.meta.get("align") in sides:
                    paragraph.alignment = sides[token.meta["align"]]
        self._document.add_paragraph()

    def _code(self, tokens: list[Token], at: int) -> int:
        code_paragraph(self._document, xml_text(tokens[at].content.rstrip("\n")))
        return at + 1

    def _rule(self, tokens: list[Token], at: int) -> int:
        add_rule(self._document.add_paragraph())
        return at + 1

    def _formula(self, tokens: list[Token], at: int) -> int:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        paragraph = self._text_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        add_formula(paragraph, tokens[at].content, display=True)
        return at + 1
