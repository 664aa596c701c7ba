"""Word error rate on prompts: `python -m tests.quality.transcription FOLDER core-sounds-en.txt`.

FOLDER holds the prompts of Debian's asterisk-core-sounds-en-g722 (a human voice, 16 kHz), the text
file their texts. Every prompt of more than six words is transcribed by itself.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from mmdesk.engine.default_parts import SPEECH, default_store
from mmdesk.inputs.audio import from_samples
from mmdesk.perception.transcriber import Transcriber
from mmdesk.values import SAMPLE_RATE, AudioInput, NeverCancelled
from tests.quality.wer import word_errors, words

MIN_WORDS = 7
_NOT_SPOKEN = re.compile(r"\(.*\)|\.\.\.")


def g722(path: Path) -> AudioInput:
    """Decode a raw G.722 file."""
    with av.open(str(path), format="g722") as file:
        blocks = [frame.to_ndarray().reshape(-1) for frame in file.decode(audio=0)]
    samples = np.concatenate(blocks).astype(np.float32) / 32768
    return from_samples(samples, SAMPLE_RATE, path.name)


def prompts(folder: Path, texts: Path) -> Iterator[tuple[str, Path]]:
    """Yield the text and the file of each prompt; the same sentence once."""
    known: set[str] = set()
    for line in texts.read_text(encoding="utf-8", errors="replace").splitlines():
        name, _, text = line.partition(":")
        said = " ".join(_NOT_SPOKEN.sub(" ", text).split())
        path = folder / f"{name.strip()}.g722"
        if len(words(said)) >= MIN_WORDS and path.is_file() and said.lower() not in known:
            known.add(said.lower())
            yield said, path


def main(folder: Path, texts: Path) -> None:
    transcriber = Transcriber(default_store().path(SPEECH), threads=1)
    errors = total = right = count = 0
    rates = []
    for said, path in prompts(folder, texts):
        *_, transcript = transcriber.transcribe(g722(path), None, NeverCancelled())
        wrong = word_errors(said, transcript.text)
        count, right = count + 1, right + (wrong == 0)
        errors, total = errors + wrong, total + len(words(said))
        rates.append(wrong / len(words(said)))
        if wrong:
            print(f"{path.stem}: {wrong}\n  said  {said}\n  heard {transcript.text}", flush=True)
    print(f"{count} sentences, {total} words, {right} without an error")
    print(f"errors per word {100 * errors / total:.2f} %, mean over sentences", end=" ")
    print(f"{100 * sum(rates) / count:.2f} %")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
