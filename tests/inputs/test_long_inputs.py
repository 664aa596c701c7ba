"""Foreign text of any form is searched in time that grows with its length, not faster."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from mmdesk.inputs import load_document
from mmdesk.inputs.html import _decoded, html_text
from mmdesk.inputs.pdf import _tidy
from mmdesk.text import sentences
from mmdesk.text.language import named_in
from mmdesk.ui.markdown.block_stream import MarkdownStream, parser
from mmdesk.ui.screen_reader import without_markdown
from mmdesk.values.media import Label

N = 200_000
SEARCHES: dict[str, Callable[[], object]] = {
    "comments before no page": lambda: load_document(b"<!-- --> " * N + b"x", "a.txt"),
    "comments that are open": lambda: load_document(b"<!-- " * N, "a.txt"),
    "blanks before no page": lambda: load_document(b" " * N + b"x", "a.txt"),
    "blanks in preformatted text": lambda: html_text(b"<pre>" + b" " * N + b"x</pre>", "a"),
    "wide blanks in a page": lambda: html_text(("<p>" + "\u2003" * N + "x").encode(), "a"),
    "blanks after a line end": lambda: html_text(b"<pre>a\n" + b" " * N + b"x</pre>", "a"),
    "tags that are open": lambda: html_text(b"<a " * (N // 4) + b"x", "a"),
    "quotes in a tag": lambda: html_text(b'<a b="' * (N // 4) + b">", "a"),
    "comments in a page": lambda: html_text(b"<p>x</p>" + b"<!--" * (N // 4) + b">", "a"),
    "encodings that are open": lambda: _decoded(b"<meta " * N, "a"),
    "blanks in a page of a PDF": lambda: _tidy(" " * N + "x"),
    "dots": lambda: sentences("." * N + "x"),
    "initials": lambda: sentences("A. " * N),
    "closing marks": lambda: sentences("." + ")" * N + "x"),
    "blanks read aloud": lambda: without_markdown(" " * N + "x"),
    "brackets read aloud": lambda: without_markdown("[" * N + "x"),
    "links read aloud": lambda: without_markdown("[a](" * (N // 10)),
    "formulas that are open": lambda: parser().parse("\\(" * (N // 8)),
    "formulas of their own that are open": lambda: parser().parse("\\[\n\n" * (N // 20)),
    "an answer of brackets": lambda: stream("[" * (N // 32)),
    "an answer of stars": lambda: stream("**a" * (N // 24)),
    "languages": lambda: named_in("into " * (N // 20)),
    "brackets in a label": lambda: Label.parse("(" * N + "x", 1.0),
    "blanks in a label": lambda: Label.parse(" " * N + "(x", 1.0),
}


def stream(text: str) -> None:
    """Feed an answer as it arrives."""
    answer = MarkdownStream()
    for start in range(0, len(text), 200):
        answer.feed(text[start : start + 200])
    answer.finish()


@pytest.mark.parametrize("name", SEARCHES)
def test_a_long_text_takes_a_moment(name: str) -> None:
    began = time.process_time()
    SEARCHES[name]()
    assert time.process_time() - began < 3.0


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"\xef\xbb\xbf <!-- a --> <!-- b -->\n<!DOCTYPE html><p>x", "text/html"),
        (b"<HTML lang=en><p>x", "text/html"),
        (b"<htmlx><p>x", "text/plain"),
        (b"<!-- a --> x <html>", "text/plain"),
        (b"<!-- a <html> x", "text/plain"),
    ],
)
def test_a_page_is_known_by_its_beginning(data: bytes, media_type: str) -> None:
    assert load_document(data, "a.txt").media_type == media_type
