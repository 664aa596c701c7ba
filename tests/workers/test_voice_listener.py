"""A child listens to the microphone, and tells where somebody speaks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mmdesk.workers import VoiceListener

SLOW = 60_000  # a child Python has to start, and a file is played in real time
SPOKEN = Path(__file__).parents[1] / "fixtures/sound/question.ogg"


@pytest.fixture
def listener(qtbot) -> Iterator[VoiceListener]:
    made = VoiceListener()
    yield made
    made.close()


def test_a_spoken_question_is_heard_from_its_beginning_to_its_end(qtbot, listener) -> None:
    levels: list[float] = []
    listener.level_measured.connect(levels.append)
    with qtbot.waitSignal(listener.speech_paused, timeout=SLOW) as paused:
        listener.start(f"file:{SPOKEN}")
    assert paused.args[0].seconds > 0.5
    with qtbot.waitSignal(listener.speech_ended, timeout=SLOW):
        pass
    assert max(levels) > 0.1


def test_a_missing_microphone_is_told(qtbot, listener) -> None:
    with qtbot.waitSignal(listener.failed, timeout=SLOW) as failed:
        listener.start("file:/nowhere/at-all.wav")
    assert "at-all.wav" in failed.args[0]
