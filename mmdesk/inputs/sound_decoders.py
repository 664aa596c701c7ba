"""Decoders of sound files: libsndfile, or FFmpeg for what libsndfile does not read.

Headers are not trusted: a sound may stand behind tags and zeros, and go on behind the end that its
header gives.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from mmdesk.errors import InputError
from mmdesk.inputs.file_type import (
    is_mpeg_audio,
    is_quicktime,
    is_transport_stream,
    kind_by_content,
)
from mmdesk.inputs.open_file import DECODER_ERRORS, OpenedFile
from mmdesk.translatable import TranslatableText

Samples = npt.NDArray[np.float32]
Blocks = tuple[Iterator[Samples], int]  # float32 [n, channels], and their rate in Hz

READABLE = TranslatableText("Supported formats: WAV, FLAC, MP3, OGG, M4A and most others.")
MAX_ZEROS = 16_000_000  # bytes before the sound
_BLOCK_SECONDS = 10  # decoded at a time, so that hours of stereo are never in memory at once


def decoder_errors() -> tuple[type[Exception], ...]:
    """Return what the decoders raise: FFmpeg's unnamed errors have a base of their own."""
    import av

    return (*DECODER_ERRORS, av.FFmpegError)


# --- headers --------------------------------------------------------------------------------------


class SoundFile:
    """Sound file from where its sound begins: behind ID3 tags and leading zeros.

    Attributes:
        name: of the file, for messages.
        head: the first bytes of the sound.
        size: bytes from there to the end of the file.
    """

    def __init__(self, src: OpenedFile, start: int) -> None:
        self.name = src.name
        self.size = src.size - start
        self._stream = src.stream
        self._start = start
        self.seek(0)
        self.head = self.read(4096)
        self.seek(0)

    @classmethod
    def at_start_of_sound(cls, src: OpenedFile) -> SoundFile:
        """Return the file from behind its tags and leading zeros, where a sound begins there."""
        start = 0
        while skipped := _skipped_bytes(src, start):
            start += skipped
        found = cls(src, start)
        return found if kind_by_content(found.head) == "audio" else cls(src, 0)

    def read(self, count: int = -1) -> bytes:
        """Read bytes, as of a binary file."""
        return self._stream.read(count)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Set the position, as of a binary file."""
        start = self._start if whence == os.SEEK_SET else 0
        return self._stream.seek(offset + start, whence) - self._start

    def tell(self) -> int:
        """Return the position, as of a binary file."""
        return self._stream.tell() - self._start


def _skipped_bytes(src: OpenedFile, start: int) -> int:
    """Return the bytes of the ID3v2 tag or the zeros at `start`; 0 where there are none."""
    src.stream.seek(start)
    head = src.stream.read(4096)
    src.stream.seek(0)
    if head[:3] == b"ID3" and len(head) >= 10:
        size = 0
        for byte in head[6:10]:  # seven bits each
            size = size << 7 | byte & 0x7F
        return 10 + size + (10 if head[5] & 0x10 else 0)
    zeros = len(head) - len(head.lstrip(b"\0"))
    if zeros in (0, len(head)) or start > MAX_ZEROS:
        return zeros if start <= MAX_ZEROS else 0
    # The first box of an MP4 and an MPEG start code begin with up to three zeros of their own.
    begins = [kind_by_content(head[max(0, zeros - own) :]) == "audio" for own in range(4)]
    return max(0, zeros - begins.index(True)) if True in begins else 0


def _is_unfinished_wav(sound: SoundFile) -> bool:
    """Return whether a WAV's samples go on behind the end that its header gives.

    A recorder writes the sizes when it stops; one that crashed leaves zeros or old values.
    """
    position, large_size = 12, 0
    if sound.head[:4] not in (b"RIFF", b"RF64") or sound.head[8:12] != b"WAVE":
        return False
    while position + 8 <= sound.size:
        sound.seek(position)
        chunk = sound.read(24)
        size = int.from_bytes(chunk[4:8], "little")
        if chunk[:4] == b"ds64":  # the sizes of a file of more than 4 GB
            large_size = int.from_bytes(chunk[16:24], "little")
        if chunk[:4] == b"data":
            is_large = sound.head[:4] == b"RF64" and size == 0xFFFFFFFF
            return _continues_at(sound, position + 8 + (large_size if is_large else size))
        position += 8 + size + size % 2
    return False


def _continues_at(sound: SoundFile, end: int) -> bool:
    rest = sound.size - end
    if rest < 1024:
        return False
    sound.seek(end + end % 2)
    chunk = sound.read(8)
    is_chunk = chunk[:4].isalnum() or chunk[:4].strip().isalnum()
    return not (is_chunk and int.from_bytes(chunk[4:8], "little") <= rest)


# --- decoders -------------------------------------------------------------------------------------

SoundDecoder = Callable[[SoundFile, list[TranslatableText]], AbstractContextManager[Blocks]]


def decoders(sound: SoundFile) -> tuple[SoundDecoder, ...]:
    """Return what may decode the file, best first: libsndfile or FFmpeg.

    MP3 goes to FFmpeg, too, and a file that is not audio is not tried at all: libsndfile takes any
    bytes for MP3, and its MP3 decoder complains on stderr.
    """
    if _is_unfinished_wav(sound):
        return (_unfinished_wav,)
    container = _ffmpeg_format(sound.head)
    if container is not None:
        return (partial(_ffmpeg, container=container),)
    if kind_by_content(sound.head) != "audio":
        return ()
    other = next(
        (name for magic, name in _LIBSNDFILE.items() if sound.head.startswith(magic)), None
    )
    return (_libsndfile, partial(_ffmpeg, container=other)) if other else (_libsndfile,)


@contextmanager
def _libsndfile(sound: SoundFile, notices: list[TranslatableText]) -> Iterator[Blocks]:
    import soundfile

    sound.seek(0)
    with soundfile.SoundFile(sound) as opened_file:
        yield _libsndfile_blocks(opened_file), opened_file.samplerate


def _libsndfile_blocks(opened_file: Any) -> Iterator[Samples]:
    size = opened_file.samplerate * _BLOCK_SECONDS
    while len(block := opened_file.read(size, dtype="float32", always_2d=True)):
        yield block


# What libsndfile decodes, and FFmpeg where libsndfile does not know the codec in it. FFmpeg never
# guesses the container, because a disguised playlist would make it open other files and addresses.
_LIBSNDFILE = {
    b"RIFF": "wav", b"RF64": "wav", b"RIFX": "wav", b"riff": "w64", b"fLaC": "flac", b"OggS": "ogg",
    b"FORM": "aiff", b"caff": "caf", b".snd": "au", b"Creative": "voc", b"NIST_1A": "nistsphere",
}  # fmt: skip
_FFMPEG = {
    b"\x1aE\xdf\xa3": "matroska", b"0&\xb2u\x8ef\xcf\x11": "asf", b"#!AMR": "amr", b"FLV": "flv",
    b".RMF": "rm", b"wvpk": "wv", b"TTA1": "tta", b"MPCK": "mpc8", b"\0\0\1\xba": "mpeg",
    b"ID3": "mp3", b"\x0bw": "ac3", b"MAC ": "ape", b"DSD ": "dsf",
}  # fmt: skip


def _ffmpeg_format(head: bytes) -> str | None:
    """Return FFmpeg's name of the container, or None for what libsndfile decodes."""
    if is_quicktime(head):
        return "mov"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "avi"
    if is_transport_stream(head):
        return "mpegts"
    if is_mpeg_audio(head):
        return "aac" if head[1] & 0xF6 == 0xF0 else "mp3"
    return next((name for magic, name in _FFMPEG.items() if head.startswith(magic)), None)


