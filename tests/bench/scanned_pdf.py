"""Reading of a scanned PDF by the built-in OCR: seconds a page, memory, progress, stop, repetition.

    python -m tests.bench.scanned_pdf [PAGES]

The pages are drawn from a text of the tests at 150 dots per inch, as a flatbed scanner makes them.
"""

from __future__ import annotations

import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path

import psutil
from PIL import Image, ImageDraw, ImageFont

from mmdesk.engine.local import LocalEngine
from mmdesk.errors import Cancelled
from mmdesk.tasks import PageReader
from mmdesk.values import DocumentInput, NeverCancelled, Preparing
from mmdesk.workers import FileDecoder

TEXT = Path(__file__).parents[1] / "fixtures" / "texts" / "honeybee.txt"
PAGE = (1240, 1754)  # pixels of A4 at 150 dots per inch
LINES, WIDTH = 40, 72  # of a page
MEGABYTE = 1e6


def scanned_pdf(path: Path, pages: int) -> list[str]:
    """Write a PDF of pictures of text; return the text of each page."""
    lines = textwrap.wrap(" ".join(TEXT.read_text(encoding="utf-8").split()), WIDTH)
    lines *= 1 + pages * LINES // len(lines)
    font = ImageFont.load_default(size=26)
    drawn, texts = [], []
    for number in range(pages):
        text = "\n".join(lines[number * LINES : (number + 1) * LINES])
        image = Image.new("L", PAGE, "white")
        ImageDraw.Draw(image).multiline_text((110, 110), text, "black", font, spacing=10)
        drawn.append(image)
        texts.append(text)
    drawn[0].save(path, "PDF", save_all=True, append_images=drawn[1:], resolution=150)
    return texts


class Memory(threading.Thread):
    """Peak of the resident memory of this process and its children, in megabytes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0.0
        self._done = threading.Event()

    def run(self) -> None:
        """Look ten times a second."""
        own = psutil.Process()
        while not self._done.wait(0.1):
            total = 0
            for process in (own, *own.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.Error:
                    continue
            self.peak = max(self.peak, total / MEGABYTE)

    def stop(self) -> float:
        """Return the peak."""
        self._done.set()
        self.join()
        return self.peak


def read(
    reader: PageReader, engine: LocalEngine, document: DocumentInput, cancel: threading.Event
) -> tuple[DocumentInput, int]:
    """Return what was read, and how many steps of progress there were."""
    steps, shown = reader.read_document(engine, document, cancel), 0
    while True:
        try:
            shown += isinstance(next(steps), Preparing)
        except StopIteration as done:
            return done.value, shown


def share_of_words(read_text: str, text: str) -> float:
    """Return the share of the words of a text that stand anywhere in what was read."""
    found = set(read_text.split())
    return sum(word in found for word in text.split()) / len(text.split())


def stop_after(
    reader: PageReader, engine: LocalEngine, document: DocumentInput, pages: int
) -> float:
    """Stop the reading after some pages; return the seconds that it took to stop."""
    cancel, began = threading.Event(), 0.0
    try:
        for event in reader.read_document(engine, document, cancel):
            if isinstance(event, Preparing) and event.fraction * len(document.scanned) >= pages:
                cancel.set()
                began = began or time.perf_counter()
    except Cancelled:
        pass
    return time.perf_counter() - began


def main(pages: int) -> None:
    """Print the measurements."""
    engine, memory = LocalEngine(), Memory()
    with tempfile.TemporaryDirectory() as folder, FileDecoder(NeverCancelled()) as files:
        path = Path(folder) / "scan.pdf"
        texts = scanned_pdf(path, pages)
        document = files.load_document(path)
        print(f"{len(document.scanned)} scanned pages, {path.stat().st_size / MEGABYTE:.1f} MB")
        reader = PageReader(FileDecoder)
        memory.start()
        print(f"stopped after 3 pages: {stop_after(reader, engine, document, 3):.2f} s to stop")
        began = time.perf_counter()
        after, shown = read(reader, engine, document, threading.Event())
        seconds = time.perf_counter() - began
        print(f"the other {pages - 3} pages: {seconds / (pages - 3):.2f} s a page")
        print(f"{shown} steps of progress, {memory.stop():.0f} MB at most with the decoder")
        share = 100 * share_of_words(after.text, " ".join(texts))
        print(f"{share:.1f} % of the words stand anywhere in what was read")
        began = time.perf_counter()
        _again, shown = read(reader, engine, document, threading.Event())
        print(f"again: {time.perf_counter() - began:.3f} s, {shown} steps of progress")
    engine.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
