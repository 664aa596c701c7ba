"""Content of a line of Markdown as runs of a Word paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mmdesk.ui.export.formula_pictures import add_formula
from mmdesk.ui.export.html_writer import is_safe_link
from mmdesk.ui.markdown.inline import FORMULAS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

CODE_FONT = "Consolas"
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """Return a text without the characters that XML, and so Word, does not allow."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text.replace("\0", ""))


@dataclass(frozen=True, slots=True)
class _Style:
    """Formats that are open; `link` is the address of the link around the text."""

    bold: bool = False
    italic: bool = False
    strike: bool = False
    link: str = ""


_OPENERS = {
    "strong_open": {"bold": True},
    "em_open": {"italic": True},
    "s_open": {"strike": True},
}


def add_runs(paragraph: Any, children: Sequence[Token], *, bold: bool = False) -> None:
    """Add the children of an inline token to a paragraph."""
    styles = [_Style(bold=bold)]
    for token in children:
        if token.nesting > 0:
            styles.append(_opened(styles[-1], token))
        elif token.nesting < 0:
            if len(styles) > 1:
                styles.pop()
        else:
            _add_token(paragraph, token, styles[-1])


def _opened(style: _Style, token: Token) -> _Style:
    if token.type == "link_open":
        return replace(style, link=str(token.attrs.get("href", "")))
    changes: dict[str, Any] = _OPENERS.get(token.type, {})
    return replace(style, **changes)


def _add_token(paragraph: Any, token: Token, style: _Style) -> None:
    if token.type in FORMULAS:
        add_formula(paragraph, token.content, display=token.type != "math_inline")
    elif token.type in ("softbreak", "hardbreak"):
        paragraph.add_run("\n")
    elif token.type == "image":  # neither fetched nor embedded: its text links to it
        source = str(token.attrs.get("src", ""))
        _add_text(paragraph, f"[{token.content or source}]", replace(style, link=source))
    elif token.content:
        _add_text(paragraph, token.content, style, is_code=token.type == "code_inline")


def _add_text(paragraph: Any, text: str, style: _Style, *, is_code: bool = False) -> None:
    run = paragraph.add_run(xml_text(text))
    run.bold, run.italic, run.font.strike = (
        value or None for value in (style.bold, style.italic, style.strike)
    )
    if is_code:
        run.font.name = CODE_FONT
    if is_safe_link(style.link):
        _make_link(paragraph, run, style.link)


def _make_link(paragraph: Any, run: Any, address: str) -> None:
    """Put a run into a hyperlink."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    link = OxmlElement("w:hyperlink")
    key = paragraph.part.relate_to(xml_text(address), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link.set(qn("r:id"), key)
    run.font.underline = True
    run.font.color.rgb = RGBColor(0x3B, 0x5B, 0xDB)
    run._r.addprevious(link)
    link.append(run._r)
