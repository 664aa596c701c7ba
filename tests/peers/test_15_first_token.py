"""Complaint 15: a slow first token, since every prefill computes the whole conversation again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mmdesk.engine.llm.kv_cache import CHUNK, PrefixCache
from mmdesk.engine.local import LocalEngine
from mmdesk.settings import Settings
from tests.fakes.folder_store import FolderStore
from tests.fakes.tiny_model import build_model
from tests.window_user import LANGUAGE

LONG = "The capital of France is Paris and its rivers are many. " * 60
ANSWER = 24  # tokens
TEMPLATE = 40  # tokens around a question and its answer, and those of the common prefix's end


@pytest.mark.parametrize(("precision", "slack"), [("int8", 0), ("fp32", 2 * CHUNK)])
def test_complaint_15_only_new_tokens_are_prefilled(
    open_window, qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, precision, slack
) -> None:
    """With floats, the KV cache keeps whole chunks only (see kv_cache.py): hence the slack."""
    prefilled: list[int] = []
    append = PrefixCache.append

    def counting(self: PrefixCache, ids, logits_to_keep: int = 1):
        prefilled.append(len(ids))
        return append(self, ids, logits_to_keep)

    folder = build_model(tmp_path / "tiny")
    engine = LocalEngine(store=FolderStore({LANGUAGE.id: folder}), threads=1, precision=precision)
    person = open_window(engine, replace(Settings(), max_tokens=ANSWER))
    monkeypatch.setattr(PrefixCache, "append", counting)
    person.window.composer.set_text(LONG)
    with qtbot.waitSignal(person.app.chat.answers.finished, timeout=60_000):
        person.press("sendButton")
    first = sum(prefilled)
    assert first > 500
    for question in ("Rome?", "And why?", "Good."):
        prefilled.clear()
        person.ask(question)
        assert sum(prefilled) <= 2 * ANSWER + len(question) + TEMPLATE + slack, (first, prefilled)
