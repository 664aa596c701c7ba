"""The content of a paste or a drop: files, a picture, or text.

Spreadsheets and word processors put a picture of the selection beside its text: text wins there.
A browser's "copy image" puts the picture beside HTML that holds nothing but that image.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

from mmdesk.ui.image_view import png_bytes

LONG_PASTE = 2000  # characters; more than this becomes a document


@dataclass(frozen=True, slots=True)
class PastedContent:
    """Content of the clipboard or of a drag.

    Attributes:
        files: paths.
        png: an encoded picture.
        text: plain text. At most one of the three is set.
    """

    files: tuple[str, ...] = ()
    png: bytes = b""
    text: str = ""


def read(mime: QMimeData) -> PastedContent:
    """Return the content of MIME data; web addresses are text, nothing is downloaded."""
    files = tuple(url.toLocalFile() for url in mime.urls() if url.isLocalFile())
    if files:
        return PastedContent(files=files)
    text = mime.text() if mime.hasFormat("text/plain") or mime.hasUrls() else ""
    has_image = mime.hasImage() or mime.hasFormat("image/png")
    if text.strip() and not (has_image and _only_address(mime, text)):
        return PastedContent(text=text)
    if has_image:
        return PastedContent(png=_png(mime))
    return PastedContent(text=text)


def _only_address(mime: QMimeData, text: str) -> bool:
    """Return whether the text is only the address of the picture."""
    return mime.hasUrls() and len(text.split()) == 1 and text.startswith(("http:", "https:"))


def _png(mime: QMimeData) -> bytes:
    if mime.hasFormat("image/png"):
        return bytes(mime.data("image/png").data())
    image = mime.imageData()
    return png_bytes(image) if isinstance(image, QImage) and not image.isNull() else b""
