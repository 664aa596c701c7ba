"""Pictures inside of documents: those that are not read are counted and told of."""

from __future__ import annotations

import base64
import io
import random
import zipfile
from collections.abc import Callable
from email.message import EmailMessage

import docx
import openpyxl
import openpyxl.drawing.image
import pptx
import pytest
from docx.shared import Cm
from PIL import Image

from mmdesk.inputs import load_document
from tests.inputs.test_docx_reader import p, word
from tests.inputs.test_more_formats import epub
from tests.inputs.test_odt_reader import odt

ONE = "One picture in it was not read."
THREE = "3 pictures in it were not read."


def picture(seed: int = 0, side: int = 60) -> bytes:
    """Return a PNG of noise, which does not compress to the size of an icon."""
    stream = io.BytesIO()
    noise = random.Random(seed).randbytes(side * side * 3)
    Image.frombytes("RGB", (side, side), noise).save(stream, "PNG")
    return stream.getvalue()


def word_file(*widths: float) -> bytes:
    document = docx.Document()
    document.add_paragraph("The report")
    for seed, width in enumerate(widths):
        document.add_picture(io.BytesIO(picture(seed)), Cm(width))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def old_word_file() -> bytes:
    shape = '<v:shape xmlns:v="urn:v" style="width:200pt;height:100.5pt"><v:imagedata/></v:shape>'
    return word(p(f"`The report`<w:r><w:pict>{shape}</w:pict></w:r>"))


def slides(*pictures: bytes) -> bytes:
    made = pptx.Presentation()
    for data in pictures:
        slide = made.slides.add_slide(made.slide_layouts[5])
        slide.shapes.title.text = "The harbour of Bergen, as it was planned in 1902"
        slide.shapes.add_picture(io.BytesIO(data), Cm(1), Cm(1), Cm(8), Cm(8))
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def workbook(*pictures: bytes) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["Item", "Amount"])
    for data in pictures:
        book.active.add_image(openpyxl.drawing.image.Image(io.BytesIO(data)))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def book(*pictures: bytes) -> bytes:
    shown = "".join(f"<p>A map.<img alt='map' src='img%20{n}.png'/></p>" for n in range(9))
    stream = io.BytesIO(epub(one=f"<h1>One</h1><p>{'It was dark. ' * 5}</p>{shown}"))
    with zipfile.ZipFile(stream, "a") as archive:
        for number, data in enumerate(pictures):
            archive.writestr(f"OEBPS/img {number}.png", data)
    return stream.getvalue()


def page(*pictures: bytes) -> bytes:
    sources = (base64.b64encode(data).decode() for data in pictures)
    shown = "".join(f'<img alt=x src="data:image/png;base64,{source}">' for source in sources)
    return f"<html><p>The report</p>{shown}<img src='photo.jpg'></html>".encode()


def rich_text(*twips: int) -> bytes:
    both = r"{\*\shppict{\pict\picwgoal%d\pichgoal%d\pngblip 89504e}}{\nonshppict{\pict 0}}"
    words = "The report on the harbour. " * 5
    shown = "".join(both % (side, side) for side in twips)
    return (r"{\rtf1\ansi " + words + shown + "}").encode()


def message(*pictures: bytes) -> bytes:
    made = EmailMessage()
    made["Subject"] = "Report"
    made.set_content("The report")
    made.add_alternative("<p>The report <img src='cid:0'></p>", subtype="html")
    html = made.get_payload()[1]
    for number, data in enumerate(pictures):
        html.add_related(data, "image", "png", cid=f"<{number}>")
    return made.as_bytes()


def frames(*sides: int) -> bytes:
    frame = '<draw:frame draw:width="{0}cm" draw:height="{0}cm"><draw:image/></draw:frame>'
    return odt(f"<text:p>Report{''.join(map(frame.format, sides))}</text:p>")


THREE_PICTURES = [picture(seed) for seed in range(3)]
ICON = picture(9, side=16)
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a.docx": (lambda: word_file(5), ONE),
    "b.docx": (lambda: word_file(5, 1, 6, 7), THREE),
    "old.docx": (old_word_file, ONE),
    "a.odt": (lambda: frames(3, 1), ONE),
    "b.odt": (lambda: frames(3, 4, 1, 5), THREE),
    "a.pptx": (lambda: slides(picture(), picture()), ONE),
    "b.pptx": (lambda: slides(*THREE_PICTURES), THREE),
    "a.xlsx": (lambda: workbook(picture(), ICON), ONE),
    "b.xlsx": (lambda: workbook(*THREE_PICTURES), THREE),
    "a.epub": (lambda: book(picture(), ICON), ONE),
    "b.epub": (lambda: book(*THREE_PICTURES), THREE),
    "a.html": (lambda: page(picture(), ICON), ONE),
    "b.html": (lambda: page(*THREE_PICTURES), THREE),
    "a.rtf": (lambda: rich_text(2000, 300), ONE),
    "b.rtf": (lambda: rich_text(2000, 2000, 300, 3000), THREE),
    "a.eml": (lambda: message(picture(), ICON), ONE),
    "b.eml": (lambda: message(*THREE_PICTURES), THREE),
}


@pytest.mark.parametrize("name", FILES)
def test_pictures_that_are_not_read_are_counted(name: str) -> None:
    make, told = FILES[name]
    assert told in load_document(make(), name).notices


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.docx", lambda: word_file(1)),
        ("a.odt", lambda: frames(1)),
        ("a.xlsx", lambda: workbook(ICON)),
        ("a.html", lambda: page(ICON)),
        ("a.rtf", lambda: rich_text(300)),
        ("a.eml", lambda: message(ICON)),
    ],
)
def test_icons_are_not_told_of(name: str, make: Callable[[], bytes]) -> None:
    assert load_document(make(), name).notices == ()


def test_scans_and_other_pictures_are_told_apart() -> None:
    assert load_document(word_file(16, 5), "a.docx").notices == (
        "A picture as large as a page is in it. Its text was not read.",
        ONE,
    )
