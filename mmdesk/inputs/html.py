"""A web page's readable text: no scripts or styles, blocks apart, headings and lists marked."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.dammit import EncodingDetector
from bs4.element import PreformattedString

from mmdesk.inputs.encoding import decode

_UNREAD = ("script", "style", "noscript", "template", "svg", "head", "iframe", "object", "canvas")
_PARAGRAPHS = (
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre",
    "section", "article", "header", "footer", "nav", "aside", "main", "figure", "form", "hr",
)  # fmt: skip
_LINE = "\v"  # a line's end; two of them do not make an empty line
_ITEM = "\x01"
_LINES = ("div", "li", "tr", "dt", "dd", "figcaption", "caption", "address", "option", "summary")


def html_text(data: bytes, name: str) -> str:
    """Plain text of a page; paragraphs apart by an empty line, table cells by " | ".

    Raises:
        InputError: the bytes are not text.
    """
    soup = BeautifulSoup(_decoded(data, name), "html.parser")
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    for tag in soup(_UNREAD):
        tag.decompose()
    for unread in soup.find_all(string=lambda text: isinstance(text, PreformattedString)):
        unread.extract()  # comments, the doctype
    _fold_spaces(soup)
    _mark_blocks(soup)
    body = _tidy(soup.get_text())
    first = body.partition("\n")[0].lstrip("# ")
    return body if title in ("", first) else f"{title}\n\n{body}"


def _decoded(data: bytes, name: str) -> str:
    declared = EncodingDetector.find_declared_encoding(data, is_html=True)
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            # What pages call GB2312 and Latin-1 are in practice the larger sets.
            larger = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252"}
            return decode(data.decode(larger.get(declared, declared)).encode(), name)
        except (LookupError, UnicodeDecodeError):
            pass  # a wrong declaration: the bytes themselves decide
    return decode(data, name)


def _fold_spaces(soup: BeautifulSoup) -> None:
    for text in soup.find_all(string=True):
        if not text.find_parent("pre"):
            text.replace_with(NavigableString(re.sub(r"[ \t\n\f]+", " ", text)))


def _mark_blocks(soup: BeautifulSoup) -> None:
    for tag in soup.find_all("br"):
        tag.replace_with("\n")
    for tag in soup.find_all(_PARAGRAPHS):
        _surround(tag, "\n\n")
    for tag in soup.find_all(_LINES):
        _surround(tag, _LINE)
    for tag in soup.find_all(("td", "th")):
        if tag.find_next_sibling(("td", "th")):
            tag.insert_after(" | ")
    for tag in soup.find_all(re.compile(r"^h[1-6]$")):
        tag.insert(0, "#" * int(tag.name[1]) + " ")
    for tag in soup.find_all("li"):
        tag.insert(0, _ITEM)


def _surround(tag: Tag, mark: str) -> None:
    tag.insert_before(mark)
    tag.insert_after(mark)


def _tidy(text: str) -> str:
    text = re.sub(rf"{_ITEM}\s*", "- ", text.replace("\xa0", " "))  # an item's own first block
    return re.sub(r"[^\S\n\v]*[\n\v]\s*", _break, text).strip()


def _break(run: re.Match[str]) -> str:
    kept = re.sub(r"[^\n]", "", run[0])
    indent = re.sub(r".*[\n\v]", "", run[0], flags=re.DOTALL)
    return ("\n\n" if len(kept) > 1 else "\n") + (indent if len(indent) > 1 else "")
