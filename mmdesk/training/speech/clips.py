"""The clips that the fused model learns to hear from, as frames of Whisper's encoder, cached."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from mmdesk.errors import InputError
from mmdesk.perception import SPEECH_FRAMES, SPEECH_WIDTH
from mmdesk.training.speech.paraphrases import other_sentences, wordings
from mmdesk.training.speech.voices import UNHEARD_VOICES, VOICES, Clip, draw_clip, speak

OF_EACH = 36  # clips of every question that is taught
OTHERS = 0.7  # clips of other sentences, as a share of those
AT_ONCE = 64  # clips spoken ahead of the encoder

Encoder = Callable[[np.ndarray], np.ndarray | None]
"""Samples at 16 kHz -> frames [SPEECH_FRAMES, SPEECH_WIDTH], both float32; None without speech."""


@dataclass(frozen=True, slots=True)
class SpokenClip:
    """A clip and the taught question that it is; "" for none."""

    clip: Clip
    question: str


def clips_of(questions: Sequence[str], captions: Sequence[str], seed: int) -> list[SpokenClip]:
    """Every question OF_EACH times, half of the time as it is taught and else in another wording,
    then other sentences; voices in turn. The seed decides.
    """
    rng = np.random.default_rng([seed, 19])
    spoken = []
    for question in questions:
        ways = wordings(question)
        for number in range(OF_EACH):
            text = question if number % 2 else str(rng.choice(ways))
            spoken.append((text, question))
    count = round(OTHERS * len(spoken))
    spoken += [(text, "") for text in other_sentences(captions, count, seed)]
    return [
        SpokenClip(draw_clip(text, VOICES[number % len(VOICES)], rng, None), question)
        for number, (text, question) in enumerate(spoken)
    ]


def clips_to_judge(questions: Sequence[str], kind: str, noise_db: float) -> list[Clip]:
    """A clip of each question, every other in another wording than the one that is taught, by the
    UNHEARD_VOICES of that kind.
    """
    rng = np.random.default_rng(99)
    voices = UNHEARD_VOICES[kind]
    texts = [
        str(rng.choice(wordings(question))) if number % 2 else question
        for number, question in enumerate(questions)
    ]
    return [
        draw_clip(text, voices[number % len(voices)], rng, noise_db)
        for number, text in enumerate(texts)
    ]


def cache_speech(
    spoken: Sequence[SpokenClip],
    encode: Encoder,
    folder: Path,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Speak and encode every clip, going on from where it was broken off; does nothing when all of
    it was done already. Clips in which nobody is heard to speak are left out.
    """
    target, partial = folder / "speech.npy", folder / "speech.part.npy"
    if target.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    done, heard = _begun(partial, len(spoken))
    shape = (len(spoken), SPEECH_FRAMES, SPEECH_WIDTH)
    mode: Literal["r+", "w+"] = "r+" if done else "w+"
    frames = np.lib.format.open_memmap(partial, mode, np.float16, shape)
    with ThreadPoolExecutor(2, thread_name_prefix="voice") as voices:
        for start in range(done, len(spoken), AT_ONCE):
            some = spoken[start : start + AT_ONCE]
            sounds = voices.map(speak, [one.clip for one in some])
            for one, sound in zip(some, sounds, strict=True):
                found = encode(sound)
                if found is not None:
                    frames[len(heard)] = found
                    heard.append((one.clip.text, one.question))
            frames.flush()
            _note(partial, start + len(some), heard)
            if on_progress is not None:
                on_progress(start + len(some), len(spoken))
    (folder / "speech.json").write_text(json.dumps(heard), "utf-8")
    np.save(target, frames[: len(heard)])
    partial.unlink()
    partial.with_suffix(".json").unlink()


def _begun(partial: Path, count: int) -> tuple[int, list[tuple[str, str]]]:
    """How many of `count` clips are done, and text and question of those that were heard."""
    try:
        noted = json.loads(partial.with_suffix(".json").read_text("utf-8"))
        begun = np.load(partial, mmap_mode="r")
    except (OSError, ValueError):
        return 0, []
    return (noted["done"], noted["heard"]) if len(begun) == count else (0, [])


def _note(partial: Path, done: int, heard: Sequence[tuple[str, str]]) -> None:
    """Whole or not at all."""
    notes = partial.with_suffix(".json")
    fresh = notes.with_suffix(".new")
    fresh.write_text(json.dumps({"done": done, "heard": heard}), "utf-8")
    fresh.replace(notes)


class SpeechClips:
    """The cached clips by the question that they are.

    Attributes:
        learned: places of clips to learn from; held_back: of others, to measure by, every
            HELD_BACK-th.
        texts: what every clip says; questions: the taught one that it is, "" for none.
    """

    HELD_BACK = 20

    def __init__(self, folder: Path) -> None:
        """Raises InputError: no speech has been cached in `folder`."""
        try:
            self.frames = np.load(folder / "speech.npy", mmap_mode="r")
            said = json.loads((folder / "speech.json").read_text("utf-8"))
        except OSError as error:
            raise InputError(
                f"There is no speech in {folder}.", "Run `mmdesk train speech` first."
            ) from error
        self.texts: list[str] = [text for text, _ in said]
        self.questions: list[str] = [question for _, question in said]
        self.held_back = list(range(self.HELD_BACK - 1, len(said), self.HELD_BACK))
        self.learned = sorted(set(range(len(said))) - set(self.held_back))
        self._places: dict[str, list[int]] = {}
        for place in self.learned:
            self._places.setdefault(self.questions[place], []).append(place)

    def draw(self, questions: Sequence[str], rng: np.random.Generator) -> list[int]:
        """The place of a clip of each question, chosen at random."""
        return [int(rng.choice(self._places[question])) for question in questions]

    def at(self, places: Sequence[int]) -> np.ndarray:
        """float32 [B, SPEECH_FRAMES, SPEECH_WIDTH]"""
        return self.frames[list(places)].astype(np.float32)
