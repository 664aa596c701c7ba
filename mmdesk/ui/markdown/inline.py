"""The content of a line of Markdown (emphasis, code, links) as runs of formatted text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtGui import QFont, QTextCharFormat

from mmdesk.ui import theme
from mmdesk.ui.markdown.formula import OBJECT_CHARACTER, formula_format
from mmdesk.ui.plain_text import plain_tooltip, shown_address

if TYPE_CHECKING:
    from markdown_it.token import Token

FORMULAS = ("math_inline", "math_inline_double", "math_single")
LINE_BREAK = "\u2028"  # a new line in the same paragraph, in Qt's documents


def plain_format(scale: float = 1.0, *, bold: bool = False, muted: bool = False) -> QTextCharFormat:
    """Return the format of running text; `scale` of the window's text height."""
    text = QTextCharFormat()
    if scale != 1.0:
        text.setProperty(QTextCharFormat.Property.FontPixelSize, theme.text_font(scale).pixelSize())
    if bold:
        text.setFontWeight(QFont.Weight.DemiBold)
    if muted:
        text.setForeground(theme.colour(theme.current().muted))
    return text


def code_format() -> QTextCharFormat:
    """Return the format of code inside a line."""
    font = theme.code_font()
    code = QTextCharFormat()
    code.setFontFamilies(font.families())
    code.setFontFixedPitch(True)
    code.setProperty(QTextCharFormat.Property.FontPixelSize, font.pixelSize())
    return code


def link_format(target: str, base: QTextCharFormat) -> QTextCharFormat:
    """Return the format of a link, with its address as tooltip."""
    link = QTextCharFormat(base)
    link.setAnchor(True)
    link.setAnchorHref(target)
    link.setToolTip(plain_tooltip(shown_address(target)))
    link.setForeground(theme.colour(theme.current().accent))
    link.setFontUnderline(True)
    return link


class _Runs:
    """The state of a walk through the tokens of one line.

    Attributes:
        open: the formats that are open, the innermost last.
    """

    def __init__(self, base: QTextCharFormat) -> None:
        self.open = [base]

    def push(self, token: Token) -> bool:
        """Open or close a format; return False when the token does neither."""
        if token.nesting < 0:
            if len(self.open) > 1:
                self.open.pop()
            return True
        if token.nesting == 0:
            return False
        inner = QTextCharFormat(self.open[-1])
        if token.type == "strong_open":
            inner.setFontWeight(QFont.Weight.Bold)
        elif token.type == "em_open":
            inner.setFontItalic(True)
        elif token.type == "s_open":
            inner.setFontStrikeOut(True)
        elif token.type == "link_open":
            inner = link_format(str(token.attrs.get("href", "")), inner)
        self.open.append(inner)
        return True

    def text_of(self, token: Token) -> tuple[str, QTextCharFormat]:
        """Return the text of a token and its format."""
        now = self.open[-1]
        if token.type == "code_inline":
            code = QTextCharFormat(now)
            code.merge(code_format())
            code.setBackground(theme.colour(theme.current().raised))
            return token.content, code
        if token.type in ("softbreak", "hardbreak"):
            return LINE_BREAK, now
        if token.type in FORMULAS:
            # A model writes "$" for other things too; what is no formula is shown as it is.
            return OBJECT_CHARACTER, formula_format(
                token.content, display=token.type != "math_inline"
            )
        if token.type == "image":  # never downloaded: its alternative text links to it
            source = str(token.attrs.get("src", ""))
            return f"[{token.content or source}]", link_format(source, now)
        return token.content, now


def runs(children: list[Token], base: QTextCharFormat) -> Iterator[tuple[str, QTextCharFormat]]:
    """Yield (text, format) in order for the children of an inline token."""
    walk = _Runs(base)
    for token in children:
        if not walk.push(token):
            text, text_format = walk.text_of(token)
            if text:
                yield text, text_format
