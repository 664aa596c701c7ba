"""The newest text is synthesised in a child, and what comes of an older one is dropped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mmdesk.values import SpeechOptions, SpokenSentence
from mmdesk.workers import SpeechSynthesiser

SLOW = 20_000  # a child Python has to start


@pytest.fixture
def synthesiser(qtbot) -> Iterator[SpeechSynthesiser]:
    made = SpeechSynthesiser(module="tests.workers.fake_speech_main")
    yield made
    made.close()


def begin(synthesiser: SpeechSynthesiser, text: str) -> None:
    synthesiser.begin(SpeechOptions())
    synthesiser.feed(text)
    synthesiser.finish()


def test_sentences_come_in_order_and_then_the_end(qtbot, synthesiser) -> None:
    heard: list[SpokenSentence] = []
    synthesiser.sentence_ready.connect(heard.append)
    with qtbot.waitSignal(synthesiser.finished, timeout=SLOW):
        begin(synthesiser, "One. Two.")
    assert [sentence.text for sentence in heard] == ["One.", "Two."]


def test_a_text_that_was_given_up_is_not_heard(qtbot, synthesiser) -> None:
    heard: list[SpokenSentence] = []
    synthesiser.sentence_ready.connect(heard.append)
    begin(synthesiser, "Old.")
    synthesiser.stop()
    with qtbot.waitSignal(synthesiser.finished, timeout=SLOW):
        begin(synthesiser, "New.")
    assert [sentence.text for sentence in heard] == ["New."]


def test_a_missing_voice_is_told_apart_from_other_failures(qtbot, synthesiser) -> None:
    with qtbot.waitSignal(synthesiser.voice_missing, timeout=SLOW):
        begin(synthesiser, "voiceless.")
    with qtbot.waitSignal(synthesiser.failed, timeout=SLOW) as failed:
        begin(synthesiser, "klingon.")
    assert "Klingon" in failed.args[0]


def test_a_child_that_dies_is_told_and_the_next_text_has_another(qtbot, synthesiser) -> None:
    with qtbot.waitSignal(synthesiser.failed, timeout=SLOW):
        begin(synthesiser, "die.")
    with qtbot.waitSignal(synthesiser.finished, timeout=SLOW):
        begin(synthesiser, "Alive.")
