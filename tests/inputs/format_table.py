"""Formats of documents and what is difficult in each: what is read, and what is told.

`python -m tests.inputs.format_table` prints the table of resources/docs/formats.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mmdesk.errors import InputError
from mmdesk.inputs import load_document
from tests.inputs import test_docx_reader as word
from tests.inputs import test_email_reader as mail
from tests.inputs import test_embedded_pictures as pictures
from tests.inputs import test_more_formats as more
from tests.inputs import test_odt_reader as odt
from tests.inputs.test_document import SCAN, lines_of_text, pdf, zipped

FILES = Path(__file__).parents[1] / "fixtures" / "inputs"
FAX = SCAN + " BT /F1 9 Tf 72 780 Td (From 555 0199 to Kestrel Optics, page 2 of 5) Tj ET"
WRONG_LETTERS = lines_of_text(
    "Wklv lv d whvw ri wkh irqw wkdw qdphv wkh zurqj ohwwhuv",
    "iru hyhubwklqj rq wkh sdjh dqg qrwklqj ri lw fdq eh uhdg",
)


@dataclass(frozen=True)
class Case:
    """One difficulty of a format.

    Attributes:
        format: as people call it.
        trick: what is difficult.
        name: of the file.
        data: makes the file.
        words: of the file, of which each is looked for in the text.
    """

    format: str
    trick: str
    name: str
    data: Callable[[], bytes]
    words: tuple[str, ...] = ()


def _file(name: str) -> Callable[[], bytes]:
    return (FILES / name).read_bytes


def _text(text: str, encoding: str) -> Callable[[], bytes]:
    return lambda: text.encode(encoding)


def _word(body: str, **parts: str) -> Callable[[], bytes]:
    return lambda: word.word(body, **parts)


def _hidden_sheet(book) -> None:
    book.create_sheet("Salaries").append(["Vogel", 5000])
    book["Salaries"].sheet_state = "hidden"


def _formula(book) -> None:
    book["Sales"]["C5"] = "=SUM(C2:C4)"


TRACKED = word.p("<w:del><w:r><w:delText>30</w:delText></w:r></w:del><w:ins>`90 days`</w:ins>")
CONTROL = "<w:sdt><w:sdtContent>" + word.p("`Martha Vogel`") + "</w:sdtContent></w:sdt>"
PLAIN = "Der Käufer zahlt 310 Euro für die Übergabe."
POLISH = "Zażółć gęślą jaźń. To jest zwykły polski tekst, który każdy może przeczytać."

CASES = (
    Case("PDF", "text on two pages", "a.pdf", lambda: pdf(["One", "Two"]), ("One", "Two")),
    Case("PDF", "filled-in form", "a.pdf", _file("form.pdf"), ("Ingrid Solberg", "14 May 1979")),
    Case("PDF", "hyphens of the author", "a.pdf", _file("hyphens.pdf"), ("AX-42", "well-known")),
    Case("PDF", "turned page", "a.pdf", _file("turned-prose.pdf"), ("Telephone 555",)),
    Case("PDF", "letters without a meaning", "a.pdf", _file("no-tounicode.pdf"), ("museum",)),
    Case("PDF", "scanned page", "a.pdf", lambda: pdf(["One", SCAN]), ("One",)),
    Case("PDF", "scan with a fax header", "a.pdf", lambda: pdf([FAX])),
    Case("PDF", "font with the wrong letters", "a.pdf", lambda: pdf([WRONG_LETTERS])),
    Case("PDF", "password", "a.pdf", lambda: pdf(["secret"], password="x")),
    Case("Word", "tracked changes", "a.docx", _word(TRACKED), ("90 days",)),
    Case("Word", "content controls", "a.docx", _word(CONTROL), ("Martha Vogel",)),
    Case("Word", "three pictures and an icon", "a.docx", lambda: pictures.word_file(5, 1, 6, 7),
         ("The report",)),
    Case("Word", "pasted scan", "a.docx", lambda: pictures.word_file(16), ("The report",)),
    Case("OpenDocument", "text", "a.odt", lambda: odt.odt("<text:p>Pay 318.</text:p>"), ("318",)),
    Case("RTF", "tracked deletion, footnote, table", "a.rtf", lambda: more._RTF,
         ("318 euros", "Not on Mondays", "Bergen | 290000", "Müller", "😃")),
    Case("PowerPoint", "notes, table, group, hidden slide", "a.pptx", more.presentation,
         ("310 million", "Bergen | 290000", "Inside a group")),
    Case("Excel", "dates and percentages", "a.xlsx", more.workbook, ("2026-03-01", "25%")),
    Case("Excel", "hidden sheet", "a.xlsx", lambda: more.workbook(_hidden_sheet), ("5000",)),
    Case("Excel", "formula without a result", "a.xlsx", lambda: more.workbook(_formula), ("Lamp",)),
    Case("Excel", "binary workbook", "a.xlsb", lambda: zipped("xl/workbook.bin")),
    Case("Excel", "picture", "a.xlsx", lambda: pictures.workbook(pictures.picture()), ("Item",)),
    Case("CSV", "table", "sales.csv", _file("sales.csv"), ("Lamp", "2026-03-01")),
    Case("EPUB", "chapters, one missing", "a.epub", more.epub, ("It was dark", "It was light")),
    Case("EPUB", "copy protection", "a.epub", lambda: more.epub(encrypted="OEBPS/one.xhtml")),
    Case("E-mail", "base64, UTF-8", "a.eml", lambda: mail.mail().as_bytes(), ("240 Stühle",)),
    Case("HTML", "picture in the page", "a.html", lambda: pictures.page(pictures.picture()),
         ("The report",)),
    Case("HTML", "table, script", "a.html",
         _text("<script>x()</script><table><tr><td>a</td><td>b</td></tr></table>", "utf-8"),
         ("a | b",)),
    Case("Subtitles", "SRT in Windows-1250", "a.srt",
         _text(f"1\n00:00:01,000 --> 00:00:02,000\n{POLISH}\n", "cp1250"), ("gęślą", "który")),
    Case("Text", "one damaged byte", "a.txt", lambda: PLAIN.encode()[:-1] + b"\xe2\x82", ("310",)),
    Case("Text", "UTF-16 without a mark", "a.txt", _text(PLAIN, "utf-16-le"), ("Käufer",)),
    Case("Text", "Windows-1252", "a.txt", _text(PLAIN, "cp1252"), ("Käufer", "Übergabe")),
)  # fmt: skip


def result(case: Case) -> tuple[str, str]:
    """Return what is read of a case ("all", "later, by OCR", "nothing"), and what is told."""
    try:
        document = load_document(case.data(), case.name)
    except InputError as error:
        return "nothing", str(error)
    missing = [word for word in case.words if word not in document.text]
    told = " ".join(document.notices)
    if document.scanned:
        return ("the rest later, by OCR" if case.words else "later, by OCR"), told
    return (f"not {', '.join(missing)}" if missing else "all"), told


def table() -> str:
    """Return the table in Markdown."""
    rows = ["| format | difficulty | read | told |", "|---|---|---|---|"]
    for case in CASES:
        read, told = result(case)
        rows.append(f"| {case.format} | {case.trick} | {read} | {told} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table())
