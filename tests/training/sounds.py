"""Sounds that tell what is said in them, and frames that tell them apart: no voice is needed."""

from __future__ import annotations

import numpy as np

from mmdesk.perception.speech_frames import SPEECH_FRAMES, SPEECH_WIDTH
from mmdesk.training.speech.voices import Clip

COLOUR, COUNT = "what color is the dog?", "how many dogs are there?"
OTHER = "tell me a joke."
SOUNDS = {COLOUR: 1, COUNT: 2, OTHER: 3}


def said(clip: Clip) -> np.ndarray:
    """Sound that tells what is said; nothing of it when nothing is."""
    return np.full(100, SOUNDS.get(clip.text, 0), np.float32)


def frames_of(samples: np.ndarray) -> np.ndarray | None:
    """Frames that tell the sentences apart, as an encoder's would; none of silence."""
    if not samples.any():
        return None
    rng = np.random.default_rng(int(samples[0]))
    return rng.normal(size=(SPEECH_FRAMES, SPEECH_WIDTH)).astype(np.float32)


def clip(text: str) -> Clip:
    return Clip(text, "espeak-ng:en-us", 1.0, 1.0, 0.0, 40.0, 0)
