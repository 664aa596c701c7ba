"""Text extraction from HTML: no scripts or styles; blocks separate, headings and lists marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from bs4.dammit import EncodingDetector
from bs4.element import PageElement, PreformattedString

from mmdesk.errors import InputError
from mmdesk.inputs.encoding import decode

_SKIPPED = ("script", "style", "noscript", "template", "svg", "head", "iframe", "object", "canvas")
_PARAGRAPHS = (
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre",
    "section", "article", "header", "footer", "nav", "aside", "main", "figure", "form", "hr",
)  # fmt: skip
_CELLS = ("td", "th")
MAX_MARKS = 1_000_000  # tags and entities, which take half a minute and 900 MB
_ENCODING_HEAD = 4096  # bytes; browsers look at 1024, and the search takes quadratic time
_LINE_END = "\v"  # two of them do not make an empty line
_ITEM = "\x01"  # the beginning of a list item
_LINES = ("div", "li", "tr", "dt", "dd", "figcaption", "caption", "address", "option", "summary")


def html_text(data: bytes | str, name: str) -> str:
    """Extract a page's text; an empty line separates paragraphs and " | " table cells.

    Args:
        data: the page; a string where its encoding is known already.
        name: of the file, for messages.

    Raises:
        InputError: the bytes are not text, or it has too many tags.
    """
    page = data if isinstance(data, str) else _decoded(data, name)
    page = _without_open_tags(page)
    check_marks(page.count("<") + page.count("&"), name)
    soup = BeautifulSoup(page, "html.parser")
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    body = _tidy("".join(_text_pieces(soup)))
    first = body.partition("\n")[0].lstrip("# ")
    return body if title in ("", first) else f"{title}\n\n{body}"


def check_marks(count: int, name: str) -> None:
    """Refuse a file with too many tags and entities.

    Raises:
        InputError: it has too many.
    """
    if count > MAX_MARKS:
        raise InputError("{name} is too large to open.", "Split it into parts.", name=name)


def _without_open_tags(page: str) -> str:
    """Return a page in which what no tag or comment can be, since none ends after it, is text.

    The parser searches the rest of the page for the end of each of them, in quadratic time.
    """
    comment = page.rfind("-->") + 1
    page = page[:comment] + page[comment:].replace("<!--", "&lt;!--")
    last = page.rfind(">") + 1
    return page[:last] + page[last:].replace("<", "&lt;")


def _decoded(data: bytes, name: str) -> str:
    declared = EncodingDetector.find_declared_encoding(data[:_ENCODING_HEAD], is_html=True)
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            # What pages call GB2312 and Latin-1 are in practice the larger sets.
            larger = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252"}
            return decode(data.decode(larger.get(declared, declared)).encode(), name)
        except (LookupError, UnicodeDecodeError):
            pass  # a wrong declaration: the bytes themselves decide
    return decode(data, name)


@dataclass
class _OpenTag:
    """A tag whose children are being read."""

    children: Iterator[PageElement]
    closing: str
    pre: bool
    cells: int  # cells of a table's row still to come


def _text_pieces(soup: BeautifulSoup) -> Iterator[str]:
    """Yield the texts of a page in order, with marks where blocks begin and end.

    One walk that does not change the tree: each change of a Beautiful Soup tree searches all
    siblings, and a long page is one long row of siblings.
    """
    stack = [_opened(soup, "", False)]
    while stack:
        top = stack[-1]
        child = next(top.children, None)
        if child is None:
            yield top.closing
            stack.pop()
        elif isinstance(child, Tag):
            if child.name not in _SKIPPED:
                after = ""
                if child.name in _CELLS:
                    top.cells -= 1
                    after = " | " if top.cells else ""
                yield _opening(child.name)
                stack.append(_opened(child, _edge(child.name) + after, top.pre))
        elif not isinstance(child, PreformattedString):  # comments, the doctype
            yield str(child) if top.pre else re.sub(r"[ \t\n\f]+", " ", str(child))


def _opened(tag: Tag, closing: str, pre: bool) -> _OpenTag:
    cells = sum(isinstance(child, Tag) and child.name in _CELLS for child in tag.children)
    return _OpenTag(iter(tag.contents), closing, pre or tag.name == "pre", cells)


def _opening(name: str) -> str:
    if name == "br":
        return "\n"
    if re.fullmatch("h[1-6]", name):
        return _edge(name) + "#" * int(name[1]) + " "
    return _edge(name) + (_ITEM if name == "li" else "")


def _edge(name: str) -> str:
    return "\n\n" if name in _PARAGRAPHS else _LINE_END if name in _LINES else ""


def _tidy(text: str) -> str:
    text = re.sub(rf"{_ITEM}\s*", "- ", text.replace("\xa0", " "))  # an item's own first block
    # A run of blanks is tried from its beginning only: from each of them it takes quadratic time.
    return re.sub(r"(?<![^\S\n\v])[^\S\n\v]*[\n\v]\s*", _break, text).strip()


def _break(run: re.Match[str]) -> str:
    kept = re.sub(r"[^\n]", "", run[0])
    indent = run[0][max(run[0].rfind("\n"), run[0].rfind("\v")) + 1 :]
    return ("\n\n" if len(kept) > 1 else "\n") + (indent if len(indent) > 1 else "")
