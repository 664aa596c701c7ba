"""Playing of a sound on the system's device, or into a file that takes the device's place."""

from __future__ import annotations

import subprocess
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mmdesk.errors import MMDeskError
from mmdesk.inputs.audio import Samples, samples
from mmdesk.inputs.microphone import FILE_PREFIX, sound_library
from mmdesk.translatable import TranslatableText
from mmdesk.values import SAMPLE_RATE, AudioInput, CancelFlag, SpokenSentence

_BLOCK_S = 0.1  # that is played before the flag is looked at again
_POLL_S = 0.05


def play(
    audio: AudioInput,
    cancel: CancelFlag,
    start_s: float = 0.0,
    on_position: Callable[[float], object] | None = None,
) -> None:
    """Play a sound to its end, or until the flag is set.

    Args:
        audio: the sound.
        cancel: stops it.
        start_s: second at which it begins.
        on_position: called ten times a second with the second that is heard.

    Raises:
        MMDeskError: there is no device, it does not take the sound, or the library is missing.
    """
    _play(samples(audio), SAMPLE_RATE, "", cancel, start_s, on_position)


def play_sentence(sentence: SpokenSentence, device: str, cancel: CancelFlag) -> None:
    """Play a spoken sentence to its end, or until the flag is set.

    Args:
        sentence: with samples, or with the command that speaks it.
        device: name of an output device, "" for the system's default, or "file:PATH" for a WAV
            file that is written in real time in the device's place.
        cancel: stops it.

    Raises:
        MMDeskError: it cannot be played.
    """
    if sentence.command:
        _run(sentence.command, cancel)
        return
    sound = np.frombuffer(sentence.pcm, "<i2").astype(np.float32) / np.float32(32768)
    if device.startswith(FILE_PREFIX):
        path = Path(device.removeprefix(FILE_PREFIX)).expanduser()
        _play_into(path, sentence, cancel)
    else:
        _play(sound, sentence.rate, device, cancel)


def _play(
    sound: Samples,
    rate: int,
    device: str,
    cancel: CancelFlag,
    start_s: float = 0.0,
    on_position: Callable[[float], object] | None = None,
) -> None:
    library = sound_library()
    options: dict[str, Any] = {"samplerate": rate, "channels": 1, "dtype": "float32"}
    if device:
        options["device"] = device
    block = round(rate * _BLOCK_S)
    try:
        with library.OutputStream(**options) as stream:
            first = min(len(sound), max(0, round(start_s * rate)))
            for start in range(first, len(sound), block):
                if cancel.is_set():
                    stream.abort()
                    return
                if on_position is not None:
                    on_position(max(start_s, start / rate - stream.latency))
                stream.write(sound[start : start + block].reshape(-1, 1))
    except (library.PortAudioError, OSError, ValueError) as error:
        raise _unplayable() from error


def _play_into(path: Path, sentence: SpokenSentence, cancel: CancelFlag) -> None:
    """Append a sentence to a WAV file as fast as it would be heard."""
    import time

    try:
        before = _frames(path, sentence.rate)
        with wave.open(str(path), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(sentence.rate)
            out.writeframes(before)
            block = 2 * round(sentence.rate * _BLOCK_S)
            for start in range(0, len(sentence.pcm), block):
                if cancel.is_set():
                    return
                out.writeframes(sentence.pcm[start : start + block])
                time.sleep(_BLOCK_S)
    except (OSError, wave.Error) as error:
        raise _unplayable() from error


def _frames(path: Path, rate: int) -> bytes:
    """Return what was written to a file before; nothing where it has another rate."""
    if not path.exists():
        return b""
    with wave.open(str(path), "rb") as written:
        same = written.getframerate() == rate
        return written.readframes(written.getnframes()) if same else b""


def _run(command: tuple[str, ...], cancel: CancelFlag) -> None:
    """Wait for a program of the system that speaks a sentence; end it when the flag is set."""
    try:
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as speaking:
            while True:
                try:
                    status = speaking.wait(_POLL_S)
                    break
                except subprocess.TimeoutExpired:
                    if cancel.is_set():
                        _silence(command[0])
                        speaking.kill()
                        return
    except OSError as error:
        raise _unplayable() from error
    if status:
        raise _unplayable()


def _silence(program: str) -> None:
    """Stop what a program has already handed to the system's speech service."""
    if program.endswith("spd-say"):
        subprocess.run((program, "--cancel"), check=False, timeout=5, capture_output=True)


def _unplayable() -> MMDeskError:
    return MMDeskError(
        "The sound can’t be played.",
        TranslatableText("Check the sound output in the system settings."),
    )