@contextmanager
def _unfinished_wav(sound: SoundFile, notices: list[TranslatableText]) -> Iterator[Blocks]:
    notices.append(
        TranslatableText(
            "{name} was not saved completely. Its sound was read to the end.", name=sound.name
        )
    )
    options = {"ignore_length": "1"}
    with _ffmpeg(sound, notices, container="wav", options=options) as blocks:
        yield blocks


@contextmanager
def _ffmpeg(
    sound: SoundFile,
    notices: list[TranslatableText],
    *,
    container: str,
    options: dict[str, str] | None = None,
) -> Iterator[Blocks]:
    import av

    sound.seek(0)
    with av.open(sound, format=container, options=options or {}) as media:
        if not media.streams.audio:
            raise InputError("{name} has no sound in it.", READABLE, name=sound.name)
        stream = media.streams.audio[0]
        yield _ffmpeg_blocks(media, stream, sound.name, notices), stream.rate


def _ffmpeg_blocks(
    media: Any, stream: Any, name: str, notices: list[TranslatableText]
) -> Iterator[Samples]:
    """Yield what can be decoded, where that is more than what cannot."""
    import av

    to_float = av.AudioResampler(format="fltp")  # channel layout and rate stay
    decoded = damaged = 0
    for packet in _packets(media, stream):
        try:
            frames = packet.decode() if packet else []
        except decoder_errors():
            frames = []
        damaged += not frames and (packet is None or packet.size > 0)
        for frame in frames:
            decoded += 1
            for planar in to_float.resample(frame):
                yield planar.to_ndarray().T
    if damaged > decoded:
        raise ValueError("mostly damaged")
    if damaged:
        notices.append(TranslatableText("{name} is damaged: parts of it are missing.", name=name))


def _packets(media: Any, stream: Any) -> Iterator[Any]:
    """Yield the packets, and None where the file breaks off."""
    try:
        yield from media.demux(stream)
    except decoder_errors():
        yield None
