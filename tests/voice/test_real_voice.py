"""The real speech model hears the real voice word for word."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from mmdesk.inputs import from_samples
from mmdesk.models import ModelStore
from mmdesk.perception import Transcriber
from mmdesk.values import SpeechOptions, Transcript
from mmdesk.voice import PIPER_ENGLISH
from mmdesk.workers import spoken
from tests.quality.wer import word_errors

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(
        not ModelStore().is_installed(PIPER_ENGLISH), reason="the optional voice is not installed"
    ),
]
WRITTEN = {
    "The **old library** stands beside the river, and it opens at nine in the morning.": (
        "The old library stands beside the river, and it opens at nine in the morning."
    ),
    "The [city museum](https://museum.example/hours) is closed every Monday in winter.": (
        "The city museum is closed every Monday in winter."
    ),
    "Water boils at `one hundred` degrees and freezes at zero.": (
        "Water boils at one hundred degrees and freezes at zero."
    ),
}


@pytest.fixture(scope="module")
def transcriber() -> Transcriber:
    return Transcriber(ModelStore().path("whisper-base"), threads=1)


@pytest.mark.parametrize("written", WRITTEN)
def test_a_spoken_sentence_is_heard_again(transcriber: Transcriber, written: str) -> None:
    never = threading.Event()
    sentences = list(spoken(written, SpeechOptions(), never))
    pcm = b"".join(sentence.pcm for sentence in sentences)
    sound = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32768)
    audio = from_samples(sound, sentences[0].rate, "spoken")
    *_, transcript = transcriber.transcribe(audio, "en", never)
    assert isinstance(transcript, Transcript)
    assert word_errors(WRITTEN[written], transcript.text) == 0


def test_a_faster_voice_takes_less_time() -> None:
    text = "Water boils at one hundred degrees and freezes at zero."
    seconds = [
        sum(
            sentence.seconds
            for sentence in spoken(text, SpeechOptions(speed=speed), threading.Event())
        )
        for speed in (60, 100, 180)
    ]
    assert seconds[0] > 1.3 * seconds[1] > 1.3 * 1.3 * seconds[2]
