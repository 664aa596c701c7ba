"""Spoken questions: a synthesiser's voices in noise, as the frames of Whisper's encoder.

The synthesiser is espeak-ng, a program of its own (Debian: `apt install espeak-ng`). Frames are
computed once; the first SECONDS of a clip are heard, which hold every question that is taught.
"""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mmdesk.errors import InputError
from mmdesk.messages import SAMPLE_RATE

SECONDS = 4.0
MEL_FRAMES = 400  # 10 ms each
POOLED = 4  # encoder frames (20 ms each) to one token
FRAMES = MEL_FRAMES // 2 // POOLED  # 50 tokens of 80 ms
WIDTH = 512  # of Whisper base's encoder

VOICES = (
    *("en-us", "en-us+f3", "en-us+m7", "en-gb", "en-gb+f5", "en-gb-scotland+m3"),
    *("en-gb-x-rp+f2", "en-gb-x-gbclan+m1", "en-029+f4", "en-us+klatt2"),
)
UNHEARD_VOICES = ("en-us+m5", "en-gb-x-gbcwmd+f1")  # to judge by
JUDGED_NOISES_DB = (40.0, 10.0, 3.0)  # signal to noise; 40 is a quiet room

Encoder = Callable[[np.ndarray], np.ndarray]
"""float32 samples at 16 kHz -> float32 frames [FRAMES, WIDTH]."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One way of saying a question: espeak-ng's voice, words a minute, pitch 0..99; then noise."""

    question: str
    voice: str
    speed: int
    pitch: int
    noise_db: float
    seed: int


def clips_of(questions: Sequence[str], voices: Sequence[str], seed: int) -> list[Clip]:
    """Every question by every voice, at a speed, a pitch and in noise that the seed decides."""
    rng = np.random.default_rng(seed)
    return [
        Clip(
            question,
            voice,
            int(rng.integers(130, 190)),
            int(rng.integers(30, 70)),
            float(rng.uniform(5, 40)),
            int(rng.integers(2**31)),
        )
        for question in questions
        for voice in voices
    ]


def clips_to_judge(questions: Sequence[str], noise_db: float) -> list[Clip]:
    """A clip of each question, by voices that nothing was learned from."""
    rng = np.random.default_rng(99)
    return [
        Clip(
            question,
            UNHEARD_VOICES[number % len(UNHEARD_VOICES)],
            int(rng.integers(130, 190)),
            int(rng.integers(30, 70)),
            noise_db,
            int(rng.integers(2**31)),
        )
        for number, question in enumerate(questions)
    ]


def speak(clip: Clip) -> np.ndarray:
    """float32 samples at 16 kHz of what is said, with its noise.

    Raises:
        InputError: espeak-ng is not installed, or does not know the voice.
    """
    from faster_whisper.audio import decode_audio

    command = ["espeak-ng", "-v", clip.voice, "-s", str(clip.speed), "-p", str(clip.pitch)]
    try:
        done = subprocess.run(
            [*command, "--stdout", clip.question], capture_output=True, check=True
        )
    except FileNotFoundError as error:
        raise InputError(
            "Spoken questions need the program espeak-ng.", "Debian: apt install espeak-ng"
        ) from error
    except subprocess.CalledProcessError as error:
        raise InputError(f"espeak-ng does not know the voice {clip.voice}.") from error
    return noisy(decode_audio(io.BytesIO(done.stdout), SAMPLE_RATE), clip.noise_db, clip.seed)


def noisy(samples: np.ndarray, noise_db: float, seed: int) -> np.ndarray:
    """The samples after up to half a second of silence, in pink noise so many dB below them."""
    rng = np.random.default_rng(seed)
    quiet = np.zeros(int(rng.uniform(0.05, 0.5) * SAMPLE_RATE), np.float32)
    sound = np.concatenate((quiet, samples))
    spectrum = np.fft.rfft(rng.normal(size=len(sound)))
    pink = np.fft.irfft(spectrum / np.sqrt(np.arange(1, len(spectrum) + 1)), len(sound))
    power = float(np.mean(samples**2)) / 10 ** (noise_db / 10)
    return (sound + pink * np.sqrt(power / np.mean(pink**2))).astype(np.float32)


def whisper_encoder(folder: Path, threads: int) -> Encoder:
    """Whisper's encoder over the first SECONDS, its frames pooled."""
    import ctranslate2
    from faster_whisper import WhisperModel

    model = WhisperModel(
        str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
    )

    def encode(samples: np.ndarray) -> np.ndarray:
        heard = np.zeros(int(SECONDS * SAMPLE_RATE), np.float32)
        heard[: len(samples)] = samples[: len(heard)]
        mel = model.feature_extractor(heard)[:, :MEL_FRAMES]  # [80, MEL_FRAMES]
        given = np.ascontiguousarray(mel[None], np.float32)
        frames = np.array(model.model.encode(ctranslate2.StorageView.from_array(given)))[0]
        pooled: np.ndarray = frames.reshape(FRAMES, POOLED, WIDTH).mean(axis=1)
        return pooled

    return encode


def cache_speech(
    clips: Sequence[Clip],
    encode: Encoder,
    folder: Path,
    on_progress: Callable[[int, int], None] | None = None,
) -> None:
    """Speak and encode every clip; does nothing when that was done already."""
    target = folder / "speech.npy"
    if target.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    frames = np.zeros((len(clips), FRAMES, WIDTH), np.float16)
    for number, clip in enumerate(clips):
        frames[number] = encode(speak(clip))
        if on_progress is not None:
            on_progress(number + 1, len(clips))
    (folder / "speech.json").write_text(json.dumps([clip.question for clip in clips]), "utf-8")
    np.save(target, frames)


class Speech:
    """The cached clips by what they say."""

    def __init__(self, folder: Path) -> None:
        """Raises InputError: no speech has been cached in `folder`."""
        try:
            self.frames = np.load(folder / "speech.npy")
            said: list[Any] = json.loads((folder / "speech.json").read_text("utf-8"))
        except OSError as error:
            raise InputError(
                f"There is no speech in {folder}.", "Run `mmdesk train speech` first."
            ) from error
        self.clips: dict[str, list[int]] = {}
        for number, question in enumerate(said):
            self.clips.setdefault(question, []).append(number)

    def draw(self, questions: Sequence[str], rng: np.random.Generator) -> np.ndarray:
        """A clip of each question, chosen at random: float32 [B, FRAMES, WIDTH]."""
        chosen = [int(rng.choice(self.clips[question])) for question in questions]
        return self.frames[chosen].astype(np.float32)
