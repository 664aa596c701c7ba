"""Files of pictures and sounds, named by their digest so that each is stored once.

A file is written under another name, flushed and renamed before the message that shows it is
committed: a message never points to half a picture. Files that no message points to are removed.
Pixels become PNG, samples become WAV (32-bit float): both come back bit for bit, and other
programs can open them, unless the history is encrypted: then the files and their names are.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import struct
import tempfile
import time
import warnings
import zlib
from collections.abc import Callable, Collection
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from mmdesk.errors import InputError
from mmdesk.private_files import make_private_folder
from mmdesk.values import SAMPLE_RATE, AudioInput, ImageInput

if TYPE_CHECKING:
    from PIL.Image import Image

    from mmdesk.history.encryption.data_key import DataKey

YOUNG_S = 3600.0  # age below which a file may belong to a message that is not committed yet
MAX_EDGE = 2048  # px of a stored picture, as `inputs` makes them
_DIGEST = re.compile("[0-9A-Za-z]{1,64}")  # of the form of file names that can do no harm
_SUFFIXES = {"picture": ".png", "sound": ".wav"}
BLOB_FOLDERS = ("attachments", "attachments.encrypted")  # of a plain and an encrypted history


# Pillow raises all of these for damaged files, and for ones of too many pixels.
_PICTURE_ERRORS = (OSError, InputError, SyntaxError, ValueError, ArithmeticError, MemoryError)


class Blobs:
    """Content-addressed files under one folder."""

    def __init__(self, folder: Path, key: DataKey | None = None) -> None:
        """Take the folder, and the key of an encrypted history."""
        self.folder = folder
        self._key = key

    def path(self, sha256: str, kind: str) -> Path:
        """Return where a file is, or would be.

        Raises:
            InputError: the digest, which may have come from outside, is not a digest.
        """
        if not _DIGEST.fullmatch(sha256):
            raise InputError("{name!r} is not the name of an attachment.", name=sha256[:80])
        name = f"{sha256}{_SUFFIXES[kind]}"
        if self._key is not None:
            name = self._key.file_name(name)
        return self.folder / name[:2] / name

    def save_picture(self, image: ImageInput) -> None:
        """Write a picture unless its file has these very pixels already.

        Raises:
            OSError: the disk is full or the folder cannot be written.
        """

        def write(stream: BytesIO) -> None:
            from PIL import Image  # late: the window starts without it

            picture = Image.frombytes("RGB", (image.width, image.height), image.rgb)
            picture.save(stream, "PNG", compress_level=1)

        if image.rgb and not self.picture_png(image.sha256):
            self._save(image.sha256, "picture", write)

    def save_sound(self, audio: AudioInput) -> None:
        """Write a recording unless its file has these very samples already.

        Raises:
            OSError: the disk is full or the folder cannot be written.
        """

        def write(stream: BytesIO) -> None:
            import numpy as np
            import soundfile

            samples = np.frombuffer(audio.pcm, "<f4")
            soundfile.write(stream, samples, SAMPLE_RATE, format="WAV", subtype="FLOAT")

        if audio.pcm and hashlib.sha256(self.sound(audio.sha256)).hexdigest() != audio.sha256:
            self._save(audio.sha256, "sound", write)

    def picture(self, sha256: str, name: str) -> ImageInput | None:
        """Return a picture with its pixels; None when its file is missing or damaged."""
        try:
            rgb = _pixels(self._read(sha256, "picture"))
        except _PICTURE_ERRORS:
            return None
        return ImageInput(name, rgb.width, rgb.height, rgb.tobytes(), sha256)

    def picture_png(self, sha256: str) -> bytes:
        """Return a picture's PNG file; empty when it is missing, damaged or another picture."""
        try:
            data = self._read(sha256, "picture")
        except (OSError, InputError):
            return b""
        return data if picture_from_png(data, "", sha256) is not None else b""

    def sound(self, sha256: str) -> bytes:
        """Return samples as in AudioInput.pcm; empty when the file is missing or damaged."""
        import soundfile

        try:
            stream = BytesIO(self._read(sha256, "sound"))
            samples, _rate = soundfile.read(stream, dtype="float32")
        except (OSError, InputError, soundfile.SoundFileError):
            return b""
        return bytes(samples.astype("<f4").tobytes())

    def _read(self, sha256: str, kind: str) -> bytes:
        path = self.path(sha256, kind)
        if not path.is_file():  # nor a pipe, which would never end
            raise FileNotFoundError(path)
        data = path.read_bytes()
        return data if self._key is None else self._key.decrypt(data, path.name)[1]

    def remove(self, sha256: str, kind: str) -> None:
        """Remove one file, if it exists."""
        with contextlib.suppress(OSError, InputError):
            self.path(sha256, kind).unlink()

    def remove_orphans(self, kept: Collection[str]) -> None:
        """Remove files whose digests are not among `kept`, and half-written ones.

        Young files stay: another process may be about to commit the message that shows them.
        """
        old = time.time() - YOUNG_S
        if self._key is not None:
            suffixes = _SUFFIXES.values()
            kept = {self._key.file_name(digest + end) for digest in kept for end in suffixes}
        for path in self.folder.glob("*/*"):
            with contextlib.suppress(OSError):
                if path.stem not in kept and path.stat().st_mtime < old:
                    path.unlink()

    def _save(self, sha256: str, kind: str, write: Callable[[BytesIO], None]) -> None:
        stream, path = BytesIO(), self.path(sha256, kind)
        write(stream)
        data = stream.getvalue()
        if self._key is not None:
            data = self._key.encrypt(data, f"{sha256}{_SUFFIXES[kind]}")
        save_whole(path, data)


def save_whole(path: Path, data: bytes) -> None:
    """Write a file, flushed to the disk, whole or not at all.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    make_private_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".half-", suffix=path.suffix)
    half = Path(name)
    try:
        with open(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        half.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            half.unlink()
        raise


def picture_from_png(data: bytes, name: str, sha256: str) -> ImageInput | None:
    """Return a picture from the bytes of a PNG file.

    Returns:
        None where they are damaged, larger than any stored picture, or not those of the digest.
    """
    from mmdesk.inputs import from_pil

    try:
        image = from_pil(_pixels(data), name)
    except _PICTURE_ERRORS:
        return None
    return image if image.sha256 == sha256 else None


def _pixels(data: bytes) -> Image:
    """Decode a PNG file of bounded size.

    Raises:
        OSError, SyntaxError, ValueError, ArithmeticError, MemoryError: it is damaged or too large.
    """
    from PIL import Image  # late: the window starts without it

    try:
        with warnings.catch_warnings(), Image.open(BytesIO(data), formats=("PNG",)) as picture:
            warnings.simplefilter("ignore")
            if max(picture.size) > MAX_EDGE:
                raise ValueError(f"a picture of {picture.width} × {picture.height} pixels")
            return picture.convert("RGB")
    except (Image.DecompressionBombError, struct.error, zlib.error, EOFError) as error:
        raise ValueError(str(error)) from error
