"""Sound files that stand in for a microphone."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

RATE = 16_000


def tone(path: Path, samples: np.ndarray | None = None) -> str:
    """Write a sound file; return the name under which the settings use it as a microphone.

    Args:
        path: of the file.
        samples: [n] float in -1..1 at 16 kHz; half a second of a tone when None.
    """
    if samples is None:
        samples = 0.3 * np.sin(np.arange(RATE // 2) * 2 * np.pi * 440 / RATE)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((samples * 32_767).astype("<i2").tobytes())
    return f"file:{path}"
