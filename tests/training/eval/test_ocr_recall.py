"""Recall of OCR."""

from __future__ import annotations

from dataclasses import dataclass

from mmdesk.training.eval.ocr_recall import measure_ocr, words_found
from mmdesk.values import ImageInput


@dataclass
class Found:
    text: str


class OneWordReader:
    """OCR that reads one word everywhere."""

    def read(self, image: ImageInput) -> Found:
        assert image.width > 0
        return Found("The the")


def test_words_count_as_often_as_they_are_written() -> None:
    assert words_found("The cat, the dog.", "the dog the cat") == (4, 4)
    assert words_found("the the the", "the") == (1, 3)
    assert words_found("cat", "cats dog") == (0, 1)


def test_recall_by_kind() -> None:
    report = measure_ocr(OneWordReader(), 4)
    assert report["pictures"] == 4
    assert set(report["words_read"]) == {"page", "screenshot", "chart", "sign", "all"}
    assert 0 < report["words_read"]["page"] < 0.5
    assert report["words_read"]["sign"] == 0.0
