"""Speech as the fused model is given it: frames of Whisper's encoder.

What is kept of a recording are its stretches of speech, as the detector of `hear` finds them; of
those the first SECONDS, which hold every question that the fused model was taught.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mmdesk.inputs import Samples
from mmdesk.values import SAMPLE_RATE

SECONDS = 4.8
MEL_FRAMES = 480  # 10 ms each
POOLED = 4  # encoder frames (20 ms each) to one token
FRAMES = MEL_FRAMES // 2 // POOLED  # 60 tokens of 80 ms
WIDTH = 512  # of Whisper base's encoder


def speech_frames(model: Any, speech: Samples) -> np.ndarray:
    """float32 [FRAMES, WIDTH] of the first SECONDS of `speech`, silence after its end.

    Args:
        model: faster_whisper's WhisperModel.
        speech: float32 samples at 16 kHz.
    """
    import ctranslate2

    heard = np.zeros(round(SECONDS * SAMPLE_RATE), np.float32)
    heard[: len(speech)] = speech[: len(heard)]
    mel = model.feature_extractor(heard)[:, :MEL_FRAMES]  # [80, MEL_FRAMES]
    given = ctranslate2.StorageView.from_array(np.ascontiguousarray(mel[None], np.float32))
    frames = np.array(model.model.encode(given))[0]  # [MEL_FRAMES // 2, WIDTH]
    pooled: np.ndarray = frames.reshape(FRAMES, POOLED, WIDTH).mean(axis=1)
    return pooled
