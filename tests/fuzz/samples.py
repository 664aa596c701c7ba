"""Small valid files of every format that mmdesk opens, by the name of their format."""

from __future__ import annotations

import io
from email.message import EmailMessage
from pathlib import Path

from PIL import Image

from tests.inputs.test_audio import encoded, encoded_by_ffmpeg, tone
from tests.inputs.test_document import pdf, word
from tests.inputs.test_docx_reader import word as word_body
from tests.inputs.test_odt_reader import odt

FIXTURES = Path(__file__).parents[1] / "fixtures" / "inputs"
PICTURES = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")
SOUNDS = {  # container -> codec of FFmpeg, or subtype of libsndfile
    "wav": "PCM_16", "flac": "PCM_16", "ogg": "VORBIS", "mp3": "MPEG_LAYER_III",
}  # fmt: skip
CONTAINERS = {"mp4": "aac", "matroska": "aac", "adts": "aac", "avi": "mp3"}
HTML = (
    "<!doctype html><html><head><meta charset=utf-8><title>T</title><style>p{}</style></head>"
    "<body><h1>Größe</h1><p>A &amp; b<br>c</p><ul><li>one<li>two</ul><table><tr><td>1<td>2"
    "</table><pre>x  y</pre><!-- hidden --><script>no()</script></body></html>"
)


def pictures(kind: str) -> list[bytes]:
    """Return pictures of 24 x 16 px in several modes."""
    found = []
    for mode in ("RGB", "RGBA", "L", "P", "1"):
        picture = Image.linear_gradient("L").resize((24, 16)).convert("RGB").convert(mode)
        stream = io.BytesIO()
        try:
            picture.save(stream, kind)
        except (OSError, ValueError):
            continue  # the format has no such mode
        found.append(stream.getvalue())
    return found


def sounds(kind: str) -> list[bytes]:
    """Return a tenth of a second of a tone."""
    sound = tone(0.1)
    if kind in SOUNDS:
        return [encoded(sound, 44_100, kind.upper(), SOUNDS[kind])]
    return [encoded_by_ffmpeg(kind, CONTAINERS[kind], sound)]


def texts() -> list[bytes]:
    """Return texts in several encodings."""
    text = "# Größe\n\nZwölf Boxkämpfer — 十二个拳击手。\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    latin = "Grüße aus Köln, schöne Tage und viele Äpfel.\n" * 3
    return [
        text.encode(),
        text.encode("utf-16"),
        latin.encode("cp1252"),
        ("这是一个测试。" * 20).encode("gb18030"),
        (FIXTURES / "sales.csv").read_bytes(),
    ]


def pdfs() -> list[bytes]:
    """Return PDF files with pages, fields and broken words."""
    files = [(FIXTURES / name).read_bytes() for name in ("form.pdf", "hyphens.pdf")]
    return [pdf(["First page", "Second page", ""]), *files]


def word_files() -> list[bytes]:
    """Return DOCX files: as Word writes them, and with notes and tracked changes."""
    body = "<w:p><w:r><w:t>a</w:t></w:r><w:del><w:r><w:delText>b</w:delText></w:r></w:del></w:p>"
    return [word(), word_body(body, footnotes="<w:footnote><w:p/></w:footnote>")]


def open_document_files() -> list[bytes]:
    """Return ODT files."""
    return [odt('<text:p>Open<text:s text:c="2"/>late</text:p><text:list><text:list-item/>'
                "</text:list><table:table><table:table-row><table:table-cell/></table:table-row>"
                "</table:table>")]  # fmt: skip


def mails() -> list[bytes]:
    """Return e-mails with parts, attachments and another mail inside."""
    inner, outer = EmailMessage(), EmailMessage()
    inner["Subject"] = "Größere Bestellung"
    inner.set_content("The first.", cte="base64")
    outer["From"], outer["Subject"] = "Anna Berg <anna@example.org>", "Re: Größe"
    outer.set_content("Wir möchten 240 Stühle.", cte="quoted-printable")
    outer.add_alternative("<p>Wir möchten <b>240</b></p>", subtype="html")
    outer.add_attachment(b"%PDF-", "application", "pdf", filename="Angebot.pdf")
    outer.add_attachment(inner)
    return [inner.as_bytes(), outer.as_bytes()]
