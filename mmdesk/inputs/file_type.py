"""File type detection by the first bytes, since names lie and contents seldom do."""

from __future__ import annotations

from typing import Literal

FileKind = Literal["image", "audio", "document"]

_PREFIXES: tuple[tuple[bytes, FileKind], ...] = (
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"II*\0", "image"),
    (b"MM\0*", "image"),
    (b"fLaC", "audio"),
    (b"OggS", "audio"),
    (b"ID3", "audio"),
    (b"\x1aE\xdf\xa3", "audio"),  # Matroska, WebM
    (b"0&\xb2u\x8ef\xcf\x11", "audio"),  # ASF, WMA
    (b"PK\x03\x04", "document"),
    (b"\xd0\xcf\x11\xe0", "document"),  # OLE: an old or an encrypted Word file
)
_RIFF: dict[bytes, FileKind] = {b"WEBP": "image", b"WAVE": "audio"}
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
_AVIF_BRANDS = (b"avif", b"avis")
_SUFFIXES: dict[FileKind, str] = {
    "image": ".jpg .jpeg .jpe .png .webp .gif .bmp .tif .tiff .heic .heif .avif",
    "audio": ".wav .flac .mp3 .ogg .oga .opus .m4a .aac .mp4 .aif .aiff .webm",
    "document": ".txt .md .markdown .html .htm .pdf .docx .docm .dotx .dotm .odt .ott"
    " .eml .mht .mhtml .mbox",
}


def kind_by_content(head: bytes) -> FileKind | None:
    """Return the kind that the first bytes prove, or None; plain text proves nothing."""
    for prefix, kind in _PREFIXES:
        if head.startswith(prefix):
            return kind
    if head[:4] in (b"RIFF", b"RF64"):
        return _RIFF.get(head[8:12])
    if head[:4] == b"FORM" and head[8:11] == b"AIF":
        return "audio"
    if head[4:8] == b"ftyp":
        return "image" if head[8:12] in _HEIF_BRANDS + _AVIF_BRANDS else "audio"
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return "image"
    if b"%PDF-" in head[:1024]:
        return "document"
    return "audio" if is_mpeg_audio(head) else None


def is_mpeg_audio(head: bytes) -> bool:
    """Return whether this is a frame header of MP3 (layer III) or ADTS AAC.

    A UTF-16 byte-order mark is neither.
    """
    if len(head) < 4 or head[0] != 0xFF:
        return False
    layer_three = head[1] & 0xE6 == 0xE2 and head[2] & 0xF0 not in (0x00, 0xF0)
    return layer_three or head[1] & 0xF6 == 0xF0


def kind_by_suffix(suffix: str) -> FileKind | None:
    """Return the kind for an extension (with its dot, lower case), or None."""
    return next((kind for kind, known in _SUFFIXES.items() if suffix in known.split()), None)
