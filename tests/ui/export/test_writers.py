"""Exports read back: what is in them, and that nothing in them does anything."""

from __future__ import annotations

import errno
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import docx
import pypdfium2
import pytest
from PySide6.QtGui import QColor, QImage

from mmdesk.errors import MMDeskError
from mmdesk.ui import theme
from mmdesk.ui.export import files
from mmdesk.ui.export.content import ExportContent, compose_export
from mmdesk.ui.export.docx_writer import write_docx
from mmdesk.ui.export.files import write_export
from mmdesk.ui.export.html_writer import write_html
from mmdesk.ui.export.pages import PictureItem, TextItem, paginate
from mmdesk.ui.export.pdf_writer import write_pdf
from mmdesk.ui.rich_copy import formatted_html
from mmdesk.values import (
    AudioInput,
    ConversationInfo,
    DocumentInput,
    ImageInput,
    OpenedConversation,
    Stats,
    StoredMessage,
    Transcript,
    Turn,
)

MARKDOWN = """# Bees

Bees are **small** and *busy*, see [the book](https://example.org/bees).

1. Workers
2. Drones
   - no sting

```python
def fly(height: int) -> str:
    return "up"
```

| Kind | Count |
|------|------:|
| worker | 20000 |

> They dance.

1. Spring

The area is $x^2$, and

$$\\int_0^1 x\\,dx = \\frac12$$
"""
HOSTILE = """<script>alert(1)</script> <img src=x onerror=alert(2)>

![secret](file:///etc/passwd) ![pixel](http://tracker.example/p.png)

[run](javascript:alert(3)) [local](file:///etc/passwd) <https://ok.example/?a="b">

```html
<script>alert(4)</script>
```

| <b>a</b> | "onmouseover=alert(5) |
|---|---|
| $<script>$ | `<iframe>` |
"""


def png(colour: str = "#3b5bdb", width: int = 40, height: int = 30) -> bytes:
    from PySide6.QtCore import QBuffer

    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


def content(answer: str, question: str = "What are bees?", **attached: tuple) -> ExportContent:
    messages = (
        StoredMessage("q", "", Turn("user", question, **attached)),
        StoredMessage("a", "q", Turn("assistant", answer), stats=Stats(model="small")),
    )
    opened = OpenedConversation(ConversationInfo("c", "Bees & <others>"), messages)
    return compose_export(opened, {"digest": png()})


