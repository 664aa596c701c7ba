"""OCR recall on synthetic images, whose text is known exactly."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Any, Protocol

from mmdesk.inputs import from_pil
from mmdesk.training.data.synthetic import COUNTS, SYNTHETIC_DEV, make_image
from mmdesk.values import ImageInput


class OcrResult(Protocol):
    """Text that OCR found."""

    @property
    def text(self) -> str:
        """Return the lines, separated by newlines."""
        ...


class OcrReader(Protocol):
    """`perception.TextReader`, or another OCR to compare it with."""

    def read(self, image: ImageInput) -> OcrResult:
        """Read the text in a picture."""
        ...


def words_found(written: str, read: str) -> tuple[int, int]:
    """Count the written words that were read (each as often as it is written), and all of them."""
    wanted, found = (Counter(re.findall(r"\w+", text.lower())) for text in (written, read))
    return (wanted & found).total(), wanted.total()


def measure_ocr(reader: OcrReader, pictures: int) -> dict[str, Any]:
    """Return the recall of written words, by kind, over `pictures` images that contain text."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    rows: list[dict[str, Any]] = []
    for number in range(COUNTS[SYNTHETIC_DEV]):
        image = make_image(SYNTHETIC_DEV, number)
        if not image.text or len(rows) == pictures:
            continue
        read = reader.read(from_pil(image.image, f"{SYNTHETIC_DEV}-{number}")).text
        found, total = words_found(image.text, read)
        for kind in (image.kind, "all"):
            counts[kind][0] += found
            counts[kind][1] += total
        rows.append({"number": number, "kind": image.kind, "written": image.text, "read": read})
    recall = {kind: round(found / total, 4) for kind, (found, total) in counts.items()}
    return {"pictures": len(rows), "words_read": recall, "pictures_read": rows}
