"""Small files that ask their decoders for enormous amounts of time or memory."""

from __future__ import annotations

import io
import zipfile


def nested_pdf(levels: int = 9, times: int = 10) -> bytes:
    """Return a PDF whose page draws a form that draws the next one `times` times, and so on."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</XObject<</X 5 0 R>>/Font<</F 6 0 R>>>>>>",
        _stream(b"", b"/X Do"),
        b"",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for level in range(levels):
        number = 5 if level == 0 else len(objects) + 1
        following = len(objects) + (1 if level == 0 else 2)
        last = level == levels - 1
        body = b"BT /F 12 Tf (word) Tj ET " if last else b"/X Do " * times
        resources = b"/Font<</F 6 0 R>>" if last else b"/XObject<</X %d 0 R>>" % following
        head = b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<<%s>>" % resources
        if number == 5:
            objects[4] = _stream(head, body)
        else:
            objects.append(_stream(head, body))
    return _pdf(objects)


def _stream(head: bytes, body: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (head, len(body), body)


def _pdf(objects: list[bytes]) -> bytes:
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n" % size
        + table
        + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(out))
    )


def docx_bomb(megabytes: int) -> bytes:
    """Return a DOCX of short paragraphs that unpacks to so many megabytes."""
    import docx

    stream = io.BytesIO()
    docx.Document().save(stream)
    swollen = io.BytesIO()
    paragraphs = b"<w:p><w:r><w:t>abc</w:t></w:r></w:p>" * 25_000
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(swollen, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "word/document.xml":
                before, end, after = data.partition(b"<w:sectPr")
                data = before + paragraphs * (megabytes * 10**6 // len(paragraphs)) + end + after
            new.writestr(entry.filename, data)
    return swollen.getvalue()
