"""Recording from a microphone, or from a file played in its place.

No models are used here. The sound library is imported when a device is first needed: it wants a
system library that may be missing, and the rest must work without it.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from mmdesk.errors import InputError, MMDeskError
from mmdesk.inputs.audio import Samples, from_samples, load_audio, samples
from mmdesk.translatable import TranslatableText
from mmdesk.values import SAMPLE_RATE, AudioInput

FILE_PREFIX = "file:"
MAX_SECONDS = 30 * 60  # older sound is dropped: a forgotten recording must not fill memory
BLOCK_SECONDS = 0.03
FIRST_BLOCK_TIMEOUT_S = 1.0  # a Bluetooth microphone takes its time to wake up
QUIETEST_DB = -60.0  # level 0; full scale is level 1
BANDS = 32  # of a spectrum, from 80 Hz to 8 kHz, equally wide in octaves
CONNECT_HINT = TranslatableText(
    "Plug in a microphone, or allow access to it in the system settings."
)


class InputDevice(Protocol):
    """Source of mono blocks at `rate` Hz, which it passes to the function given to `open`."""

    name: str
    rate: int

    def open(self, take: Callable[[Samples], None], ended: Callable[[], None]) -> None:
        """Begin to pass blocks to `take`; `ended` is called when the device stops by itself."""
        ...

    def close(self) -> None:
        """Stop; no block is passed any more."""
        ...


class Microphone:
    """One recording.

    Args:
        device: a name of `input_devices()`, "" for the system's default, or "file:PATH" for a
            sound file that is played in real time in the microphone's place.
    """

    def __init__(self, device: str = "") -> None:
        self._wanted = device
        self._device: InputDevice | None = None
        self._blocks: deque[Samples] = deque()
        self._kept = 0  # samples in the blocks
        self._dropped = 0  # samples that were dropped before them
        self._lock = threading.Lock()
        self._arrived = threading.Event()
        self._disconnected = False
        self._on_level: Callable[[float], None] = lambda level: None

    def start(self, on_level: Callable[[float], None]) -> None:
        """Start recording; on return the device is delivering sound.

        Args:
            on_level: called in the device's thread with the level of each block, 0..1.

        Raises:
            InputError: there is no such device, or the file cannot be played.
            MMDeskError: the device cannot be opened, or the sound library is missing.
        """
        self._on_level = on_level
        self._device = input_device(self._wanted)
        self._device.open(self._add_block, self._on_ended)
        self._arrived.wait(FIRST_BLOCK_TIMEOUT_S)

    def stop(self, since_s: float = 0.0) -> AudioInput:
        """Stop and return the recording; after a disconnection, the part before it.

        Args:
            since_s: seconds to leave out at the beginning.

        Raises:
            InputError: nothing was recorded.
        """
        if self._device is not None:
            self._device.close()
        return self.snapshot(since_s)

    def snapshot(self, since_s: float = 0.0) -> AudioInput:
        """Return the recording so far; recording goes on.

        Args:
            since_s: seconds to leave out at the beginning.

        Raises:
            InputError: nothing was recorded.
        """
        with self._lock:
            blocks, dropped = list(self._blocks), self._dropped
        if self._device is None or not blocks:
            raise self._nothing_recorded()
        skipped = max(0, round(since_s * self._device.rate) - dropped)
        recorded = np.concatenate(_without_first(blocks, skipped))
        return from_samples(recorded, self._device.rate, self._device.name)

    def spectrum(self) -> list[float]:
        """Return the levels of the newest block's bands, from low to high, 0..1 each."""
        with self._lock:
            block = self._blocks[-1] if self._blocks else np.zeros(0, np.float32)
        return spectrum(block, self._device.rate if self._device is not None else SAMPLE_RATE)

    def _nothing_recorded(self) -> InputError:
        if self._disconnected:
            return InputError(
                "Nothing was recorded: the microphone was disconnected.", CONNECT_HINT
            )
        return InputError("Nothing was recorded: no sound came from the microphone.", CONNECT_HINT)

    def _add_block(self, block: Samples) -> None:
        with self._lock:
            self._blocks.append(block)
            self._kept += len(block)
            while self._device is not None and self._kept > MAX_SECONDS * self._device.rate:
                size = len(self._blocks.popleft())
                self._kept -= size
                self._dropped += size
        self._arrived.set()
        self._on_level(level(block))

    def _on_ended(self) -> None:
        """Handle a device that stopped by itself: unplugged, or the file is over."""
        self._disconnected = True
        self._arrived.set()
        self._on_level(0.0)


def _without_first(blocks: list[Samples], skipped: int) -> list[Samples]:
    """Return the blocks after `skipped` samples; at least the last one, whole."""
    start = 0
    while start < len(blocks) - 1 and skipped >= len(blocks[start]):
        skipped -= len(blocks[start])
        start += 1
    first = blocks[start]
    return [first[skipped:] if skipped < len(first) else first, *blocks[start + 1 :]]


def level(block: Samples) -> float:
    """Return the level of float32 samples [n]: RMS in decibels, -60 dB -> 0, 0 dB -> 1."""
    if block.size == 0:
        return 0.0
    rms = math.sqrt(float(np.mean(np.square(block, dtype=np.float64))))
    if not rms > 0.0:  # silence, or NaN from a broken driver
        return 0.0
    return min(max(1.0 - 20.0 * math.log10(rms) / QUIETEST_DB, 0.0), 1.0)


