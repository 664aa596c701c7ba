"""Small documents of the newer formats that ask for enormous amounts of time, memory or depth."""

from __future__ import annotations

import functools
import io
import zipfile
from collections.abc import Callable

from PIL import Image

from tests.inputs.test_embedded_pictures import picture, slides, workbook
from tests.inputs.test_more_formats import epub
from tests.inputs.test_odt_reader import odt

LAUGHS = b"<!DOCTYPE x [<!ENTITY a '%s'>%s]>" % (
    b"lol " * 20,
    b"".join(
        b"<!ENTITY %c '%s'>" % (ord("b") + level, b"&%c;" % (ord("a") + level) * 20)
        for level in range(8)
    ),
)


def changed(data: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return an archive in which one member is another."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, change(content) if entry.filename == member else content)
    return stream.getvalue()


def nested(opening: str, closing: str, levels: int) -> str:
    return opening * levels + "deep" + closing * levels


def laughing(data: bytes, member: str, before: bytes) -> bytes:
    """Return an archive with a part whose entities grow to a thousand million words."""

    def change(content: bytes) -> bytes:
        head, mark, rest = content.partition(b"?>")
        body = rest if mark else head
        head = head + mark if mark else b""
        return head + LAUGHS + body.replace(before, b"&i;" + before, 1)

    return changed(data, member, change)


def sheet(rows: bytes) -> bytes:
    """Return a workbook with these rows of XML."""
    return changed(
        workbook(),
        "xl/worksheets/sheet1.xml",
        lambda data: data.partition(b"<sheetData>")[0] + b"<sheetData>%s</sheetData>" % rows
        + b"</worksheet>",
    )  # fmt: skip


def wide_rows(count: int) -> bytes:
    """Return a workbook whose rows have a cell in the last column only."""
    return sheet(
        b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(1, count))
    )


def repeated_string(length: int, count: int) -> bytes:
    """Return a workbook that shows one long shared string in many cells."""
    cells = b"".join(b'<row r="%d"><c t="s"><v>0</v></c></row>' % n for n in range(1, count))
    return changed(
        sheet(cells),
        "xl/sharedStrings.xml",
        lambda _: (
            b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            b"<si><t>%s</t></si></sst>" % (b"x" * length)
        ),
    )


def nested_message(levels: int) -> bytes:
    """Return a message of multiparts in multiparts."""
    parts = (f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(levels))
    return ("Subject: x\nMIME-Version: 1.0\n" + "".join(parts) + "\ndeep").encode()


def forwarded(levels: int) -> bytes:
    return ("MIME-Version: 1.0\nContent-Type: message/rfc822\n\n" * levels + "\ndeep").encode()


@functools.cache
def avif(width: int, height: int) -> bytes:
    """Return an AVIF file of a few bytes that claims to be of another size."""
    stream = io.BytesIO()
    Image.new("RGB", (64, 64)).save(stream, "AVIF")
    size = (64).to_bytes(4, "big") * 2
    return stream.getvalue().replace(size, width.to_bytes(4, "big") + height.to_bytes(4, "big"))


