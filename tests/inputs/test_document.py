"""Documents give their text with its blocks, in whatever encoding; anything else is refused."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path

import docx
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmdesk.errors import InputError
from mmdesk.inputs import document as document_room
from mmdesk.inputs import load_document, office_archive

TEXTS = {
    "utf-8": "Grüße – 你好",
    "utf-8-sig": "Grüße – 你好",
    "utf-16": "Grüße – 你好",
    "utf-32": "Grüße – 你好",
    "utf-16-le": "Plain words without a mark",
    "gb18030": "机器学习模型可以在本地运行，不需要网络。",
    "big5": "機器學習模型可以在本機執行，不需要網路。",
    "shift_jis": "機械学習モデルはローカルで実行できます。",
    "euc_kr": "기계 학습 모델은 네트워크 없이 로컬에서 실행할 수 있습니다.",
    "latin_1": "Le café était fermé à midi, où sont les élèves ?",
    "cp1252": "“Quoted” text — at 5 €",
    "cp1251": "Привет, как дела? Это обычный русский текст.",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_encodings(encoding: str) -> None:
    document = load_document(TEXTS[encoding].encode(encoding), "a.txt")
    assert document.text == TEXTS[encoding]
    assert document.media_type == "text/plain"


def test_line_ends_and_markdown() -> None:
    document = load_document(b"# Title\r\n\r\nText\rmore", "a.md")
    assert (document.text, document.media_type) == ("# Title\n\nText\nmore", "text/markdown")


@pytest.mark.parametrize(
    "data", [bytes(range(256)) * 4, b"MZ\x90\0\3\0\0\0" * 30, b"abc\0\1\2\3" * 50]
)
def test_binary_named_txt_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"program\.txt is not a text file"):
        load_document(data, "program.txt")


def test_only_spaces_is_no_text() -> None:
    with pytest.raises(InputError, match=r"blank\.txt has no text"):
        load_document(b" \n\t\n", "blank.txt")


def test_length_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_room, "MAX_CHARACTERS", 5)
    with pytest.raises(InputError, match="has 6 characters; at most 5"):
        load_document(b"123456", "a.txt")


# --- HTML -----------------------------------------------------------------------------------------


def test_html_keeps_blocks_and_drops_code() -> None:
    page = b"""<!DOCTYPE html><html><head><title>Bees</title>
    <style>p{color:red}</style></head><body>
    <script>alert(1)</script><h2>Honey</h2><p>Bees make
       <b>honey</b>.</p><ul><li>one</li><li>two</li></ul><!-- hidden -->
    <table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>
    <pre>x  =  1
