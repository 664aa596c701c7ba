"""Sounds in the place of a microphone, and a sound library in the place of the system's."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

RATE = 16_000


def tone(path: Path, samples: np.ndarray | None = None) -> str:
    """Write float samples [n] in -1..1 at 16 kHz (half a second of a tone when None); the name
    under which the settings take the file for a microphone.
    """
    if samples is None:
        samples = 0.3 * np.sin(np.arange(RATE // 2) * 2 * np.pi * 440 / RATE)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((samples * 32_767).astype("<i2").tobytes())
    return f"file:{path}"
