"""The language part comes first, chat opens with it, and a choice is kept until it is there."""

from __future__ import annotations

import pytest

from mmdesk.values import FetchProgress, ModelInfo
from mmdesk.workers.model_parts import ModelParts

MAIN, SMALL, EARS = "main", "small", "ears"


def info(part: str, role: str = "language", installed: bool = False, default: bool = True):
    return ModelInfo(part, part.title(), role, ("text",), "MIT", 10, 20, installed, default)  # type: ignore[arg-type]


@pytest.fixture
def parts(qtbot, monkeypatch):
    parts = ModelParts()
    parts.asked = []  # type: ignore[attr-defined]
    monkeypatch.setattr(parts._fetcher, "fetch", lambda ids: ids and parts.asked.append(ids))
    parts._wanted = MAIN
    yield parts
    assert parts.close()


def test_missing_parts_are_fetched_once_language_first(parts) -> None:
    progress: list = []
    parts.progressed.connect(progress.append)
    everything = (info(EARS, "speech"), info(MAIN))
    parts._on_listed(everything, (EARS, MAIN))
    parts._on_listed(everything, (EARS, MAIN))
    assert parts.asked == [(MAIN, EARS)]
    assert progress[0] == FetchProgress(MAIN, "Main", "waiting", 0, 10)


def test_offline_nothing_is_fetched_before_the_user_asks(parts, monkeypatch) -> None:
    ready, complete = [], []
    parts.readiness_changed.connect(lambda *words: ready.append(words))
    parts.completed.connect(lambda: complete.append(True))
    monkeypatch.setattr(parts.manager, "refresh", lambda: None)
    parts.begin(MAIN, fetch_missing=False)
    parts._on_listed((info(MAIN), info(EARS, "speech")), (MAIN, EARS))
    assert parts.asked == []
    assert "models page" in ready[-1][1]
    parts.fetch(MAIN)
    assert parts.asked == [(MAIN,)]
    assert complete == []
    parts._on_listed((info(MAIN, installed=True), info(EARS, "speech", installed=True)), ())
    assert complete == [True]


def test_chat_opens_as_soon_as_the_language_part_is_there(parts) -> None:
    ready, chosen = [], []
    parts.readiness_changed.connect(lambda *words: ready.append(words))
    parts.model_chosen.connect(chosen.append)
    parts._on_listed((info(MAIN), info(EARS, "speech")), (MAIN, EARS))
    parts._on_listed((info(MAIN, installed=True), info(EARS, "speech")), (EARS,))
    assert ready[0][0] is False
    assert ready[0][1]
    assert ready[-1] == (True, "")
    assert chosen == [MAIN]


def test_another_part_answers_while_the_wanted_one_is_fetched(parts) -> None:
    chosen: list = []
    parts.model_chosen.connect(chosen.append)
    there = info(SMALL, installed=True, default=False)
    parts._on_listed((info(MAIN, default=False), there), ())
    parts.want(MAIN)
    assert parts.asked == [(MAIN,)]
    parts._on_listed((info(MAIN, installed=True, default=False), there), ())
    assert chosen == [SMALL, MAIN]


def test_a_fallback_in_place_of_a_part_is_told(parts, qtbot) -> None:
    parts._on_listed((info(MAIN), info(SMALL, default=False)), (MAIN,))
    with qtbot.waitSignal(parts.problem_arose) as problem:
        parts._on_installed(MAIN, SMALL)
    assert problem.args[0].startswith("Main could not be downloaded")
    assert "Small" in problem.args[0]


def test_the_store_is_read_in_a_thread(parts, qtbot, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    with qtbot.waitSignal(parts.manager.listed, timeout=20_000) as listed:
        parts.begin("qwen2.5-coder-0.5b")
    infos, missing = listed.args
    assert "qwen2.5-coder-0.5b" in missing
    assert not any(entry.installed for entry in infos)