y  =  2</pre>line<br>break</body></html>"""
    document = load_document(page, "bees.html")
    assert document.media_type == "text/html"
    assert document.text.startswith("Bees\n\n## Honey\n\nBees make honey.\n\n- one\n- two")
    assert "a | b\nc | d" in document.text.replace("\n\n", "\n")
    assert "x  =  1\ny  =  2" in document.text
    assert "line\nbreak" in document.text
    for unwanted in ("alert", "color", "hidden"):
        assert unwanted not in document.text


def test_html_by_content_and_declared_encoding() -> None:
    page = '<html><head><meta charset="gb2312"></head><body>你好，世界</body></html>'
    assert load_document(page.encode("gb18030"), "download").text == "你好，世界"
    wrong = '<html><head><meta charset="ascii"></head><body>Grüße</body></html>'
    assert load_document(wrong.encode(), "wrong.html").text == "Grüße"


# --- PDF ------------------------------------------------------------------------------------------


SCAN = "q 612 0 0 792 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x7f EI Q"  # a picture on the whole page


def pdf(pages: list[str], *, password: str = "") -> bytes:
    """Return a PDF written by hand: a page of Helvetica for each text.

    "" gives an empty page; a text that begins with "q " is the page's content itself.
    """
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for text in pages:
        stream = f"BT /F1 18 Tf 72 700 Td ({text}) Tj ET" if text else ""
        stream = text if text.startswith("q ") else stream
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Contents {len(objects)} 0 R /Resources << /Font << /F1 << /Type /Font "
            "/Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    encryption = ""
    if password:
        key = "<" + "41" * 32 + ">"
        encryption = (
            f"/Encrypt << /Filter /Standard /V 1 /R 2 /O {key} /U {key} /P -4 >> /ID [<00> <00>]"
        )
    return (
        f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R {encryption} >>\n"
        f"startxref\n{len(body)}\n%%EOF"
    ).encode()


def lines_of_text(*lines: str) -> str:
    """Return the content of a page with lines of Helvetica."""
    shown = " ".join(f"({line}) Tj 0 -20 Td" for line in lines)
    return f"q BT /F1 12 Tf 72 700 Td {shown} ET Q"


def test_pdf_text_and_pages() -> None:
    document = load_document(pdf(["First page", "Second page"]), "two.bin")
    assert document.text == "First page\n\nSecond page"
    assert (document.media_type, document.pages) == ("application/pdf", 2)


def test_pdf_without_text_is_a_scan() -> None:
    document = load_document(pdf([SCAN, SCAN]), "scan.pdf")
    assert (document.text, document.pages, document.scanned) == ("", 2, (1, 2))


def test_pdf_with_a_password() -> None:
    with pytest.raises(InputError, match=r"locked\.pdf is protected by a password"):
        load_document(pdf(["secret"], password="x"), "locked.pdf")


def test_pdf_that_is_cut_off_or_something_else() -> None:
    for data in (b"%PDF-1.7 and nothing more", b"not a pdf"):
        with pytest.raises(InputError, match=r"half\.pdf is not a PDF mmdesk can read"):
            load_document(data, "half.pdf")


def test_pdf_from_another_writer() -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(300, 300)
    stream = io.BytesIO()
    document.save(stream, version=17)
    assert pdfium.FPDF_ERR_SUCCESS == 0
    with pytest.raises(InputError, match=r"blank\.pdf has no text"):
        load_document(stream.getvalue(), "blank.pdf")


# --- Word -----------------------------------------------------------------------------------------


def word() -> bytes:
    document = docx.Document()
    document.add_heading("Report", 1)
    document.add_paragraph("Before the table.")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("a", "b", "c", "d"), strict=True):
        cell.text = text
    document.add_paragraph("one", style="List Bullet")
    document.add_paragraph("After it.")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_docx_in_order() -> None:
    document = load_document(word(), "report.docx")
    assert document.text == "# Report\n\nBefore the table.\n\na | b\nc | d\n\n- one\n\nAfter it."
    assert document.media_type == document_room.DOCX


def zipped(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x" * 10)
    return stream.getvalue()


def ole(*streams: str) -> bytes:
    return b"\xd0\xcf\x11\xe0" + bytes(60) + "\0".join(streams).encode("utf-16-le") + bytes(9)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (zipped("xl/workbook.bin"), r"a binary Excel workbook \(\.xlsb\)"),
        (zipped("xl/workbook.xml"), "is damaged"),
        (zipped("Index/Document.iwa"), "an Apple Pages"),
        (zipped("ppt/presentation.xml"), "is damaged"),
        (zipped("a.txt"), "a ZIP archive"),
        (zipped("word/document.xml"), "is damaged"),
        (word()[:3000], "is damaged"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "an old Word file"),
        (ole("WordDocument", "Workbook"), r"an old Word file \(\.doc\)"),
        (ole("Workbook"), r"an old Excel workbook \(\.xls\)"),
        (ole("PowerPoint Document"), "an old PowerPoint presentation"),
        (ole("__substg1.0_1000001F"), r"an Outlook message \(\.msg\)"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"just text", "is damaged"),
    ],
)
def test_what_is_no_docx_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=rf"file\.docx .*{reason}"):
        load_document(data, "file.docx")


def test_docx_that_unpacks_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_archive, "MAX_UNPACKED", 1000)
    with pytest.raises(InputError, match="would unpack to"):
        load_document(word(), "bomb.docx")


def test_docx_with_too_much_xml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_archive, "MAX_XML", 1000)
    with pytest.raises(InputError, match="would unpack to"):
        load_document(word(), "bomb.docx")


# --- anything -------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"<html>", b"\xff\xfe", b"{\\rtf"]),
    st.binary(max_size=400),
    st.sampled_from(["x", "x.txt", "x.html", "x.pdf", "x.docx"]),
)
def test_random_bytes_never_escape(prefix: bytes, data: bytes, name: str) -> None:
    with contextlib.suppress(InputError):
        load_document(prefix + data, name)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([pdf(["Hello"]), word()]), st.data())
def test_flipped_bytes_never_escape(original: bytes, data: st.DataObject) -> None:
    damaged = bytearray(original)
    for _ in range(6):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(InputError):
        load_document(bytes(damaged), "damaged")


def test_a_long_row_of_siblings_is_read_in_one_walk(tmp_path: Path) -> None:
    """Beautiful Soup looks for a child among all its siblings: quadratic where the tree changes."""
    page = "<html><body>" + "<p>one <b>two</b></p>\n<hr>" * 30_000 + "</body></html>"
    path = tmp_path / "long.html"
    path.write_text(page, encoding="utf-8")
    assert load_document(path).text.count("one two") == 30_000
