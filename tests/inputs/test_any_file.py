"""The kind of a file is told from its contents, and only then from its name."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from mmdesk.errors import InputError
from mmdesk.inputs import load_any
from mmdesk.inputs.file_type import kind_by_content
from mmdesk.values import AudioInput, DocumentInput, ImageInput


def picture() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (4, 4)).save(stream, "PNG")
    return stream.getvalue()


def sound() -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, np.full(1600, 0.1, "f4"), 16_000, format="FLAC")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("picture.txt", picture(), ImageInput),
        ("sound.png", sound(), AudioInput),
        ("words", b"Some words.", DocumentInput),
        ("code.py", b"print('hello')", DocumentInput),
        ("marked", "你好".encode("utf-16"), DocumentInput),
    ],
)
def test_content_goes_before_the_name(name: str, data: bytes, kind: type, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    loaded = load_any(path)
    assert isinstance(loaded, kind)
    assert loaded.name == name


@pytest.mark.parametrize(
    ("name", "reason"),
    [("a.png", "is not a picture"), ("a.wav", "is not a sound"), ("a.pdf", "is not a PDF")],
)
def test_the_name_decides_where_content_is_unknown(name: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"\x01\x02 nothing known")
    with pytest.raises(InputError, match=reason):
        load_any(path)


def test_unknown_junk_lists_what_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "data.bin"
    path.write_bytes(bytes(range(1, 256)))
    with pytest.raises(InputError, match=r"mmdesk can't open data\.bin") as caught:
        load_any(path)
    assert "HEIC" in caught.value.hint


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0\0\0\x18ftypheic", "image"),
        (b"\0\0\0\x18ftypM4A ", "audio"),
        (b"RIFF\0\0\0\0WAVE", "audio"),
        (b"RIFF\0\0\0\0AVI ", "audio"),
        (b"RIFF\0\0\0\0ACON", None),
        (b"caff\0\1\0\0", "audio"),
        (b"#!AMR\n", "audio"),
        ((b"G" + bytes(187)) * 4, "audio"),
        ((bytes(4) + b"G" + bytes(187)) * 4, "audio"),
        (b"Going to the Grand Gallery " * 30, None),
        (b"MAC addresses of the office", None),
        (b".snd is a folder", None),
        (b"BM\x10\0\0\0\0\0\0\0", "image"),
        (b"BMW is a company", None),
        (b"\xff\xfe" + "A".encode("utf-16-le") * 8, None),
        (b"\xff\xfb\x90\x00", "audio"),
        (b"\xff\xf1\x50\x80", "audio"),
        (b"\n\n%PDF-1.4", "document"),
        (b"plain", None),
    ],
)
def test_first_bytes(head: bytes, kind: str | None) -> None:
    assert kind_by_content(head) == kind
