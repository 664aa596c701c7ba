"""The child synthesises a little ahead of what is heard, and the newest text only."""

from __future__ import annotations

import io
import threading

import pytest

from mmdesk.errors import InputError, ModelUnavailable
from mmdesk.values import SpeechOptions, SpokenSentence
from mmdesk.workers import framing, spoken
from mmdesk.workers.speech_main import LOOKAHEAD, SpeechService


class Spelling:
    """Synthesiser whose sounds are the sentences."""

    def begin(self, options: SpeechOptions) -> None:
        self.text = ""

    def feed(self, text: str) -> list[str]:
        return text.split()

    def finish(self) -> list[str]:
        return []

    def load(self) -> None:
        raise InputError("There is no voice.")

    def speak(self, sentence: str):
        if sentence == "unspeakable":
            raise InputError("There is no voice.")
        yield SpokenSentence(sentence)


def answers(*frames: tuple) -> list[tuple]:
    out = io.BytesIO()
    service = SpeechService(Spelling(), out)  # type: ignore[arg-type]
    for frame in (*frames, None):
        service.take(frame)
    service.run()
    values = framing.Unpacker().feed(out.getvalue())
    return [(value[0], getattr(value[-1], "text", value[1])) for value in values]


BEGIN = ("begin", "1", SpeechOptions())


def test_no_more_is_synthesised_than_is_wanted() -> None:
    sent: list[tuple] = []
    out = io.BytesIO()
    service = SpeechService(Spelling(), out)  # type: ignore[arg-type]
    service.take(BEGIN)
    service.take(("text", "1", "a b c d e"))

    class NothingLeftError(Exception):
        pass

    frames = service._frames

    class Queue:
        def get(self, block: bool) -> object:
            if block and frames.empty():
                raise NothingLeftError
            return frames.get(block)

    service._frames = Queue()  # type: ignore[assignment]
    try:
        service.run()
    except NothingLeftError:
        sent = framing.Unpacker().feed(out.getvalue())
    assert len(sent) == LOOKAHEAD


def test_frames_of_a_text_that_was_replaced_are_ignored() -> None:
    frames = (BEGIN, ("begin", "2", SpeechOptions()), ("text", "1", "old"), ("finish", "1"))
    assert answers(*frames, ("finish", "2")) == [("done", "2")]


def test_a_failure_ends_the_text() -> None:
    out = io.BytesIO()
    service = SpeechService(Spelling(), out)  # type: ignore[arg-type]
    service._handle(BEGIN)
    service._handle(("text", "1", "unspeakable next"))
    service._speak(service._sentences.popleft())
    service._handle(("finish", "1"))
    (failed,) = framing.Unpacker().feed(out.getvalue())
    assert failed[0] == "failed"


def test_a_voice_that_cannot_be_loaded_early_is_no_error() -> None:
    assert answers(("load",)) == []


def test_a_missing_voice_is_told_by_the_whole_child(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ModelUnavailable, match="English voice is not installed"):
        list(spoken("Good morning to all of you.", SpeechOptions(), threading.Event()))
