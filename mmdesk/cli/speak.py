"""The verb speak: a text is read aloud, or written as a sound file."""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading
import wave
from collections.abc import Iterator
from pathlib import Path

from mmdesk.cli.output import Console
from mmdesk.errors import Cancelled, InputError, MMDeskError
from mmdesk.values import SpeechOptions, SpokenSentence

STDIN = "standard input"
NOTHING = "Nothing in {name} can be read aloud."


def run(options: argparse.Namespace, console: Console, cancel: threading.Event) -> int:
    """Run the verb in `options`; return the exit status.

    Raises:
        MMDeskError: the text cannot be read, there is no voice, or the sound has no way out.
        Cancelled: `cancel` was set.
    """
    from mmdesk.workers import spoken

    name, text = _text(options.file, cancel)
    sentences = spoken(text, SpeechOptions(options.voice, options.speed), cancel)
    with contextlib.closing(sentences):
        if options.to is None:
            said = _play(sentences, cancel)
        else:
            said = _write(sentences, Path(options.to), console)
    if not said:
        raise InputError(NOTHING, name=name)
    return 0


def _text(file: str, cancel: threading.Event) -> tuple[str, str]:
    """Return the name and the text of a document."""
    from mmdesk.workers import FileDecoder

    with FileDecoder(cancel) as files:
        if file == "-":
            document = files.load_document(sys.stdin.buffer.read(), STDIN)
        else:
            document = files.load_document(Path(file))
    return document.name, document.text


def _play(sentences: Iterator[SpokenSentence], cancel: threading.Event) -> int:
    """Play all sentences; return how many there were."""
    from mmdesk.inputs import play_sentence

    count = 0
    for count, sentence in enumerate(sentences, 1):  # noqa: B007  the last one is returned
        if cancel.is_set():
            raise Cancelled
        play_sentence(sentence, "", cancel)
    return count


def _write(sentences: Iterator[SpokenSentence], path: Path, console: Console) -> int:
    """Write all sentences into one WAV file; return how many there were.

    The file is renamed into place when it is whole.
    """
    partial = path.with_name(f".{path.name}.part")
    try:
        with partial.open("wb") as stream, wave.open(stream, "wb") as out:
            count, seconds = _append(sentences, out)
        if count:
            partial.replace(path)
            console.notice(f"{path}: {seconds:.1f} s")
    except OSError as error:
        raise MMDeskError(
            "{name} cannot be written: {reason}.", name=path.name, reason=error.strerror or error
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return count


def _append(sentences: Iterator[SpokenSentence], out: wave.Wave_write) -> tuple[int, float]:
    """Write the samples of all sentences at the rate of the first; return number and seconds."""
    count, seconds, rate = 0, 0.0, 0
    out.setnchannels(1)
    out.setsampwidth(2)
    out.setframerate(16_000)  # of an empty file
    for sentence in sentences:
        if sentence.command:
            raise InputError(
                "The voice of this system can only speak, not write a file.",
                "Install espeak-ng, or leave out --to.",
            )
        if not rate:
            rate = sentence.rate
            out.setframerate(rate)
        out.writeframes(_at_rate(sentence, rate))
        count, seconds = count + 1, seconds + sentence.seconds
    return count, seconds


def _at_rate(sentence: SpokenSentence, rate: int) -> bytes:
    """Return int16 samples at a rate: another language may have a voice of another rate."""
    if sentence.rate == rate:
        return sentence.pcm
    import numpy as np
    import soxr

    samples = np.frombuffer(sentence.pcm, "<i2")
    resampled: bytes = soxr.resample(samples, sentence.rate, rate).tobytes()
    return resampled
