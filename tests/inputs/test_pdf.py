"""What is read of a PDF besides plain text, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmdesk.errors import InputError
from mmdesk.inputs import load_document, load_page
from mmdesk.inputs.hyphens import join_split_words
from mmdesk.inputs.pdf import _joined_words
from mmdesk.values import split_pages
from tests.inputs.test_document import SCAN, lines_of_text, pdf

FILES = Path(__file__).parents[1] / "fixtures" / "inputs"


def test_filled_in_fields_are_read_with_their_labels() -> None:
    text = load_document(FILES / "form.pdf").text
    for line in (
        "Full name: Ingrid Solberg",
        "Date of birth: 14 May 1979",
        "Card wanted from: 1 September 2027",
        "I want the newsletter: yes",
    ):
        assert line in text.splitlines()


ANNOTATED = """<< /Type /Annot /Subtype /{kind} /Rect [72 500 300 540] /Contents ({text}) >>"""


def test_comments_are_read_and_links_are_not() -> None:
    notes = [
        ANNOTATED.format(kind="FreeText", text="Pay before 9 March."),
        ANNOTATED.format(kind="Highlight", text="Ask Vera about this."),
        ANNOTATED.format(kind="Link", text="not said"),
        ANNOTATED.format(kind="Text", text="First page"),  # as printed
    ]
    data = pdf(["First page"]).replace(b"/Contents 3 0 R", b"/Contents 3 0 R /Annots [%s]")
    document = load_document(data.replace(b"%s", "".join(notes).encode()), "notes.pdf")
    assert document.text == "First page\n\nPay before 9 March.\nAsk Vera about this."


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        (["Text", SCAN], ["Page 2 is a picture. The text in it was not read."]),
        (["Text", SCAN, SCAN], ["Pages 2 and 3 are pictures. The text in them was not read."]),
        (
            [SCAN, "Text", SCAN, SCAN, SCAN, "Text", SCAN],
            ["Pages 1, 3–5 and 7 are pictures. The text in them was not read."],
        ),
        (["Text", SCAN + " BT /F1 9 Tf 9 9 Td (Scanned by X) Tj ET"],
         ["Page 2 is a picture. The text in it was not read."]),
        (["Text", ""], []),
    ],
)  # fmt: skip
def test_pages_that_are_pictures_are_named(pages: list[str], said: list[str]) -> None:
    assert list(load_document(pdf(pages), "mixed.pdf").notices) == said


def test_hyphens_of_the_author_stay() -> None:
    text = load_document(FILES / "hyphens.pdf").text
    for kept in (
        *("price-determining", "well-known", "co-author", "state-of-the-art", "2019-2020"),
        *("555-0199", "AX-42", "long-term", "high-quality", "transported"),
    ):
        assert kept in text


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("the under\x02standing of photo\x02synthesis", "the understanding of photosynthesis"),
        ("the Baden\x02Baden of the BMW-\n500", "the Baden-Baden of the BMW-500"),
        ("in the lock-step of the lock\x02step", "in the lock-step of the lock-step"),
        ("Das ist die Donau\x02dampfschiff\x02fahrt und der S\x02Bahn\x02hof",
         "Das ist die Donaudampfschifffahrt und der S-Bahnhof"),
        ("la porte et le gouverne\x02ment", "la porte et le gouvernement"),
        ("a\x02", "a"),
    ],
)  # fmt: skip
def test_split_words(text: str, joined: str) -> None:
    assert join_split_words(text) == joined


def test_a_turned_page_keeps_its_line_ends() -> None:
    lines = load_document(FILES / "turned-prose.pdf").text.splitlines()
    assert "Opening hours in August: closed" in lines
    assert lines[4:6] == ["Telephone 555", "0199 for the"]


def test_letters_without_a_meaning_are_counted() -> None:
    document = load_document(FILES / "no-tounicode.pdf")
    assert document.text.startswith("The museum opens at ten o\ufffdclock")
    assert document.notices == (
        "Some letters could not be read (7): the file does not say what they are.",
    )


def test_buttons_lists_and_fields_without_a_name_are_read() -> None:
    """tests/fixtures/inputs/buttons.pdf has a field of every kind, labelled in every way."""
    document = load_document(FILES / "buttons.pdf")
    assert document.text.splitlines()[-8:] == [
        "Colour: Red",
        "Pay by: cash",
        "I agree: no",
        "I want news: yes",
        "City: Oslo",
        "First: Ann",
        "Last: Lee",
        "Letters: B",
    ]


def test_text_that_runs_up_the_page_keeps_its_line_ends() -> None:
    lines = ("Opening hours", "Telephone 555 0199", "night watch")
    turned = "q BT /F1 12 Tf {} ET Q".format(
        " ".join(f"0 1 -1 0 {300 + 20 * row} 100 Tm ({line}) Tj" for row, line in enumerate(lines))
    )
    assert load_document(pdf([turned]), "plan.pdf").text.splitlines() == list(lines)


def test_where_pages_begin_is_known() -> None:
    document = load_document(pdf(["One", "", "Three", SCAN]), "pages.pdf")
    assert split_pages(document.text, document.page_starts) == ["One", "", "Three", ""]


def test_a_word_that_is_split_at_a_pages_end_stays_on_its_first_page() -> None:
    pages = _joined_words(["of photo\x02", "synthesis in leaves", ""])
    assert pages == ["of photosynthesis", "in leaves", ""]


def test_a_scan_with_a_fax_header_is_read_and_a_slide_is_not() -> None:
    line = " BT /F1 9 Tf {} {} Td (From 555 0199 to Kestrel Optics, 3 May 2027, page 2 of 5) Tj ET"
    assert load_document(pdf([SCAN + line.format(72, 780)]), "fax.pdf").scanned == (1,)
    assert load_document(pdf([SCAN + line.format(72, 400)]), "slide.pdf").scanned == ()


@pytest.mark.parametrize(
    ("text", "scanned"),
    [
        ("Wklv lv d whvw ri wkh irqw wkdw qdphv wkh zurqj ohwwhuv iru hyhubwklqj rq wkh sdjh "
         "dqg qrwklqj ri lw fdq eh uhdg", (1,)),
        ("This is a test of the font that names the right letters for everything on the page "
         "and all of it can be read", ()),
    ],
)  # fmt: skip
def test_a_text_layer_with_the_wrong_letters_is_not_used(
    text: str, scanned: tuple[int, ...]
) -> None:
    half = len(text) // 2
    document = load_document(pdf([lines_of_text(text[:half], text[half:])]), "font.pdf")
    assert document.scanned == scanned
    assert (document.text == "") == bool(scanned)


def test_a_scanned_page_is_drawn_from_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf(["Text", SCAN]))
    document = load_document(path)
    assert (document.scanned, document.path) == ((2,), str(path))
    page = load_page(path, 2, document.sha256, "scan.pdf")
    assert (page.width, page.height) == (1479, 1914)  # US Letter at 174 dpi
    path.write_bytes(pdf([SCAN, SCAN]))
    with pytest.raises(InputError, match=r"scan\.pdf was changed after it was attached"):
        load_page(path, 2, document.sha256, "scan.pdf")
    path.unlink()
    with pytest.raises(InputError, match="does not exist"):
        load_page(path, 2, document.sha256, "scan.pdf")


def test_a_huge_page_is_drawn_small() -> None:
    data = pdf([SCAN]).replace(b"[0 0 612 792]", b"[0 0 14400 14400]")
    document = load_document(data, "plan.pdf")
    page = load_page(data, 1, document.sha256, "plan.pdf")
    assert page.width * page.height <= 12_100_000
