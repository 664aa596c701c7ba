"""Speech features of the fused model: frames of Whisper's encoder.

Of a recording its stretches of speech are used, as voice activity detection finds them (see
`transcriber`); of those the first SPEECH_SECONDS, which hold every question that the fused model
knows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mmdesk.inputs import Samples
from mmdesk.values import SAMPLE_RATE

SPEECH_SECONDS = 4.8
MEL_FRAMES = 480  # 10 ms each
POOLING = 4  # encoder frames (20 ms each) to one speech frame
SPEECH_FRAMES = MEL_FRAMES // 2 // POOLING  # 60 frames of 80 ms
SPEECH_WIDTH = 512  # of Whisper base's encoder


def speech_frames(model: Any, speech: Samples) -> np.ndarray:
    """Encode the first SPEECH_SECONDS of `speech`, silence after its end.

    Args:
        model: faster_whisper's WhisperModel.
        speech: float32 samples at 16 kHz.

    Returns:
        float32 [SPEECH_FRAMES, SPEECH_WIDTH].
    """
    import ctranslate2

    padded = np.zeros(round(SPEECH_SECONDS * SAMPLE_RATE), np.float32)
    padded[: len(speech)] = speech[: len(padded)]
    mel = model.feature_extractor(padded)[:, :MEL_FRAMES]  # [80, MEL_FRAMES]
    view = ctranslate2.StorageView.from_array(np.ascontiguousarray(mel[None], np.float32))
    frames = np.array(model.model.encode(view))[0]  # [MEL_FRAMES // 2, SPEECH_WIDTH]
    pooled: np.ndarray = frames.reshape(SPEECH_FRAMES, POOLING, SPEECH_WIDTH).mean(axis=1)
    return pooled
