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
    (b"caff\0", "audio"),
    (b".snd\0", "audio"),  # AU
    (b"riff.\x91\xcf\x11", "audio"),  # Wave64
    (b"RIFX", "audio"),
    (b"#!AMR", "audio"),
    (b"FLV\1", "audio"),
    (b".RMF\0", "audio"),  # RealMedia
    (b"wvpk", "audio"),  # WavPack
    (b"TTA1", "audio"),
    (b"MPCK", "audio"),  # Musepack
    (b"Creative Voice File", "audio"),
    (b"NIST_1A\n", "audio"),
    (b"DSD \x1c\0\0\0", "audio"),
    (b"\x0bw", "audio"),  # AC-3
    (b"\0\0\1\xba", "audio"),  # MPEG program stream
    (b"PK\x03\x04", "document"),
    (b"{\\rtf", "document"),
    (b"\xd0\xcf\x11\xe0", "document"),  # OLE: an old or an encrypted Word file
)
_RIFF: dict[bytes, FileKind] = {b"WEBP": "image", b"WAVE": "audio", b"AVI ": "audio"}
_QUICKTIME_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip")
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
_AVIF_BRANDS = (b"avif", b"avis")
_SUFFIXES: dict[FileKind, str] = {
    "image": ".jpg .jpeg .jpe .png .webp .gif .bmp .tif .tiff .heic .heif .avif",
    "audio": ".wav .flac .mp3 .ogg .oga .opus .m4a .aac .mp4 .aif .aiff .aifc .webm"
    " .caf .au .snd .w64 .rf64 .amr .3gp .mov .mkv .mka .avi .wma .flv .wv .mpg .mpeg .mp2",
    "document": ".txt .md .markdown .html .htm .pdf .docx .docm .dotx .dotm .odt .ott"
    " .eml .mht .mhtml .mbox .rtf .epub .pptx .pptm .ppsx .potx .xlsx .xlsm .xltx .csv .tsv"
    " .srt .vtt",
}


def kind_by_content(head: bytes) -> FileKind | None:
    """Return the kind that the first bytes prove, or None; plain text proves nothing."""
    for prefix, kind in _PREFIXES:
        if head.startswith(prefix):
            return kind
    if head[:4] in (b"RIFF", b"RF64"):
        return _RIFF.get(head[8:12])
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC", b"8SVX", b"16SV"):
        return "audio"
    if head[4:8] == b"ftyp":
        return "image" if head[8:12] in _HEIF_BRANDS + _AVIF_BRANDS else "audio"
    if is_transport_stream(head) or is_quicktime(head):
        return "audio"
    if head[:4] == b"MAC " and head[5:6] in (b"\x0e", b"\x0f"):  # Monkey's Audio 3.x
        return "audio"
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return "image"
    if b"%PDF-" in head[:1024]:
        return "document"
    return "audio" if is_mpeg_audio(head) else None


def is_transport_stream(head: bytes) -> bool:
    """Return whether these are packets of an MPEG transport stream, with or without time stamps."""
    return head[0:565:188] == b"GGGG" or head[4:581:192] == b"GGGG"


def is_quicktime(head: bytes) -> bool:
    """Return whether this is MP4, or QuickTime as it was written before it named its kind."""
    return head[4:8] == b"ftyp" or (head[:1] == b"\0" and head[4:8] in _QUICKTIME_ATOMS)


def is_mpeg_audio(head: bytes) -> bool:
    """Return whether this is a frame header of MPEG audio (layer II or III) or ADTS AAC.

    A UTF-16 byte-order mark is neither.
    """
    if len(head) < 4 or head[0] != 0xFF:
        return False
    layer = head[1] & 0xE6 in (0xE2, 0xE4) and head[2] & 0xF0 not in (0x00, 0xF0)
    return layer or head[1] & 0xF6 == 0xF0


def kind_by_suffix(suffix: str) -> FileKind | None:
    """Return the kind for an extension (with its dot, lower case), or None."""
    return next((kind for kind, known in _SUFFIXES.items() if suffix in known.split()), None)
