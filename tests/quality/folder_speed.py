"""Seconds to index a folder: `python -m tests.quality.folder_speed [DOCUMENTS [PAGES]]`.

PDF documents are made of the words of the fixtures' texts, every page with a sentence of its own,
which is then searched for.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPageSize, QPainter, QPdfWriter

from mmdesk.tasks.folders import FolderIndex
from mmdesk.values import NeverCancelled
from mmdesk.workers import FileDecoder

TEXTS = Path(__file__).parents[1] / "fixtures" / "texts"
WORDS_PER_PAGE = 420


def write_pdf(path: Path, pages: list[str]) -> None:
    """Write a PDF document with a text layer."""
    writer = QPdfWriter(str(path))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setResolution(100)
    painter = QPainter(writer)
    for number, page in enumerate(pages):
        if number:
            writer.newPage()
        area = painter.viewport().adjusted(20, 20, -20, -20)
        painter.drawText(area, int(Qt.TextFlag.TextWordWrap), page)
    painter.end()


def make_folder(folder: Path, documents: int, pages: int) -> None:
    """Fill a folder with documents."""
    source = (TEXTS / "honeybee.txt").read_text(encoding="utf-8").split()
    chance = random.Random(1)
    for number in range(documents):
        texts = []
        for page in range(pages):
            start = chance.randrange(len(source) - WORDS_PER_PAGE)
            words = " ".join(source[start : start + WORDS_PER_PAGE])
            texts.append(f"The invoice K{number:03d}{page:02d} was paid in full. {words}")
        write_pdf(folder / f"document {number:03d}.pdf", texts)


def main(documents: int = 200, pages: int = 10) -> None:
    application = QGuiApplication.instance() or QGuiApplication([])
    with tempfile.TemporaryDirectory() as place:
        folder, home = Path(place, "papers"), Path(place, "home")
        folder.mkdir()
        make_folder(folder, documents, pages)
        for what in ("first time", "nothing changed", "one document changed"):
            if what == "one document changed":
                (folder / "document 000.pdf").rename(folder / "letter.pdf")
            index = FolderIndex(folder, home)
            began, computed = time.perf_counter(), sum(os.times()[:4])
            with FileDecoder(NeverCancelled()) as decoder:
                for _event in index.refresh(decoder, NeverCancelled()):
                    pass
            computed = sum(os.times()[:4]) - computed  # with the decoder child
            print(f"{what}: {time.perf_counter() - began:.1f} s, {computed:.1f} s of computing")
        began = time.perf_counter()
        found = index.search(f"Was the invoice K{documents - 1:03d}{pages - 1:02d} paid?")
        print(f"search: {time.perf_counter() - began:.2f} s, {[one.name for one in found]}")
    del application


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
