"""Photographs with captions: reading the collection, and which of its views keep the words true."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from mmdesk.errors import InputError

# A mirrored picture makes these words false, and turns writing into nonsense.
_SIDED = re.compile(
    r"\b(left|right|text|letters?|words?|writing|written|reads?|reading|says|numbers?|sign|logo"
    r"|#\d*|\d+)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Photo:
    """One photograph: its file's name, its split and its captions, as their authors wrote them."""

    image: str
    split: str
    captions: tuple[str, ...]

    @property
    def sided(self) -> bool:
        """Whether a caption would become false if the picture were mirrored."""
        return any(_SIDED.search(caption) for caption in self.captions)


@dataclass(frozen=True, slots=True)
class Collection:
    """captions.jsonl and images/ in one folder, in the file's order."""

    folder: Path
    photos: tuple[Photo, ...]

    def indices(self, *splits: str) -> list[int]:
        return [i for i, photo in enumerate(self.photos) if photo.split in splits]

    def path(self, index: int) -> Path:
        return self.folder / "images" / self.photos[index].image


def read_collection(folder: Path) -> Collection:
    """Read `folder`/captions.jsonl: one {image, split, captions} a line.

    Raises:
        InputError: the file is missing or a line of it cannot be used.
    """
    path = folder / "captions.jsonl"
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    photos = []
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            photos.append(Photo(entry["image"], entry["split"], tuple(entry["captions"])))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}, line {number}, is not a photograph's entry.") from error
    return Collection(folder, tuple(photos))
