"""Sentences are played one after another, and stop at once."""

from __future__ import annotations

import wave
from collections.abc import Iterator

import pytest

from mmdesk import inputs
from mmdesk.errors import MMDeskError
from mmdesk.values import CancelFlag, SpokenSentence
from mmdesk.workers import SentencePlayer

FIRST, SECOND = (SpokenSentence(text, 8000, b"\1\0" * 800) for text in ("One.", "Two."))


@pytest.fixture
def player(qtbot) -> Iterator[SentencePlayer]:
    made = SentencePlayer()
    yield made
    assert made.close()


def test_sentences_follow_one_another_into_the_output(qtbot, player, tmp_path) -> None:
    started: list[str] = []
    player.sentence_started.connect(lambda sentence: started.append(sentence.text))
    path = tmp_path / "heard.wav"
    with qtbot.waitSignals([player.sentence_ended, player.sentence_ended]):
        player.add(FIRST, f"file:{path}")
        player.add(SECOND, f"file:{path}")
    assert started == ["One.", "Two."]
    with wave.open(str(path)) as heard:
        assert heard.getnframes() == 1600


def test_stopping_drops_what_waits_and_tells_nothing(qtbot, player, monkeypatch) -> None:
    played: list[str] = []

    def play_until_stopped(sentence: SpokenSentence, _device: str, cancel: CancelFlag) -> None:
        played.append(sentence.text)
        cancel.wait(30)  # type: ignore[attr-defined]

    monkeypatch.setattr(inputs, "play_sentence", play_until_stopped)
    ended: list[object] = []
    player.sentence_ended.connect(ended.append)
    with qtbot.waitSignal(player.sentence_started):
        player.add(FIRST, "")
        player.add(SECOND, "")
    qtbot.waitUntil(lambda: played == ["One."])
    player.stop()
    assert not player.is_playing()
    third = SpokenSentence("Three.")
    with qtbot.waitSignal(player.sentence_started) as started:
        player.add(third, "")
    assert started.args == [third]
    qtbot.waitUntil(lambda: played == ["One.", "Three."])
    assert ended == []


def test_an_output_that_fails_is_told_once(qtbot, player, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise MMDeskError("The sound can’t be played.", "Check the output.")

    monkeypatch.setattr(inputs, "play_sentence", refuse)
    failures: list[str] = []
    player.failed.connect(lambda message, hint: failures.append(message))
    with qtbot.waitSignal(player.failed):
        player.add(FIRST, "")
        player.add(SECOND, "")
    assert failures == ["The sound can’t be played."]
