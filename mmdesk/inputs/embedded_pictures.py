"""Pictures inside of documents: which ones count, and what is said of those that are not read.

Icons, bullets and tracking pixels hold no words. They are not counted, or every document with a
logo would be told of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mmdesk.translatable import TranslatableText

LARGE_PICTURE = 200.0  # square centimetres; a page has 620
SMALL_PICTURE = 4.0  # square centimetres; smaller ones are icons
EMU_PER_CM = 360_000  # English Metric Units, in which Office measures drawings
_SMALL_BYTES = 2_000  # of a picture whose size on the page is not known
_DATA_PICTURE = re.compile(
    rb"src\s?=\s?[\"']?data:image/[\w.+-]{1,40};base64,([A-Za-z0-9+/=]*)", re.IGNORECASE
)
_ADDRESS = re.compile(rb"(?:src|href)\s?=\s?[\"']([^\"']+)")


def unread_pictures(areas: Iterable[float]) -> tuple[TranslatableText, ...]:
    """Return what to say of the pictures in a document.

    Args:
        areas: of each picture, in square centimetres. One that covers much of a page is told apart:
            it is a scan, and has all the text of the page in it.
    """
    counted = [area for area in areas if area >= SMALL_PICTURE]
    large = sum(area > LARGE_PICTURE for area in counted)
    return (*_large_picture_notices(large), *unread_picture_notices(len(counted) - large))


def unread_picture_notices(count: int) -> tuple[TranslatableText, ...]:
    """Return what to say of so many pictures that were not read."""
    if not count:
        return ()
    if count == 1:
        return (TranslatableText("One picture in it was not read."),)
    return (TranslatableText("{count} pictures in it were not read.", count=count),)


def _large_picture_notices(count: int) -> tuple[TranslatableText, ...]:
    if not count:
        return ()
    if count == 1:
        return (TranslatableText("A picture as large as a page is in it. Its text was not read."),)
    return (
        TranslatableText(
            "{count} pictures as large as a page are in it. Their text was not read.", count=count
        ),
    )


def is_counted(size: int) -> bool:
    """Return whether a picture counts whose size is known in bytes only."""
    return size >= _SMALL_BYTES


def data_pictures(page: bytes) -> int:
    """Return how many pictures a page of HTML holds in itself, in base64."""
    lengths = (match.end(1) - match.start(1) for match in _DATA_PICTURE.finditer(page))
    return sum(is_counted(length * 3 // 4) for length in lengths)


def linked_pictures(page: bytes) -> Iterator[str]:
    """Yield the addresses of the pictures that a page of HTML shows, as they are written."""
    for piece in page.split(b"<"):
        if piece.startswith((b"img", b"image", b"svg:image")) and (found := _ADDRESS.search(piece)):
            yield found[1].decode("utf-8", "replace")
