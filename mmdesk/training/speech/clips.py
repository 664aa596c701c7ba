"""Clips of spoken questions, and the cache of their Whisper encoder frames."""

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
from mmdesk.training.speech.paraphrases import other_sentences, paraphrases
from mmdesk.training.speech.voices import HELD_OUT_VOICES, VOICES, Clip, draw_clip, speak

CLIPS_PER_QUESTION = 36
OTHER_SHARE = 0.7  # clips of other sentences, as a share of those of questions
BATCH = 64  # clips synthesised ahead of the encoder

Encoder = Callable[[np.ndarray], np.ndarray | None]
"""float32 samples at 16 kHz -> float32 [SPEECH_FRAMES, SPEECH_WIDTH]; None without speech."""


@dataclass(frozen=True, slots=True)
class LabelledClip:
    """Clip and the known question it speaks; "" for other sentences."""

    clip: Clip
    question: str


def training_clips(
    questions: Sequence[str], captions: Sequence[str], seed: int
) -> list[LabelledClip]:
    """Return CLIPS_PER_QUESTION clips of every question, then clips of other sentences.

    Half of a question's clips speak it as it is known, the others a paraphrase. The voices take
    turns. The seed decides everything else.
    """
    rng = np.random.default_rng([seed, 19])
    sentences = []
    for question in questions:
        ways = paraphrases(question)
        for number in range(CLIPS_PER_QUESTION):
            text = question if number % 2 else str(rng.choice(ways))
            sentences.append((text, question))
    count = round(OTHER_SHARE * len(sentences))
    sentences += [(text, "") for text in other_sentences(captions, count, seed)]
    return [
        LabelledClip(draw_clip(text, VOICES[number % len(VOICES)], rng, None), question)
        for number, (text, question) in enumerate(sentences)
    ]


def evaluation_clips(questions: Sequence[str], kind: str, noise_db: float) -> list[Clip]:
    """Return a clip of each question, every other as a paraphrase, in HELD_OUT_VOICES[kind]."""
    rng = np.random.default_rng(99)
    voices = HELD_OUT_VOICES[kind]
    texts = [
        str(rng.choice(paraphrases(question))) if number % 2 else question
        for number, question in enumerate(questions)
    ]
    return [
        draw_clip(text, voices[number % len(voices)], rng, noise_db)
        for number, text in enumerate(texts)
    ]


def cache_speech(
    clips: Sequence[LabelledClip],
    encode: Encoder,
    folder: Path,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Synthesise and encode every clip, resuming where it stopped.

    Clips without detected speech are left out. Nothing is done when the cache is complete.

    Args:
        clips: what is spoken.
        encode: computes the frames.
        folder: for speech.npy (frames) and speech.json (text and question of each).
        on_progress: called with the clips that are done, and all.
    """
    target, partial = folder / "speech.npy", folder / "speech.part.npy"
    if target.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    done, kept = _load_progress(partial, len(clips))
    shape = (len(clips), SPEECH_FRAMES, SPEECH_WIDTH)
    mode: Literal["r+", "w+"] = "r+" if done else "w+"
    frames = np.lib.format.open_memmap(partial, mode, np.float16, shape)
    with ThreadPoolExecutor(2, thread_name_prefix="voice") as voices:
        for start in range(done, len(clips), BATCH):
            batch = clips[start : start + BATCH]
            sounds = voices.map(speak, [one.clip for one in batch])
            for one, sound in zip(batch, sounds, strict=True):
                encoded = encode(sound)
                if encoded is not None:
                    frames[len(kept)] = encoded
                    kept.append((one.clip.text, one.question))
            frames.flush()
            _save_progress(partial, start + len(batch), kept)
            if on_progress is not None:
                on_progress(start + len(batch), len(clips))
    (folder / "speech.json").write_text(json.dumps(kept), "utf-8")
    np.save(target, frames[: len(kept)])
    partial.unlink()
    partial.with_suffix(".json").unlink()


def _load_progress(partial: Path, count: int) -> tuple[int, list[tuple[str, str]]]:
    """Return how many of `count` clips are done, and text and question of the encoded ones."""
    try:
        progress = json.loads(partial.with_suffix(".json").read_text("utf-8"))
        frames = np.load(partial, mmap_mode="r")
    except (OSError, ValueError):
        return 0, []
    return (progress["done"], progress["heard"]) if len(frames) == count else (0, [])


def _save_progress(partial: Path, done: int, kept: Sequence[tuple[str, str]]) -> None:
    """Write the progress atomically."""
    path = partial.with_suffix(".json")
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"done": done, "heard": kept}), "utf-8")
    fresh.replace(path)


class SpeechCache:
    """Cached clips, found by their question.

    Attributes:
        frames: float16 memory map [clips, SPEECH_FRAMES, SPEECH_WIDTH].
        texts: sentence of every clip.
        questions: known question of every clip, "" for other sentences.
        train: indices of the clips to train on.
        held_out: indices of the others, every HELD_OUT-th, for evaluation.
    """

    HELD_OUT = 20

    def __init__(self, folder: Path) -> None:
        """Open the cache of a folder.

        Raises:
            InputError: no speech has been cached in `folder`.
        """
        try:
            self.frames = np.load(folder / "speech.npy", mmap_mode="r")
            entries = json.loads((folder / "speech.json").read_text("utf-8"))
        except OSError as error:
            raise InputError(
                "{folder} has no speech.", "Run `mmdesk train speech` first.", folder=folder
            ) from error
        self.texts: list[str] = [text for text, _ in entries]
        self.questions: list[str] = [question for _, question in entries]
        self.held_out = list(range(self.HELD_OUT - 1, len(entries), self.HELD_OUT))
        self.train = sorted(set(range(len(entries))) - set(self.held_out))
        self._by_question: dict[str, list[int]] = {}
        for index in self.train:
            self._by_question.setdefault(self.questions[index], []).append(index)

    def draw(self, questions: Sequence[str], rng: np.random.Generator) -> list[int]:
        """Return the index of a random training clip of each question."""
        return [int(rng.choice(self._by_question[question])) for question in questions]

    def at(self, indices: Sequence[int]) -> np.ndarray:
        """Return float32 frames [B, SPEECH_FRAMES, SPEECH_WIDTH] of clips."""
        return self.frames[list(indices)].astype(np.float32)
