"""Collection of captioned photographs, read from captions.jsonl and questions.jsonl."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mmdesk.errors import InputError

# A mirrored picture makes these words false, and makes writing unreadable.
_SIDED = re.compile(
    r"\b(left|right|text|letters?|words?|writing|written|reads?|reading|says|numbers?|sign|logo"
    r"|#\d*|\d+)\b",
    re.IGNORECASE,
)


QUESTIONS_ONLY = ("turned", "asked")
"""Splits of photographs that have questions by people, but no captions by people."""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """Question about a photograph that a data set has, with its answer as it was written.

    Attributes:
        text: the question.
        answer: its most common answer.
        kind: yes/no, number, other, object, color or location.
        source: data set, "VQA v2" or "COCO-QA".
    """

    text: str
    answer: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class Photo:
    """One photograph.

    Attributes:
        image: name of its file.
        split: of the data.
        captions: as they were written.
        asked: questions of the data set.
        folder: of the collection that it is from.
    """

    image: str
    split: str
    captions: tuple[str, ...]
    asked: tuple[AskedQuestion, ...] = ()
    folder: Path | None = None

    @property
    def sided(self) -> bool:
        """Return True if a text about it would become false in a mirrored picture."""
        texts = (*self.captions, *(f"{one.text} {one.answer}" for one in self.asked))
        return any(_SIDED.search(text) for text in texts)


@dataclass(frozen=True, slots=True)
class Collection:
    """Folder of captions.jsonl and images/, or several of them, one after the other.

    Attributes:
        folder: the first of them.
        photos: in the files' order.
        sizes: number of photographs of each folder.
    """

    folder: Path
    photos: tuple[Photo, ...]
    sizes: tuple[int, ...] = ()

    def indices(self, *splits: str) -> list[int]:
        """Return the indices of the photographs of these splits."""
        return [i for i, photo in enumerate(self.photos) if photo.split in splits]

    def by_source(self, *splits: str) -> list[list[int]]:
        """Return the indices of the photographs of these splits, folder by folder."""
        bounds = [0, *itertools.accumulate(self.sizes or (len(self.photos),))]
        indices = self.indices(*splits)
        return [
            [index for index in indices if start <= index < end]
            for start, end in itertools.pairwise(bounds)
        ]

    def path(self, index: int) -> Path:
        """Return the path of a photograph's file."""
        photo = self.photos[index]
        return (photo.folder or self.folder) / "images" / photo.image


def join_collections(collections: Sequence[Collection]) -> Collection:
    """Return one collection of the photographs of several, in order."""
    photos = [replace(photo, folder=one.folder) for one in collections for photo in one.photos]
    sizes = tuple(len(one.photos) for one in collections)
    return Collection(collections[0].folder, tuple(photos), sizes)


def read_collection(folder: Path) -> Collection:
    """Read `folder`/captions.jsonl: one {image, split, captions} per line.

    With a questions.jsonl ({image, question, answer, kind, from} per line) the photographs have
    questions too. Those that have nothing else follow at the end, in the split "asked".

    Raises:
        InputError: the first file is missing or a line of either cannot be used.
    """
    photos: dict[str, Photo] = {}
    for number, entry in _json_lines(folder / "captions.jsonl"):
        try:
            photo = Photo(entry["image"], entry["split"], tuple(entry["captions"]))
        except (KeyError, TypeError) as error:
            raise _unusable(folder / "captions.jsonl", number) from error
        photos[photo.image] = photo
    asked = _asked_questions(folder / "questions.jsonl")
    for image in sorted(asked.keys() - photos.keys()):
        photos[image] = Photo(image, "asked", ())
    found = (replace(one, asked=tuple(asked.get(one.image, ()))) for one in photos.values())
    return Collection(folder, tuple(found))


def _asked_questions(path: Path) -> dict[str, list[AskedQuestion]]:
    """Return the questions of the file by picture; none without the file."""
    asked: dict[str, list[AskedQuestion]] = {}
    if not path.exists():
        return asked
    for number, entry in _json_lines(path):
        try:
            question = AskedQuestion(
                entry["question"], entry["answer"], entry["kind"], entry["from"]
            )
            asked.setdefault(entry["image"], []).append(question)
        except (KeyError, TypeError) as error:
            raise InputError(
                "{path}: line {number} needs an image, a question and an answer.",
                path=path,
                number=number,
            ) from error
    return asked


def _json_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the number and the content of every line.

    Raises:
        InputError: the file cannot be read, or a line is not JSON.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise InputError(
            "{path} cannot be read: {reason}.", path=path, reason=error.strerror
        ) from error
    for number, line in enumerate(lines, 1):
        try:
            yield number, json.loads(line)
        except ValueError as error:
            raise _unusable(path, number) from error


def _unusable(path: Path, number: int) -> InputError:
    return InputError(
        "{path}: line {number} needs an image, a split and captions.", path=path, number=number
    )
