"""Pages of documents are drawn in the decoder child."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmdesk.errors import InputError
from mmdesk.values import NeverCancelled
from mmdesk.workers import FileDecoder
from tests.inputs.hostile import nested_pdf
from tests.inputs.test_document import SCAN, pdf


def test_scanned_pages_are_drawn_from_a_path_and_from_bytes(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf(["Text", SCAN]))
    with FileDecoder(NeverCancelled()) as decoder:
        by_path = decoder.load_document(path)
        by_bytes = decoder.load_document(path.read_bytes(), "standard input")
        assert (by_path.path, by_bytes.path) == (str(path), "")
        pages = [decoder.load_page(document, 2) for document in (by_path, by_bytes)]
    assert pages[0].rgb == pages[1].rgb
    assert (pages[0].width, pages[0].height) == (1479, 1914)


def test_a_page_that_never_ends_is_given_up(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("mmdesk.workers.file_decoder.LIMIT_S", 10.0)
    path = tmp_path / "bomb.pdf"
    path.write_bytes(nested_pdf())
    with FileDecoder(NeverCancelled()) as decoder, pytest.raises(InputError, match=r"bomb\.pdf"):
        decoder.load_document(path)
