"""A local reasoning model's thinking is told apart, measured, bounded, and can be switched off."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mmdesk.engine.llm import generate
from mmdesk.engine.llm.chat_prompt import encode, prompt_message
from mmdesk.engine.llm.tokenizer import ChatTokenizer
from mmdesk.engine.local import LocalEngine
from mmdesk.values import ReasoningChunk, TextChunk, Turn
from tests.engine.conftest import ask, run, stats_of, text_of
from tests.fakes.folder_store import FolderStore
from tests.fakes.tiny_model import TEMPLATE

SWITCH = "{% if enable_thinking is defined and not enable_thinking %}<think></think>{% endif %}"


@pytest.fixture
def thinking_folder(tiny_folder: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "thinker"
    shutil.copytree(tiny_folder, folder)
    config = json.loads((folder / "tokenizer_config.json").read_text())
    config.pop("chat_template", None)
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    (folder / "chat_template.jinja").write_text(TEMPLATE + SWITCH)
    return folder


@pytest.fixture
def thinker(thinking_folder: Path) -> Iterator[LocalEngine]:
    engine = LocalEngine(FolderStore({"tiny": thinking_folder}), threads=1, precision="fp32")
    yield engine
    engine.close()


def write(monkeypatch: pytest.MonkeyPatch, tokenizer: Any, text: str) -> list[int]:
    """Have the model write a text; return where it is told how many tokens it may write."""
    allowed: list[int] = []

    def decode(
        _logits: Any, _cache: Any, _sampler: Any, _stops: Any, most: int, *_rest: Any
    ) -> Any:
        allowed.append(most)
        yield from tokenizer(text, add_special_tokens=False)["input_ids"]
        return "end"

    monkeypatch.setattr(generate, "decode", decode)
    return allowed


def test_thinking_is_no_part_of_the_answer(
    thinker: LocalEngine, tokenizer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = write(monkeypatch, tokenizer, "<think>\nHm.\n</think>\n\nParis")
    events = run(thinker, ask("Where?"))
    thought = "".join(event.text for event in events if isinstance(event, ReasoningChunk))
    assert (thought, text_of(events)) == ("Hm.", "Paris")
    assert stats_of(events).thinking_s > 0
    assert allowed[0] > 24  # its thoughts take nothing from the answer


def test_the_answer_is_no_longer_than_it_may_be(
    thinker: LocalEngine, tokenizer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(monkeypatch, tokenizer, "<think>a b c d e f</think>" + "Paris Rome " * 20)
    events = run(thinker, ask("Where?", max_tokens=5))
    assert stats_of(events).stop == "length"
    assert 0 < len(tokenizer(text_of(events), add_special_tokens=False)["input_ids"]) <= 5


def test_other_models_write_of_the_tags_as_they_like(
    shared_engine: LocalEngine, tokenizer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = write(monkeypatch, tokenizer, "<think>a</think>b")
    events = run(shared_engine, ask("Where?"))
    assert text_of(events) == "<think>a</think>b"
    assert not any(isinstance(event, ReasoningChunk) for event in events)
    assert [type(event) for event in events].count(TextChunk) >= 1
    assert allowed == [24]


def test_thinking_is_switched_off_in_the_template(thinking_folder: Path) -> None:
    tokenizer = ChatTokenizer(thinking_folder)
    messages = [prompt_message(Turn("user", "Where?"))]
    on, off = (tokenizer.decode(encode(tokenizer, messages, "", how)) for how in (True, False))
    assert off == on + "<think></think>"
