"""Collection of captioned photographs, read from captions.jsonl."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from mmdesk.errors import InputError

# A mirrored picture makes these words false, and makes writing unreadable.
_SIDED = re.compile(
    r"\b(left|right|text|letters?|words?|writing|written|reads?|reading|says|numbers?|sign|logo"
    r"|#\d*|\d+)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Photo:
    """One photograph: the name of its file, its split and its captions as they were written."""

    image: str
    split: str
    captions: tuple[str, ...]

    @property
    def sided(self) -> bool:
        """Return True if a caption would become false in a mirrored picture."""
        return any(_SIDED.search(caption) for caption in self.captions)


@dataclass(frozen=True, slots=True)
class Collection:
    """Folder of captions.jsonl and images/; the photographs in the file's order."""

    folder: Path
    photos: tuple[Photo, ...]

    def indices(self, *splits: str) -> list[int]:
        """Return the indices of the photographs of these splits."""
        return [i for i, photo in enumerate(self.photos) if photo.split in splits]

    def path(self, index: int) -> Path:
        """Return the path of a photograph's file."""
        return self.folder / "images" / self.photos[index].image


def read_collection(folder: Path) -> Collection:
    """Read `folder`/captions.jsonl: one {image, split, captions} per line.

    Raises:
        InputError: the file is missing or a line of it cannot be used.
    """
    path = folder / "captions.jsonl"
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise InputError(
            "{path} cannot be read: {reason}.", path=path, reason=error.strerror
        ) from error
    photos = []
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            photos.append(Photo(entry["image"], entry["split"], tuple(entry["captions"])))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                "{path}: line {number} needs an image, a split and captions.",
                path=path,
                number=number,
            ) from error
    return Collection(folder, tuple(photos))
