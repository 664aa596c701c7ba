"""A scanned PDF from the file to its text: drawn in the decoder child, read by the engine."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from mmdesk.engine.local import LocalEngine
from mmdesk.tasks import PageReader
from mmdesk.values import DocumentInput, DocumentRead, NeverCancelled, Preparing, split_pages
from mmdesk.workers import FileDecoder
from tests.fakes.folder_store import FolderStore


def scanned_page(*lines: str, turns: int = 0) -> Image.Image:
    page = Image.new("L", (1240, 1754), 248)
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(34)
    for number, line in enumerate(lines):
        draw.text((130, 160 + 60 * number), line, fill=30, font=font)
    return page.rotate(90 * turns, expand=True)


def test_scanned_pages_are_read_upright_and_on_their_page(tmp_path: Path) -> None:
    path = tmp_path / "contract.pdf"
    first = scanned_page("Contract of 3 May 2027", "The monthly fee is 310 euros.")
    second = scanned_page(
        "The keys are handed over at the north gate.", "Signed by Vogel.", turns=1
    )
    first.save(path, "PDF", resolution=150, save_all=True, append_images=[second])
    with FileDecoder(NeverCancelled()) as decoder:
        document = decoder.load_document(path)
    assert (document.text, document.scanned) == ("", (1, 2))
    engine = LocalEngine(FolderStore({}), threads=1)  # OCR needs no installed part
    read, shares = _read(engine, document)
    engine.close()
    pages = split_pages(read.text, read.page_starts)
    assert "310 euros" in pages[0]
    assert "north gate" in pages[1]
    assert "Signed by Vogel" in pages[1]
    assert read.notices == ()
    assert shares == sorted(shares)
    assert len(shares) > 4  # also within a page


def _read(engine: LocalEngine, document: DocumentInput) -> tuple[DocumentInput, list[float]]:
    steps = PageReader(FileDecoder).read_document(engine, document, NeverCancelled())
    events = list(steps)
    shares = [e.fraction for e in events if isinstance(e, Preparing) and e.fraction is not None]
    (read,) = [event.after for event in events if isinstance(event, DocumentRead)]
    return read, shares
