"""Workbooks, presentations, e-books and RTF: what is read of them, and what is told of the rest."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

import openpyxl
import pptx
import pytest
from pptx.util import Inches

from mmdesk.errors import InputError
from mmdesk.inputs import load_any, load_document
from mmdesk.values import split_pages

# --- workbooks ------------------------------------------------------------------------------------


def workbook(change=lambda book: None) -> bytes:
    book = openpyxl.Workbook()
    sales = book.active
    sales.title = "Sales"
    sales.append(["Date", "Item", "Amount", "Share"])
    sales.append([datetime.date(2026, 3, 1), "Lamp", 1240.5, 0.25])
    sales.append([])
    sales.append([datetime.datetime(2026, 3, 2, 9, 30), "Desk\nlong", 20, None])
    sales["D2"].number_format = "0.0%"
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_is_read_sheet_by_sheet_as_tables(tmp_path: Path) -> None:
    path = tmp_path / "sales.xlsx"
    path.write_bytes(workbook(lambda book: book.create_sheet("Notes").append(["Call Vera", True])))
    document = load_any(path)
    assert document.text == (
        "# Sales\n\nDate | Item | Amount | Share\n2026-03-01 | Lamp | 1240.5 | 25%\n"
        "2026-03-02 09:30 | Desk long | 20 | \n\n# Notes\n\nCall Vera | TRUE"
    )
    assert document.notices == ()


def test_hidden_sheets_are_read_and_named() -> None:
    def hide(book) -> None:
        sheet = book.create_sheet("Salaries")
        sheet.append(["Vogel", 5000])
        sheet.sheet_state = "hidden"

    document = load_document(workbook(hide), "a.xlsx")
    assert "Vogel | 5000" in document.text
    assert document.notices == ("These sheets are hidden in Excel: Salaries.",)


def test_formulas_without_a_result_are_counted() -> None:
    def add(book) -> None:
        book["Sales"]["C5"] = "=SUM(C2:C4)"
        book["Sales"]["C6"] = "=C5*2"

    (notice,) = load_document(workbook(add), "a.xlsx").notices
    assert notice.startswith("2 cells have a formula without its result.")


def test_results_of_formulas_are_read() -> None:
    data = workbook(lambda book: book["Sales"].__setitem__("C5", "=SUM(C2:C4)"))
    calculated = rewritten(data, "xl/worksheets/sheet1.xml", b"<v />", b"<v>1260.5</v>")
    calculated = rewritten(calculated, "xl/worksheets/sheet1.xml", b"<v></v>", b"<v>1260.5</v>")
    document = load_document(calculated, "a.xlsx")
    assert "1260.5" in document.text
    assert document.notices == ()


def rewritten(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(stream, "w") as after:
        for entry in before.infolist():
            content = before.read(entry)
            after.writestr(
                entry.filename, content.replace(old, new) if entry.filename == part else content
            )
    return stream.getvalue()


def test_the_size_that_a_sheet_says_of_itself_is_not_believed() -> None:
    data = rewritten(workbook(), "xl/worksheets/sheet1.xml", b'ref="A1:D4"', b'ref="A1:XFD1048576"')
    assert "Lamp" in load_document(data, "a.xlsx").text


# --- presentations --------------------------------------------------------------------------------


def presentation() -> bytes:
    made = pptx.Presentation()
    first = made.slides.add_slide(made.slide_layouts[1])
    first.shapes.title.text = "Plans for 2027"
    first.placeholders[1].text = "A new harbour"
    first.notes_slide.notes_text_frame.text = "Mention the budget of 310 million."
    second = made.slides.add_slide(made.slide_layouts[6])
    table = second.shapes.add_table(2, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
    for row, cells in enumerate((("Town", "People"), ("Bergen", "290000"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    second._element.set("show", "0")
    group = made.slides.add_slide(made.slide_layouts[6]).shapes.add_group_shape()
    box = group.shapes.add_textbox(Inches(1), Inches(1), Inches(3), Inches(1))
    box.text_frame.text = "Inside a group"
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def test_slides_are_read_with_notes_tables_and_groups(tmp_path: Path) -> None:
    path = tmp_path / "plans.pptx"
    path.write_bytes(presentation())
    document = load_any(path)
    assert document.pages == 3
    assert split_pages(document.text, document.page_starts) == [
        "# Plans for 2027\n\nA new harbour\n\nSpeaker notes: Mention the budget of 310 million.",
        "Town | People\nBergen | 290000",
        "Inside a group",
    ]
    assert document.notices == ("These slides are hidden: 2.",)


# --- e-books --------------------------------------------------------------------------------------

_CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/a.opf"/></rootfiles></container>'
_OPF = """<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>
<dc:title>The Lamp</dc:title><dc:creator>Vera Vogel</dc:creator></metadata><manifest>
<item id="b" href="two%20b.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="one.xhtml" media-type="application/xhtml+xml"/>
<item id="gone" href="gone.xhtml" media-type="application/xhtml+xml"/>
<item id="css" href="a.css" media-type="text/css"/></manifest>
<spine><itemref idref="a"/><itemref idref="b"/><itemref idref="gone"/></spine></package>"""


def epub(encrypted: str = "", **chapters: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", _CONTAINER)
        archive.writestr("OEBPS/a.opf", _OPF)
        archive.writestr("OEBPS/one.xhtml", chapters.get("one", "<h1>One</h1><p>It was dark.</p>"))
        archive.writestr("OEBPS/two b.xhtml", "<h1>Two</h1><p>It was light — and warm.</p>")
        if encrypted:
            archive.writestr(
                "META-INF/encryption.xml", f'<e><CipherReference URI="{encrypted}"/></e>'
            )
    return stream.getvalue()


def test_chapters_of_an_e_book_are_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "lamp.epub"
    path.write_bytes(epub(encrypted="OEBPS/font.otf"))
    document = load_any(path)
    assert document.text == (
        "The Lamp\nVera Vogel\n\n# One\n\nIt was dark.\n\n# Two\n\nIt was light — and warm."
    )
    assert document.notices == ("One chapter is missing in the file.",)


def test_a_protected_e_book_is_named() -> None:
    with pytest.raises(InputError, match=r"copy-protected \(DRM\)"):
        load_document(epub(encrypted="OEBPS/one.xhtml"), "lamp.epub")


# --- RTF ------------------------------------------------------------------------------------------

_RTF = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\header Invoice 77\par}"
    rb"\pard Pay \b 318 euros\b0  to M\'fcller{\deleted  and 10 more} by {\revised 9 March}."
    rb"{\footnote Not on Mondays.}\par"
    rb"\trowd\cellx100\cellx200 Town\cell People\cell\row Bergen\cell 290000\cell\row"
    rb"\pard \u8364?5 \u-10179?\u-8701?\par}"
)


def test_rtf_is_read_with_its_margins_notes_and_tables(tmp_path: Path) -> None:
    path = tmp_path / "letter.rtf"
    path.write_bytes(_RTF)
    lines = [line for line in load_any(path).text.splitlines() if line.strip()]
    assert lines[:1] == ["Invoice 77"]
    text = " ".join(lines)
    assert "Pay 318 euros to Müller by 9 March." in text
    assert "10 more" not in text
    assert "Not on Mondays." in text
    assert "Town | People" in lines
    assert "Bergen | 290000" in lines
    assert "€5 😃" in text


def test_an_unreadable_rtf_is_no_crash() -> None:
    with pytest.raises(InputError):
        load_document(b"{\\rtf1" + b"{" * 1000, "a.rtf")


# --- bombs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.xlsx", "a.pptx", "a.epub"])
def test_what_would_unpack_to_too_much_is_refused_before_it_is_parsed(name: str) -> None:
    data = {"a.xlsx": workbook, "a.pptx": presentation, "a.epub": epub}[name]()
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("swollen.xhtml", b" " * 65_000_000)
    assert len(stream.getvalue()) < 1_000_000
    with pytest.raises(InputError, match="would unpack to"):
        load_document(stream.getvalue(), name)


def test_damaged_characters_of_a_page_are_told() -> None:
    text = "<html><head><meta charset=utf-8></head><p>Grüße: für die Übergabe 310 \u20ac"
    document = load_document(text.encode()[:-1] + b"</p>", "page.html")
    assert document.text.startswith("Grüße: für die Übergabe 310")
    assert document.notices == ("One character in page.html is damaged.",)
