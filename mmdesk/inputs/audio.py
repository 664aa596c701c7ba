"""Audio decoding: any common format becomes mono float32 at 16 kHz, of bounded length."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mmdesk.errors import InputError
from mmdesk.inputs.open_file import opened
from mmdesk.inputs.sound_decoders import READABLE, Samples, SoundFile, decoder_errors, decoders
from mmdesk.translatable import TranslatableText
from mmdesk.values import SAMPLE_RATE, AudioInput

MAX_BYTES = 4_000_000_000
MAX_SECONDS = 3 * 3600
SILENT_PEAK = 1e-4  # of full scale: less is the noise of a converter
SILENT_CHANNEL = 1e-4  # share of the loudest channel's energy: 40 dB below it
OPPOSITE_PHASE = 0.2  # correlation with the reference channel that turns a channel over, or back


def load_audio(source: Path | bytes, name: str | None = None) -> AudioInput:
    """Decode a sound file, or the sound of a video.

    Raises:
        InputError: no sound, damaged, without samples, with values that are no numbers, or longer
            than three hours.
    """
    with opened(source, name, MAX_BYTES, TranslatableText("The recording")) as src:
        sound = SoundFile.at_start_of_sound(src)
        decoded = None
        for decoder in decoders(sound):
            notices: list[TranslatableText] = []
            try:
                with decoder(sound, notices) as (blocks, rate):
                    decoded = _resample(_mixed(blocks), rate, src.name)
            except MemoryError:
                raise  # the file may be a sound all the same
            except decoder_errors():
                continue
            if decoded.size:  # a wrong header may promise none, and another decoder not believe it
                break
        if decoded is None:
            raise InputError("{name} is not a sound file mmdesk can read.", READABLE, name=src.name)
    audio = from_samples(decoded, SAMPLE_RATE, src.name)
    return replace(audio, notices=(*notices, *audio.notices))


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
    notices: tuple[TranslatableText, ...] = ()
    if peak < SILENT_PEAK:
        notices = (TranslatableText("{name} is silent: there is no sound in it.", name=name),)
    pcm = samples.astype("<f4", copy=False).tobytes()
    return AudioInput(name, pcm, hashlib.sha256(pcm).hexdigest(), notices=notices)


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


# --- channels -------------------------------------------------------------------------------------


def _mixed(blocks: Iterable[Samples]) -> Iterator[Samples]:
    mixer = ChannelMixer()
    for block in blocks:
        yield mixer.mix(block)


class ChannelMixer:
    """Mix of the channels to one, in which speech survives.

    The mean of two channels in opposite phase (a cable with its wires exchanged) is silence, and
    silent channels beside the one in use make it faint. What was heard so far decides: which
    channels are silent, and which are turned over.
    """

    def __init__(self) -> None:
        self._products = np.zeros((0, 0))  # float64 [channels, channels]: sums of x_i * x_j
        self._signs = np.zeros(0)
        self._reference = 0

    def mix(self, block: Samples) -> Samples:
        """Return float32 [n] of a block float32 [n, channels]."""
        channels = block.shape[1]
        if channels == 1 or not len(block):
            return block.mean(axis=1, dtype=np.float32)
        if len(self._signs) != channels:
            self._products, self._signs = np.zeros((channels, channels)), np.ones(channels)
        centred = (block - block.mean(axis=0)).astype(np.float64)
        if not np.isfinite(centred).all():
            return block.mean(axis=1, dtype=np.float32)
        self._products += centred.T @ centred
        audible = self._audible()
        weights = self._signs * audible / audible.sum()
        return block @ weights.astype(np.float32)

    def _audible(self) -> npt.NDArray[np.bool_]:
        """Return which channels are not silent, and update the signs of all."""
        energy = self._products.diagonal()
        loudest = energy.max()
        if loudest == 0:
            return np.ones(len(energy), np.bool_)
        if energy[self._reference] < 0.1 * loudest:
            self._reference = int(energy.argmax())
        own = energy[self._reference]
        correlation = self._products[self._reference] / np.sqrt(np.maximum(energy * own, 1e-30))
        self._signs[correlation < -OPPOSITE_PHASE] = -1
        self._signs[correlation > OPPOSITE_PHASE] = 1
        return np.asarray(energy > SILENT_CHANNEL * loudest)
