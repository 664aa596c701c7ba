"""Pictures and sounds as files, named by what they hold: the same one is kept once.

A file is written under another name, flushed and renamed before the message that shows it is
committed: a message never points to half a picture. Files nobody points to any more are swept.
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

YOUNG_S = 3600.0
_SUFFIXES = {"picture": ".png", "sound": ".wav"}


class Blobs:
    """The files under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str, kind: str) -> Path:
        """Where the file is, or would be. The digest comes from outside at an import."""
        if not sha256.isalnum():
            raise InputError(f"{sha256[:80]!r} is not a digest.")
        return self.folder / sha256[:2] / f"{sha256}{_SUFFIXES[kind]}"

    def keep_picture(self, image: ImageInput) -> None:
        """Write the picture unless it is there.

        Raises:
            OSError: the disk is full or the folder cannot be written.
        """

        def write(path: Path) -> None:
            from PIL import Image  # late: the window starts without it

            picture = Image.frombytes("RGB", (image.width, image.height), image.rgb)
            picture.save(path, "PNG", compress_level=1)

        if image.rgb:
            self._keep(self.path(image.sha256, "picture"), write)

    def keep_sound(self, audio: AudioInput) -> None:
        """Write the recording unless it is there. Raises OSError as above."""

        def write(path: Path) -> None:
            import numpy as np
            import soundfile

            samples = np.frombuffer(audio.pcm, "<f4")
            soundfile.write(path, samples, SAMPLE_RATE, format="WAV", subtype="FLOAT")

        if audio.pcm:
            self._keep(self.path(audio.sha256, "sound"), write)

    def picture(self, sha256: str, name: str) -> ImageInput | None:
        """The picture with its pixels; None when its file is missing or damaged."""
        from PIL import Image

        path = self.path(sha256, "picture")
        try:
            with Image.open(path) as picture:
                rgb = picture.convert("RGB")
                return ImageInput(name, rgb.width, rgb.height, rgb.tobytes(), sha256)
        except (OSError, SyntaxError, ValueError):  # Pillow raises all three for damaged files
            return None

    def sound(self, sha256: str) -> bytes:
        """The samples as in AudioInput.pcm; empty when the file is missing or damaged."""
        import soundfile

        try:
            samples, _rate = soundfile.read(self.path(sha256, "sound"), dtype="float32")
        except (OSError, soundfile.SoundFileError):
            return b""
        return bytes(samples.astype("<f4").tobytes())

    def remove(self, sha256: str, kind: str) -> None:
        """Remove a file that nobody points to any more."""
        with contextlib.suppress(OSError):
            self.path(sha256, kind).unlink()

    def sweep(self, kept: Collection[str]) -> None:
        """Remove the files whose digests are not among `kept`, and what a kill left half done.

        Young ones stay: another process may be about to commit the message that shows them.
        """
        old = time.time() - YOUNG_S
        for path in self.folder.glob("*/*"):
            with contextlib.suppress(OSError):
                if path.stem not in kept and path.stat().st_mtime < old:
                    path.unlink()

    def _keep(self, path: Path, write: Callable[[Path], None]) -> None:
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