class _Tags(HTMLParser):
    """Tags and attributes of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_web_page_has_everything_in_one_file(qapp) -> None:
    image = ImageInput("a bee.png", 40, 30, b"", "digest")
    page = write_html(content(MARKDOWN, images=(image,))).decode()
    found = _Tags(page)
    assert {"h1", "ol", "ul", "pre", "table", "blockquote", "strong", "em"} <= {
        tag for tag, _ in found.tags
    }
    sources = [attributes["src"] for tag, attributes in found.tags if tag == "img"]
    assert len(sources) == 3  # the picture and two formulas
    assert all(source.startswith("data:image/") for source in sources)
    assert "Bees & <others>" in found.text
    assert "What are bees?" in found.text
    assert '<span class="keyword">def</span>' in page


def test_nothing_hostile_does_anything_in_a_web_page(qapp) -> None:
    page = write_html(content(HOSTILE, question="<script>alert(0)</script>")).decode()
    found = _Tags(page)
    tags = {tag for tag, _ in found.tags}
    assert not tags & {"script", "iframe", "link", "object", "embed", "base", "form"}
    for tag, attributes in found.tags:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        assert (attributes.get("src") or "data:").startswith("data:")
        assert re.match(r"https?://|mailto:", attributes.get("href") or "https://")
    policy = next(a for t, a in found.tags if t == "meta" and a.get("http-equiv"))
    assert policy["content"].startswith("default-src 'none'")
    assert "alert(0)" in found.text
    assert "alert(4)" in found.text


def test_nothing_hostile_is_copied_with_formatting(qapp) -> None:
    found = _Tags(formatted_html(HOSTILE))
    assert not {tag for tag, _ in found.tags} & {"script", "iframe", "object"}
    assert all(
        (attributes.get("src") or "data:").startswith("data:") for _, attributes in found.tags
    )


def test_a_word_document_has_the_structure_of_the_answer(qapp) -> None:
    image = ImageInput("a bee.png", 40, 30, b"", "digest")
    read = docx.Document(io.BytesIO(write_docx(content(MARKDOWN, images=(image,)))))
    by_style: dict[str, list[str]] = {}
    for paragraph in read.paragraphs:
        by_style.setdefault(paragraph.style.name, []).append(paragraph.text)
    assert by_style["Title"] == ["Bees & <others>"]
    assert by_style["List Number"] == ["Workers", "Drones", "Spring"]
    assert by_style["List Bullet 2"] == ["no sting"]
    assert by_style["Code"] == ['def fly(height: int) -> str:\n    return "up"']
    assert "They dance." in by_style["Quote"]
    (table,) = read.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Kind", "Count"],
        ["worker", "20000"],
    ]
    assert len(read.inline_shapes) == 3
    links = [r.target_ref for r in read.part.rels.values() if r.reltype.endswith("/hyperlink")]
    assert links == ["https://example.org/bees"]
    assert read.core_properties.author == "mmdesk"


def test_each_numbered_list_of_a_word_document_begins_anew(qapp) -> None:
    read = docx.Document(io.BytesIO(write_docx(content(MARKDOWN))))
    numbered = [p for p in read.paragraphs if p.style.name == "List Number"]
    ids = [p._p.pPr.numPr.numId.val for p in numbered]
    assert ids[0] == ids[1] != ids[2]


def test_a_word_document_takes_any_characters(qapp) -> None:
    text = "a\x00b\x08c \ud83d d\ufffe\n\n```\n\x1b[0m\n```\n\n" + HOSTILE
    read = docx.Document(io.BytesIO(write_docx(content(text, question="\x01?"))))
    assert not [r for r in read.part.rels.values() if "file:" in r.target_ref.lower()]


def pages_of(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    return [page.get_textpage().get_text_bounded() for page in document]


def test_a_pdf_has_text_title_and_numbered_pages(qapp) -> None:
    answer = "\n\n".join(f"Sentence number {n} of the answer." for n in range(120))
    data = write_pdf(content(answer))
    pages = pages_of(data)
    assert len(pages) > 2
    whole = "\n".join(pages)
    assert [int(n) for n in re.findall(r"Sentence number (\d+) of", whole)] == list(range(120))
    assert all(f"Page {n} of {len(pages)}" in page for n, page in enumerate(pages, 1))
    assert pypdfium2.PdfDocument(data).get_metadata_dict()["Title"] == "Bees & <others>"


def test_a_pdf_has_the_light_colours_whatever_the_window_shows(qapp, monkeypatch) -> None:
    monkeypatch.setattr(theme, "_current", theme.DARK)
    (page,) = pypdfium2.PdfDocument(write_pdf(content("Bees.")))
    picture = page.render().to_pil()
    assert picture.getpixel((3, 3)) == (255, 255, 255)
    dark = sum(picture.convert("L").histogram()[:90])
    assert dark > 100  # the text
    assert theme.current() is theme.DARK


def test_a_line_is_never_cut_by_the_end_of_a_page(qapp) -> None:
    code = "\n".join(f"line_{n} = {n}" for n in range(200))
    with theme.on_paper():
        item = TextItem(f"Begin\n\n```python\n{code}\n```\n\nEnd", 600, markdown=True)
        pages = paginate([item], 700)
        spans = item.spans()
    cuts = [piece.bottom for page in pages for piece in page][:-1]
    assert len(cuts) > 2
    for cut in cuts:
        assert not [span for span in spans if span[0] + 1 < cut < span[1] - 1], cut
    slices = [piece for page in pages for piece in page]
    assert [piece.top for piece in slices[1:]] == cuts
    assert slices[-1].bottom == item.height


def test_a_high_picture_is_made_smaller_and_a_heading_stays_with_its_text(qapp) -> None:
    with theme.on_paper():
        picture = PictureItem(QImage.fromData(png(width=500, height=4000)), 600, 800)
        assert picture.height <= 800 * 0.55
        filler = TextItem("\n".join("x" for _ in range(33)), 600)
        heading = TextItem("Heading", 600, bold=True, keeps_next=True)
        text = TextItem("Text\n" * 8, 600)
        pages = paginate([filler, heading, text], filler.height + 40)
    assert [piece.item for piece in pages[0]] == [filler]
    assert [piece.item for piece in pages[1]][:2] == [heading, text]


def test_attachments_are_named_and_a_missing_picture_is_told(qapp) -> None:
    gone = ImageInput("gone.png", 4, 3, b"", "unknown")
    whole = content(
        "Yes.",
        images=(gone,),
        documents=(DocumentInput("report.pdf", "secret" * 50),),
        audio=(AudioInput("memo.wav", b"", "s", Transcript("Good morning.")),),
    )
    page = write_html(whole).decode()
    assert "(The picture gone.png is missing.)" in page
    assert "Document report.pdf" in page
    assert "Sound memo.wav: Good morning." in page
    assert "secretsecret" not in page
    assert "(The picture gone.png is missing.)" in pages_of(write_pdf(whole))[0]
    assert write_docx(whole)


def test_one_answer_is_exported_alone(qapp) -> None:
    messages = (
        StoredMessage("q", "", Turn("user", "A private question?")),
        StoredMessage("a", "q", Turn("assistant", "The answer."), state="stopped"),
    )
    opened = OpenedConversation(ConversationInfo("c", "Title"), messages)
    page = write_html(compose_export(opened, {}, "a")).decode()
    assert "The answer." in page
    assert "private" not in page
    assert "(Stopped)" in page


@pytest.mark.parametrize("suffix", [".pdf", ".html", ".docx"])
def test_a_file_is_written_whole(qapp, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"bees{suffix}"
    assert write_export(content("Bees."), path) == path
    assert path.stat().st_size > 500
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_the_old_file_and_no_half_one(qapp, tmp_path, monkeypatch) -> None:
    path = tmp_path / "bees.html"
    path.write_text("old")

    def full(self: Path, data: bytes) -> int:
        self.touch()
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(MMDeskError) as told:
        files.write_export(content("Bees."), path)
    assert told.value.user_message == "bees.html cannot be written: No space left on device."
    assert told.value.hint == "Choose another folder."
    assert [one.name for one in tmp_path.iterdir()] == ["bees.html"]
    assert path.read_text() == "old"


def test_a_missing_folder_is_one_sentence(qapp, tmp_path) -> None:
    with pytest.raises(MMDeskError) as told:
        write_export(content("Bees."), tmp_path / "gone" / "bees.html")
    assert "bees.html cannot be written" in told.value.user_message


def test_an_answer_without_text_is_exported(qapp) -> None:
    empty = replace(content(""), sections=content("").sections[1:])
    for write in (write_pdf, write_html, write_docx):
        assert write(empty)


def test_a_long_word_is_broken_at_the_edge_of_the_page(qapp) -> None:
    with theme.on_paper():
        item = TextItem("```\n" + "x" * 400 + "\n```", 600, markdown=True)
        plain = TextItem("y" * 400, 600)
    assert item._document.idealWidth() <= 601
    assert plain._document.idealWidth() <= 601


def test_a_web_page_names_its_language(qapp) -> None:
    assert '<html lang="zh">' in write_html(content("蜜蜂住在蜂巢里，用花蜜酿造蜂蜜。")).decode()
    assert '<html lang="en">' in write_html(content("Bees live in hives and make honey.")).decode()
