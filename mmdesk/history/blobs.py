"""Files of pictures and sounds, named by their digest so that each is stored once.

A file is written under another name, flushed and renamed before the message that shows it is
committed: a message never points to half a picture. Files that no message points to are removed.
Pixels become PNG, samples become WAV (32-bit float): both come back bit for bit, and other
programs can open them.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Collection
from pathlib import Path

from mmdesk.errors import InputError
from mmdesk.private_files import make_private_folder
from mmdesk.values import SAMPLE_RATE, AudioInput, ImageInput

YOUNG_S = 3600.0  # age below which a file may belong to a message that is not committed yet
_SUFFIXES = {"picture": ".png", "sound": ".wav"}


class Blobs:
    """Content-addressed files under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str, kind: str) -> Path:
        """Return where a file is, or would be.

        Raises:
            InputError: the digest, which comes from outside at an import, is not a digest.
        """
        if not sha256.isalnum():
            raise InputError("{name!r} is not the name of an attachment.", name=sha256[:80])
        return self.folder / sha256[:2] / f"{sha256}{_SUFFIXES[kind]}"

    def save_picture(self, image: ImageInput) -> None:
        """Write a picture unless its file exists.

        Raises:
            OSError: the disk is full or the folder cannot be written.
        """

        def write(path: Path) -> None:
            from PIL import Image  # late: the window starts without it

            picture = Image.frombytes("RGB", (image.width, image.height), image.rgb)
            picture.save(path, "PNG", compress_level=1)

        if image.rgb:
            self._save(self.path(image.sha256, "picture"), write)

    def save_sound(self, audio: AudioInput) -> None:
        """Write a recording unless its file exists.

        Raises:
            OSError: the disk is full or the folder cannot be written.
        """

        def write(path: Path) -> None:
            import numpy as np
            import soundfile

            samples = np.frombuffer(audio.pcm, "<f4")
            soundfile.write(path, samples, SAMPLE_RATE, format="WAV", subtype="FLOAT")

        if audio.pcm:
            self._save(self.path(audio.sha256, "sound"), write)

    def picture(self, sha256: str, name: str) -> ImageInput | None:
        """Return a picture with its pixels; None when its file is missing or damaged."""
        from PIL import Image

        path = self.path(sha256, "picture")
        try:
            with Image.open(path) as picture:
                rgb = picture.convert("RGB")
                return ImageInput(name, rgb.width, rgb.height, rgb.tobytes(), sha256)
        except (OSError, SyntaxError, ValueError):  # Pillow raises all three for damaged files
            return None

    def sound(self, sha256: str) -> bytes:
        """Return samples as in AudioInput.pcm; empty when the file is missing or damaged."""
        import soundfile

        try:
            samples, _rate = soundfile.read(self.path(sha256, "sound"), dtype="float32")
        except (OSError, soundfile.SoundFileError):
            return b""
        return bytes(samples.astype("<f4").tobytes())

    def remove(self, sha256: str, kind: str) -> None:
        """Remove one file, if it exists."""
        with contextlib.suppress(OSError):
            self.path(sha256, kind).unlink()

    def remove_orphans(self, kept: Collection[str]) -> None:
        """Remove files whose digests are not among `kept`, and half-written ones.

        Young files stay: another process may be about to commit the message that shows them.
        """
        old = time.time() - YOUNG_S
        for path in self.folder.glob("*/*"):
            with contextlib.suppress(OSError):
                if path.stem not in kept and path.stat().st_mtime < old:
                    path.unlink()

    def _save(self, path: Path, write: Callable[[Path], None]) -> None:
        if path.exists():
            return
        make_private_folder(path.parent)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".half-", suffix=path.suffix)
        os.close(handle)
        half = Path(name)
        try:
            write(half)
            with half.open("rb+") as written:
                os.fsync(written.fileno())
            half.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                half.unlink()
            raise
