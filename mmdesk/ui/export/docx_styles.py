"""Styles of an exported Word document, and paragraphs that python-docx has no call for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mmdesk.ui.export.docx_runs import CODE_FONT

_CODE_STYLE = "Code"
_INDENT_INCHES = 0.25


def set_up_styles(document: Any) -> None:
    """Set the page size of the locale, add a style for code, and number the pages."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Mm, Pt

    from mmdesk.ui.export.pages import page_millimetres

    section = document.sections[0]
    width, height = page_millimetres()
    section.page_width, section.page_height = Mm(width), Mm(height)
    code = document.styles.add_style(_CODE_STYLE, WD_STYLE_TYPE.PARAGRAPH)
    code.base_style = document.styles["Normal"]
    code.font.name, code.font.size = CODE_FONT, Pt(9.5)
    code.paragraph_format.space_after = Pt(8)
    _shade(code.element.get_or_add_pPr(), "F1F3F7")
    _number_pages(section.footer.paragraphs[0])


def code_paragraph(document: Any, code: str) -> None:
    """Add code as one shaded paragraph, with its line breaks."""
    document.add_paragraph(code, _CODE_STYLE)


def indent(paragraph: Any, levels: int) -> None:
    """Move a paragraph to the right, below the text of a list's item."""
    from docx.shared import Inches

    paragraph.paragraph_format.left_indent = Inches(_INDENT_INCHES * min(levels, 8))


def add_rule(paragraph: Any) -> None:
    """Draw a line below an empty paragraph."""
    borders = _element("w:pBdr")
    borders.append(
        _element("w:bottom", {"val": "single", "sz": "6", "space": "1", "color": "DCE1E9"})
    )
    paragraph._p.get_or_add_pPr().append(borders)


def restart_numbers(document: Any, level: int, start: int) -> Callable[[Any], None]:
    """Return what gives paragraphs the numbers of a new list.

    Word goes on counting through all paragraphs of one style: a list of its own numbering begins
    at `start`.
    """
    style = "List Number" if level == 1 else f"List Number {level}"
    numbering = document.part.numbering_part.element
    base = document.styles[style].element.pPr.numPr.numId.val
    abstract = numbering.num_having_numId(base).abstractNumId.val
    number = numbering.add_num(abstract)
    number.add_lvlOverride(ilvl=0).add_startOverride(start)

    def apply(paragraph: Any) -> None:
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = 0
        properties.get_or_add_numId().val = number.numId

    return apply


def _number_pages(paragraph: Any) -> None:
    """Write "page / pages" as fields into a footer."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for field in ("PAGE", None, "NUMPAGES"):
        run = paragraph.add_run("" if field else " / ")
        if field:
            for part in _field_parts(field):
                run._r.append(part)


def _field_parts(name: str) -> list[Any]:
    code = _element("w:instrText")
    code.text = name
    marks = [_element("w:fldChar", {"fldCharType": kind}) for kind in ("begin", "end")]
    return [marks[0], code, marks[1]]


def _shade(properties: Any, colour: str) -> None:
    properties.append(_element("w:shd", {"val": "clear", "color": "auto", "fill": colour}))


def _element(tag: str, attributes: dict[str, str] | None = None) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(tag)
    for name, value in (attributes or {}).items():
        element.set(qn(f"w:{name}"), value)
    return element