def spectrum(block: Samples, rate: int) -> list[float]:
    """Return the level of each band of float32 samples [n]: -80 dB -> 0, -10 dB -> 1."""
    if block.size < 64:
        return [0.0] * BANDS
    power = np.square(np.abs(np.fft.rfft(block * np.hanning(block.size))) * 4 / block.size)
    edges = np.geomspace(80, min(8000, rate / 2), BANDS + 1) * block.size / rate
    first = np.minimum(edges[:-1].astype(int), power.size - 1)
    last = np.clip(edges[1:].astype(int), first + 1, power.size)
    bands = [float(power[a:b].max()) for a, b in zip(first, last, strict=True)]
    return [min(1.0, max(0.0, (10 * math.log10(band + 1e-12) + 80) / 70)) for band in bands]


def input_devices() -> list[str]:
    """Return the names of the devices that can record.

    Raises:
        MMDeskError: the sound library is missing.
    """
    sounddevice = sound_library()
    return list(dict.fromkeys(device["name"] for device in _inputs(sounddevice)))


def input_device(wanted: str) -> InputDevice:
    """Return the device that `Microphone` would record from.

    Raises:
        InputError: there is none of this name, or the file cannot be played.
        MMDeskError: the sound library is missing.
    """
    if wanted.startswith(FILE_PREFIX):
        return _PlayedFile(Path(wanted.removeprefix(FILE_PREFIX)).expanduser())
    return _SoundCard(wanted)


# --- a file in the microphone's place -----------------------------------------------------------


class _PlayedFile:
    def __init__(self, path: Path) -> None:
        audio = load_audio(path)
        self.name, self.rate = audio.name, SAMPLE_RATE
        self._samples = samples(audio)
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def open(self, take: Callable[[Samples], None], ended: Callable[[], None]) -> None:
        self._thread = threading.Thread(
            target=self._play, args=(take, ended), name="played microphone", daemon=True
        )
        self._thread.start()

    def _play(self, take: Callable[[Samples], None], ended: Callable[[], None]) -> None:
        size = round(self.rate * BLOCK_SECONDS)
        for start in range(0, len(self._samples), size):
            take(self._samples[start : start + size])
            if self._stopped.wait(BLOCK_SECONDS):
                return
        ended()

    def close(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()


# --- the sound card -----------------------------------------------------------------------------


class _SoundCard:
    def __init__(self, wanted: str) -> None:
        self._library = sound_library()
        found = _find(self._library, wanted)
        self.name = "microphone"
        self.rate = int(found["default_samplerate"])
        self._device_name = found["name"]
        self._index = found["index"]
        # Asking for mono makes some Windows drivers refuse; two channels are averaged instead.
        self._channels = min(2, int(found["max_input_channels"]))
        self._stream: Any = None
        self._closing = False

    def open(self, take: Callable[[Samples], None], ended: Callable[[], None]) -> None:
        def on_block(block: Any, frames: int, time: Any, status: Any) -> None:
            take(block.mean(axis=1, dtype=np.float32))

        def on_end() -> None:
            if not self._closing:
                ended()

        try:
            self._stream = self._library.InputStream(
                device=self._index,
                channels=self._channels,
                samplerate=self.rate,
                blocksize=round(self.rate * BLOCK_SECONDS),
                dtype="float32",
                callback=on_block,
                finished_callback=on_end,
            )
            self._stream.start()
        except (self._library.PortAudioError, OSError, ValueError) as error:
            self.close()
            raise MMDeskError(
                'The microphone "{name}" cannot be opened: {reason}.',
                "Another program may be using it. Close that program or choose another microphone.",
                name=self._device_name,
                reason=_first_line(error),
            ) from None

    def close(self) -> None:
        self._closing = True
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close(ignore_errors=True)  # also for a device that is no longer there


def sound_library() -> Any:
    """Return the sound library.

    Raises:
        MMDeskError: it is missing.
    """
    try:
        import sounddevice
    except OSError:
        raise MMDeskError(
            "The microphone cannot be used: the system library libportaudio2 is missing.",
            "On Debian or Ubuntu: sudo apt install libportaudio2",
        ) from None
    return sounddevice


def _inputs(library: Any) -> list[Any]:
    try:
        return [device for device in library.query_devices() if device["max_input_channels"] > 0]
    except library.PortAudioError:
        return []


def _find(library: Any, wanted: str) -> Any:
    """Find the wanted input device; a second time in case it was plugged in just now."""
    for attempt in range(2):
        if attempt:
            _refresh_devices(library)
        devices = _inputs(library)
        if wanted:
            named = [device for device in devices if device["name"] == wanted]
        else:
            default = library.default.device[0]
            named = [device for device in devices if device["index"] == default] or devices[:1]
        if named:
            return named[0]
    if wanted:
        names = ", ".join(device["name"] for device in devices)
        raise InputError(
            'There is no microphone "{name}".',
            "Available microphones: {names}." if devices else CONNECT_HINT,
            name=wanted,
            names=names,
        )
    raise InputError("No microphone was found.", CONNECT_HINT)


def _refresh_devices(library: Any) -> None:
    """Restart PortAudio, which lists devices once; sounddevice has no public way to do it."""
    try:
        library._terminate()
        library._initialize()
    except (AttributeError, library.PortAudioError):
        return


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