GROUP = (
    "<p:grpSp><p:nvGrpSpPr><p:cNvPr id='9' name='g'/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
    "<p:grpSpPr/>"
)
PARAGRAPHS = "<text:p>abc</text:p>" * 1_100_000
# What each file asks for, its name, and what makes it.
BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "spans in spans": ("a.odt", lambda: odt(
        f"<text:p>{nested('<text:span>', '</text:span>', 200_000)}</text:p>")),
    "lists in lists": ("a.odt", lambda: odt(
        nested("<text:list><text:list-item>", "</text:list-item></text:list>", 120))),
    "entities of OpenDocument": ("a.odt", lambda: laughing(
        odt("<text:p>x</text:p>"), "content.xml", b"</text:p>")),
    "repeated cells": ("a.odt", lambda: odt(nested(
        "<table:table><table:table-row><table:table-cell"
        " table:number-columns-repeated='1000000000'><text:p>",
        "</text:p></table:table-cell></table:table-row></table:table>", 12))),
    "millions of paragraphs": ("a.odt", lambda: odt(PARAGRAPHS)),
    "groups in RTF": ("a.rtf", lambda: rb"{\rtf1 " + b"{" * 1_000_000 + b"x"),
    "deletions in RTF": ("a.rtf", lambda: rb"{\rtf1 " + rb"{\b" * 300_000 + b"x}"),
    "pictures in RTF": ("a.rtf", lambda: rb"{\rtf1 " + rb"{\pict\picwgoal1" * 300_000 + b"x}"),
    "characters in RTF": ("a.rtf", lambda: rb"{\rtf1 " + rb"\u-10179?" * 300_000 + b"x}"),
    "cells in RTF": ("a.rtf", lambda: rb"{\rtf1 " + rb"\cell" * 1_800_000 + rb"\row}"),
    "blocks in a chapter": ("a.epub", lambda: epub(one=nested("<div>", "</div>", 1_000_000))),
    "open tags in a chapter": ("a.epub", lambda: epub(one="<img " * 2_000_000)),
    "entities of an e-book": ("a.epub", lambda: laughing(
        epub(), "OEBPS/a.opf", b"</dc:title>")),
    "a chapter that grows": ("a.epub", lambda: epub(one="word " * 1_100_000)),
    "groups in groups": ("a.pptx", lambda: changed(
        slides(picture()), "ppt/slides/slide1.xml", lambda data: data.replace(
            b"</p:spTree>", nested(GROUP, "</p:grpSp>", 100_000).encode() + b"</p:spTree>"))),
    "entities of a slide": ("a.pptx", lambda: laughing(
        slides(picture()), "ppt/slides/slide1.xml", b"</a:t>")),
    "a slide that grows": ("a.pptx", lambda: changed(
        slides(picture()), "ppt/slides/slide1.xml", lambda data: data.replace(
            b"</a:t>", b"word " * 1_100_000 + b"</a:t>"))),
    "wide rows": ("a.xlsx", lambda: wide_rows(100_000)),
    "a string in many cells": ("a.xlsx", lambda: repeated_string(30_000, 200_000)),
    "entities of a sheet": ("a.xlsx", lambda: laughing(
        workbook(), "xl/workbook.xml", b"</sheets>")),
    "a table of one line": ("a.csv", lambda: b"a," * 2_600_000),
    "a table of empty lines": ("a.csv", lambda: b"," + b"\n," * 2_600_000),
    "quotes in a table": ("a.csv", lambda: b'a,b\n"' + b'""' * 3_000_000),
    "parts in parts": ("a.eml", lambda: nested_message(20_000)),
    "forwarded messages": ("a.eml", lambda: forwarded(20_000)),
    "parts of a message": ("a.eml", lambda: (
        b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\n\nx\n" * 20_000)),
    "encoded words": ("a.eml", lambda: (
        b"MIME-Version: 1.0\nSubject: " + b"=?utf-8?q?a?= " * 100_000 + b"\n\nx")),
    "addresses": ("a.eml", lambda: (
        b"MIME-Version: 1.0\nTo: " + b"a <a@b>, " * 100_000 + b"\n\nx")),
    "brackets in an address": ("a.eml", lambda: (
        b"MIME-Version: 1.0\nTo: " + b"(" * 100_000 + b"\n\nx")),
    "messages of a mailbox": ("a.mbox", lambda: (
        b"From a@b Mon Jan 5 10:00:00 2026\nSubject: x\n\nx\n\n" * 20_000)),
    "subtitles": ("a.srt", lambda: b"1\n00:00:01,000 --> 00:00:02,000\nx\n\n" * 200_000),
    "subtitles of the web": ("a.vtt", lambda: (
        b"WEBVTT\n\n" + b"00:01.000 --> 00:02.000\n<b>" * 2_000_000)),
    "tags in a page": ("a.html", lambda: (nested("<b>", "</b>", 1_000_000)).encode()),
    "a picture in a page": ("a.html", lambda: (
        b"<p>x</p>" + b'<img src="data:image/png;base64,' * 300_000)),
    "a wide picture": ("a.avif", lambda: avif(60_000, 60_000)),
    "a picture of all numbers": ("a.avif", lambda: avif(2**32 - 1, 2**32 - 1)),
}  # fmt: skip
