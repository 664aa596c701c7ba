"""While the assistant speaks, its own voice from the loudspeaker is no speech; the user's is."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from mmdesk.inputs import Samples, load_audio, samples
from mmdesk.perception import VoiceActivity
from mmdesk.workers import framing
from mmdesk.workers.listen_main import BLOCK, Listener

SOUND = Path(__file__).parents[1] / "fixtures/sound"
QUIET = np.zeros(16_000, np.float32)


@pytest.fixture(scope="module")
def assistant() -> Samples:
    """Return ten seconds of a voice from a loudspeaker, at full scale."""
    return _at_full_scale(samples(load_audio(SOUND / "english.ogg"))[:160_000])


@pytest.fixture(scope="module")
def user() -> Samples:
    return _at_full_scale(samples(load_audio(SOUND / "question.ogg"))[:64_000])


def _at_full_scale(sound: Samples) -> Samples:
    return sound / np.abs(sound).max()


def told(sound: Samples, *frames: tuple) -> list[str]:
    out = io.BytesIO()
    listener = Listener(VoiceActivity(), out)
    for frame in frames:
        listener.handle(frame)
    for start in range(0, len(sound), BLOCK):
        listener.take(sound[start : start + BLOCK])
    kinds = [frame[0] for frame in framing.Unpacker().feed(out.getvalue())]
    return [kind for kind in kinds if kind != "level"]


@pytest.mark.parametrize("level", [0.01, 0.05, 0.2])
def test_the_assistants_own_voice_is_not_heard(assistant: Samples, level: float) -> None:
    echo = np.concatenate([assistant * level, QUIET])
    assert told(echo)[:1] == ["began"]  # it would be
    assert told(echo, ("speaking", True)) == []


@pytest.mark.parametrize(("echo", "voice"), [(0.0, 0.1), (0.01, 0.3), (0.05, 0.8)])
def test_a_louder_user_interrupts(
    assistant: Samples, user: Samples, echo: float, voice: float
) -> None:
    spoken = np.concatenate([QUIET, QUIET, user * voice, QUIET])
    mixed = spoken + assistant[: len(spoken)] * echo
    assert told(mixed, ("speaking", True))[:1] == ["began"]


def test_nothing_is_heard_while_muted(user: Samples) -> None:
    assert told(np.concatenate([user, QUIET]), ("mute", True)) == []
    assert told(np.concatenate([user, QUIET]), ("mute", True), ("mute", False))[0] == "began"
