"""Loader for a file of unknown kind: detects the kind and calls the loader for it."""

from __future__ import annotations

from pathlib import Path

from mmdesk.errors import InputError
from mmdesk.inputs.audio import load_audio
from mmdesk.inputs.document import load_document
from mmdesk.inputs.encoding import looks_like_text
from mmdesk.inputs.file_type import FileKind, kind_by_content, kind_by_suffix
from mmdesk.inputs.image import load_image
from mmdesk.inputs.open_file import opened
from mmdesk.translatable import TranslatableText
from mmdesk.values import AudioInput, DocumentInput, ImageInput

_ANY_SIZE = 1 << 62  # the loader for the kind checks its own limit


def load_any(path: Path) -> ImageInput | AudioInput | DocumentInput:
    """Load a picture, a sound or a document.

    The content decides; the extension only where the content proves nothing.

    Raises:
        InputError: the file cannot be read, or is none of the three.
    """
    kind = _kind_of(path)
    if kind == "image":
        return load_image(path)
    if kind == "audio":
        return load_audio(path)
    return load_document(path)


def _kind_of(path: Path) -> FileKind:
    with opened(path, None, _ANY_SIZE, TranslatableText("The file")) as source:
        head = source.head()
        kind = kind_by_content(head) or kind_by_suffix(source.suffix)
        if kind is None and looks_like_text(head):
            return "document"
        if kind is None:
            raise InputError(
                "mmdesk can't open {name}.",
                "Pictures: JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC. Sound: WAV, FLAC, MP3, OGG, M4A."
                " Documents: TXT, MD, HTML, PDF, DOCX, ODT, RTF, EPUB, PPTX, XLSX, CSV, EML.",
                name=source.name,
            )
        return kind
