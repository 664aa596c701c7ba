"""OpenDocument texts, as LibreOffice writes them."""

from __future__ import annotations

import io
import zipfile

import pytest

from mmdesk.errors import InputError
from mmdesk.inputs import load_any, load_document

_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "draw", "style")
)
TEXT = "application/vnd.oasis.opendocument.text"


def odt(body: str, styles: str = "", kind: str = TEXT, manifest: str = "") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        archive.writestr("styles.xml", f"<office:x {_NAMES}>{styles}</office:x>")
        content = f"<office:body><office:text>{body}</office:text></office:body>"
        archive.writestr("content.xml", f"<office:x {_NAMES}>{content}</office:x>")
    return stream.getvalue()


def test_paragraphs_lists_tables_and_notes(tmp_path) -> None:
    path = tmp_path / "letter.odt"
    path.write_bytes(
        odt(
            "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
            '<text:h text:outline-level="2">Rules</text:h>'
            '<text:p>Open\n  at<text:s text:c="2"/><text:span>nine</text:span>.<text:note>'
            "<text:note-citation>1</text:note-citation><text:note-body><text:p>Not on Mondays."
            "</text:p></text:note-body></text:note><text:line-break/>Come in.</text:p>"
            "<text:list><text:list-item><text:p>one</text:p></text:list-item></text:list>"
            "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
            '<table:table-cell table:number-columns-repeated="2"/></table:table-row></table:table>'
            "<text:p><draw:frame><draw:text-box><text:p>Pay 318.</text:p></draw:text-box>"
            "</draw:frame></text:p>",
            "<style:header><text:p>Invoice 77</text:p></style:header>"
            "<style:footer><text:p>3</text:p></style:footer>",
        )
    )
    document = load_any(path)
    assert document.text == (
        "Invoice 77\n\n## Rules\n\nOpen at  nine.[1]\nCome in.\n\n[1] Not on Mondays.\n\n- one\n\n"
        "a |  | \n\nPay 318."
    )
    assert document.media_type == TEXT


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            odt("", kind=TEXT.replace("text", "spreadsheet")),
            r"an OpenDocument spreadsheet \(.ods\)",
        ),
        (odt("", kind=TEXT.replace("text", "presentation")), "an OpenDocument presentation"),
        (odt("", kind="application/epub+zip"), "an e-book without a list of its chapters"),
        (odt("", manifest="<encryption-data/>"), "protected by a password"),
        (odt(""), "has no text"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=rf"file\.odt .*{reason}"):
        load_document(data, "file.odt")


def test_pasted_scans_are_told_of() -> None:
    frame = (
        '<text:p>Contract<draw:frame draw:width="{}" draw:height="24cm"><draw:image/></draw:frame>'
        "</text:p>"
    )
    assert load_document(odt(frame.format("1mm")), "a.odt").notices == ()
    assert load_document(odt(frame.format("6.5in")), "a.odt").notices == (
        "A picture as large as a page is in it. Its text was not read.",
    )
