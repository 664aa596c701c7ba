"""How much of the text in made pictures is read: what is written there is known to the letter."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Any, Protocol

from mmdesk.inputs import from_pil
from mmdesk.training.data.synthetic import COUNTS, JUDGED, make
from mmdesk.values import ImageInput


class OcrResult(Protocol):
    """What a reader found."""

    @property
    def text(self) -> str: ...


class ReadsText(Protocol):
    """`perception.read.Reader`, or another one to compare it with."""

    def read(self, image: ImageInput) -> OcrResult: ...


def words_found(written: str, read: str) -> tuple[int, int]:
    """How many of the written words were read, each as often as it is written; and all of them."""
    wanted, found = (Counter(re.findall(r"\w+", text.lower())) for text in (written, read))
    return (wanted & found).total(), wanted.total()


def measure_reading(reader: ReadsText, pictures: int) -> dict[str, Any]:
    """Share of written words that are read, by kind, over so many pictures that hold text."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    rows: list[dict[str, Any]] = []
    for number in range(COUNTS[JUDGED]):
        made = make(JUDGED, number)
        if not made.text or len(rows) == pictures:
            continue
        read = reader.read(from_pil(made.image, f"{JUDGED}-{number}")).text
        right, total = words_found(made.text, read)
        for kind in (made.kind, "all"):
            found[kind][0] += right
            found[kind][1] += total
        rows.append({"number": number, "kind": made.kind, "written": made.text, "read": read})
    shares = {kind: round(right / total, 4) for kind, (right, total) in found.items()}
    return {"pictures": len(rows), "words_read": shares, "pictures_read": rows}
