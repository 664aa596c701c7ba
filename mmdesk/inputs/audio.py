"""Audio decoding: any common format becomes mono float32 at 16 kHz, of bounded length."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mmdesk.errors import InputError
from mmdesk.inputs.file_type import is_mpeg_audio, kind_by_content
from mmdesk.inputs.open_file import DECODER_ERRORS, OpenedFile, opened
from mmdesk.translatable import TranslatableText
from mmdesk.values import SAMPLE_RATE, AudioInput

Samples = npt.NDArray[np.float32]

MAX_BYTES = 4_000_000_000
MAX_SECONDS = 3 * 3600
READABLE = TranslatableText("Supported formats: WAV, FLAC, MP3, OGG, M4A.")
_BLOCK_SECONDS = 10  # decoded at a time, so that hours of stereo are never in memory at once


def load_audio(source: Path | bytes, name: str | None = None) -> AudioInput:
    """Decode a sound file, or the sound of a video.

    Raises:
        InputError: no sound, damaged, without samples, with values that are no numbers, or longer
            than three hours.
    """
    with opened(source, name, MAX_BYTES, TranslatableText("The recording")) as src:
        try:
            with _decoder(src) as (blocks, rate):
                decoded = _resample(blocks, rate, src.name)
        except MemoryError:
            raise  # the file may be a sound all the same
        except DECODER_ERRORS:
            raise InputError(
                "{name} is not a sound file mmdesk can read.", READABLE, name=src.name
            ) from None
    return from_samples(decoded, SAMPLE_RATE, src.name)


def from_samples(samples: Samples, rate: int, name: str) -> AudioInput:
    """Return samples as a value at 16 kHz; those above full scale are scaled down.

    Args:
        samples: float32 mono [n].
        rate: their sample rate in Hz.
        name: used in error messages.

    Raises:
        InputError: no samples, or values that are not numbers.
    """
    if rate != SAMPLE_RATE:
        samples = _resample([samples], rate, name)
    if samples.size == 0:
        raise InputError("{name} is empty: it has no sound.", name=name)
    peak = float(np.abs(samples).max())
    if not np.isfinite(peak):
        raise InputError("{name} is damaged: some of its samples are not numbers.", name=name)
    if peak > 1.0:
        samples = samples / np.float32(peak)
    pcm = samples.astype("<f4", copy=False).tobytes()
    return AudioInput(name, pcm, hashlib.sha256(pcm).hexdigest())


def samples(audio: AudioInput) -> Samples:
    """Return the samples: float32 [n], read-only, at 16 kHz."""
    return np.frombuffer(audio.pcm, dtype="<f4")


def _resample(blocks: Iterable[Samples], rate: int, name: str) -> Samples:
    """Resample mono blocks at `rate` Hz to float32 [n] at 16 kHz.

    The length limit is checked while decoding, because headers may lie.
    """
    import soxr

    resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32")
    resampled, count = [], 0
    for block in blocks:
        resampled.append(resampler.resample_chunk(block))
        count += len(resampled[-1])
        if count > MAX_SECONDS * SAMPLE_RATE:
            raise InputError(
                "{name} is longer than {hours} hours.",
                "Cut it into parts.",
                name=name,
                hours=MAX_SECONDS // 3600,
            )
    resampled.append(resampler.resample_chunk(np.zeros(0, np.float32), last=True))
    return np.concatenate(resampled)


# --- decoders -------------------------------------------------------------------------------------


@contextmanager
def _decoder(src: OpenedFile) -> Iterator[tuple[Iterator[Samples], int]]:
    """Yield blocks of mono samples and their rate, decoded by libsndfile or by FFmpeg.

    MP3 goes to FFmpeg, too, and a file that is not audio is not tried at all: libsndfile takes any
    bytes for MP3, and its MP3 decoder complains on stderr.
    """
    head = src.head()
    container = _ffmpeg_format(head)
    if container is None and kind_by_content(head) != "audio":
        raise ValueError("no sound")
    if container is not None:
        with _ffmpeg(src, container) as opened_stream:
            yield opened_stream
        return
    import soundfile

    with soundfile.SoundFile(src.stream) as sound:
        yield _sndfile_blocks(sound), sound.samplerate


def _sndfile_blocks(sound: Any) -> Iterator[Samples]:
    size = sound.samplerate * _BLOCK_SECONDS
    while len(block := sound.read(size, dtype="float32", always_2d=True)):
        yield block.mean(axis=1, dtype=np.float32)


def _ffmpeg_format(head: bytes) -> str | None:
    """Return FFmpeg's name of the container, or None for what libsndfile decodes.

    FFmpeg never guesses the container, because a disguised playlist would make it open other files
    and addresses.
    """
    if head[4:8] == b"ftyp":
        return "mov"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "matroska"
    if head.startswith(b"0&\xb2u\x8ef\xcf\x11"):
        return "asf"
    if is_mpeg_audio(head):
        return "aac" if head[1] & 0xF6 == 0xF0 else "mp3"
    return "mp3" if head.startswith(b"ID3") else None


@contextmanager
def _ffmpeg(src: OpenedFile, container: str) -> Iterator[tuple[Iterator[Samples], int]]:
    import av

    with av.open(src.stream, format=container) as media:
        if not media.streams.audio:
            raise InputError("{name} has no sound in it.", READABLE, name=src.name)
        stream = media.streams.audio[0]
        yield _ffmpeg_blocks(media, stream), stream.rate


def _ffmpeg_blocks(media: Any, stream: Any) -> Iterator[Samples]:
    import av

    to_float = av.AudioResampler(format="fltp")  # channel layout and rate stay
    for frame in media.decode(stream):
        for planar in to_float.resample(frame):
            yield planar.to_ndarray().mean(axis=0, dtype=np.float32)
