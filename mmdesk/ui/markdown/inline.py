"""What stands inside a line of Markdown: emphasis, code, links, as runs of formatted text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtGui import QFont, QTextCharFormat

from mmdesk.ui import theme
from mmdesk.ui.markdown.formula import SIGN, formula_format

if TYPE_CHECKING:
    from markdown_it.token import Token

FORMULAS = ("math_inline", "math_inline_double", "math_single")
LINE_BREAK = "\u2028"  # a new line in the same paragraph, in Qt's documents


def plain_format(scale: float = 1.0, *, bold: bool = False, muted: bool = False) -> QTextCharFormat:
    """The format of running text; `scale` of the window's text height."""
    made = QTextCharFormat()
    if scale != 1.0:
        made.setProperty(QTextCharFormat.Property.FontPixelSize, theme.text_font(scale).pixelSize())
    if bold:
        made.setFontWeight(QFont.Weight.DemiBold)
    if muted:
        made.setForeground(theme.colour(theme.current().muted))
    return made


def code_format() -> QTextCharFormat:
    """The format of code inside a line."""
    font = theme.code_font()
    made = QTextCharFormat()
    made.setFontFamilies(font.families())
    made.setFontFixedPitch(True)
    made.setProperty(QTextCharFormat.Property.FontPixelSize, font.pixelSize())
    return made


def link_format(target: str, base: QTextCharFormat) -> QTextCharFormat:
    """A link that says where it leads in its tooltip."""
    made = QTextCharFormat(base)
    made.setAnchor(True)
    made.setAnchorHref(target)
    made.setToolTip(target)
    made.setForeground(theme.colour(theme.current().accent))
    made.setFontUnderline(True)
    return made


class _Runs:
    """Walks the tokens of one line, keeping the formats that are open."""

    def __init__(self, base: QTextCharFormat) -> None:
        self.open = [base]

    def push(self, token: Token) -> bool:
        """Open or close a format; False when the token is neither."""
        if token.nesting < 0:
            if len(self.open) > 1:
                self.open.pop()
            return True
        if token.nesting == 0:
            return False
        made = QTextCharFormat(self.open[-1])
        if token.type == "strong_open":
            made.setFontWeight(QFont.Weight.Bold)
        elif token.type == "em_open":
            made.setFontItalic(True)
        elif token.type == "s_open":
            made.setFontStrikeOut(True)
        elif token.type == "link_open":
            made = link_format(str(token.attrs.get("href", "")), made)
        self.open.append(made)
        return True

    def text_of(self, token: Token) -> tuple[str, QTextCharFormat]:
        now = self.open[-1]
        if token.type == "code_inline":
            made = QTextCharFormat(now)
            made.merge(code_format())
            made.setBackground(theme.colour(theme.current().raised))
            return token.content, made
        if token.type == "softbreak":
            return LINE_BREAK, now
        if token.type == "hardbreak":
            return LINE_BREAK, now
        if token.type in FORMULAS:
            # A model writes "$" for other things too; what is no formula is shown as it stands.
            return SIGN, formula_format(token.content, display=token.type != "math_inline")
        if token.type == "image":  # never fetched: its words stand for it, and link to it
            source = str(token.attrs.get("src", ""))
            return f"[{token.content or source}]", link_format(source, now)
        return token.content, now


def runs(children: list[Token], base: QTextCharFormat) -> Iterator[tuple[str, QTextCharFormat]]:
    """(text, format) in order for the children of an inline token."""
    walk = _Runs(base)
    for token in children:
        if not walk.push(token):
            text, text_format = walk.text_of(token)
            if text:
                yield text, text_format
