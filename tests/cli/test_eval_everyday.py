"""`mmdesk eval everyday`: the chat's own answers, kept for the next run."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from mmdesk.cli import main, training
from mmdesk.cli.cached_engine import CachedEngine
from mmdesk.values import ChatRequest, Finished, Sampling, TextChunk, Turn
from tests.fakes.scripted_engine import ScriptedEngine, words

PROMPTS = (
    {"id": "facts-01", "kind": "facts", "prompt": "Capital of France?", "all": ["paris"]},
    {"id": "facts-02", "kind": "facts", "prompt": "Capital of Japan?", "all": ["tokyo"]},
    {"id": "facts-04", "kind": "facts", "prompt": "Capital of Peru?", "all": ["lima"]},
)


@pytest.fixture
def prompts(tmp_path: Path) -> str:
    path = tmp_path / "prompts.jsonl"
    path.write_text("\n".join(map(json.dumps, PROMPTS)), encoding="utf-8")
    return str(path)


def test_the_judged_half_is_asked_and_shares_are_printed(
    prompts: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    cache = str(tmp_path / "answers.jsonl")
    command = ["eval", "everyday", "--prompts", prompts, "--cache", cache, "--json"]
    engine = ScriptedEngine(words("It is Tokyo."), words("It is Cusco."))
    monkeypatch.setattr(training, "make_text_engine", lambda threads, precision: engine)
    assert main.main(command) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["shares"]["all"] == {"right": 1, "of": 2, "share": 0.5}
    assert [answer["id"] for answer in report["answers"]] == ["facts-02", "facts-04"]
    asked = [request for request in engine.requests if isinstance(request, ChatRequest)]
    assert [request.turns[-1].text for request in asked] == [
        "Capital of Japan?",
        "Capital of Peru?",
    ]

    again = ScriptedEngine()  # answers nothing: everything is in the file
    monkeypatch.setattr(training, "make_text_engine", lambda threads, precision: again)
    assert main.main([*command[:-1], "--failures"]) == 0
    out = capsys.readouterr().out
    assert "1 of    2   50.0%" in out
    assert "facts-04 (all): Capital of Peru?\nIt is Cusco." in out


def test_another_sampling_is_another_answer(tmp_path: Path) -> None:
    engine = ScriptedEngine(words("one"), words("two"))
    cached = CachedEngine(engine, tmp_path / "answers.jsonl")
    turns = (Turn("user", "?"),)

    def ask(sampling: Sampling) -> str:
        events = list(cached.generate(ChatRequest(turns, sampling), threading.Event()))
        assert isinstance(events[-1], Finished)
        return "".join(event.text for event in events if isinstance(event, TextChunk))

    answers = [ask(Sampling()), ask(Sampling(seed=1)), ask(Sampling())]
    assert answers == ["one", "two", "one"]
