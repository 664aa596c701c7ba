"""The built-in language model with questions that a user would ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mmdesk.engine.local import LocalEngine
from mmdesk.values import ChatRequest, DocumentInput, Sampling, TextChunk, Turn
from tests.engine.conftest import chunks_in, nth_chunk, run, stats_of, text_of, until_cancelled

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def engine() -> Iterator[LocalEngine]:
    made = LocalEngine()
    yield made
    made.close()


@pytest.fixture(scope="module")
def exact_engine() -> Iterator[LocalEngine]:
    made = LocalEngine(precision="fp32")
    yield made
    made.close()


def question(text: str, *before: Turn, **sampling: Any) -> ChatRequest:
    return ChatRequest((*before, Turn("user", text)), Sampling(**({"max_tokens": 40} | sampling)))


def test_the_capital_of_france(engine: LocalEngine) -> None:
    events = run(engine, question("What is the capital of France?"))
    assert "Paris" in text_of(events)
    assert stats_of(events).stop == "end"


def test_chinese_comes_in_whole_characters(engine: LocalEngine) -> None:
    events = run(engine, question("请用中文介绍一下北京。", max_tokens=60))
    chunks = [event.text for event in events if isinstance(event, TextChunk)]
    assert "北京" in "".join(chunks)
    assert not any("\ufffd" in chunk for chunk in chunks)
    letters = [letter for letter in "".join(chunks) if letter.isalpha()]
    assert sum("\u4e00" <= letter <= "\u9fff" for letter in letters) > 0.9 * len(letters)


def test_emoji_come_whole(engine: LocalEngine) -> None:
    """The model may choose others than it was given; each must be a character, not bytes."""
    events = run(engine, question("Repeat exactly: 🇫🇷🦊東京", max_tokens=40))
    text = text_of(events)
    assert "\ufffd" not in text
    assert "東京" in text
    assert any(ord(letter) > 0x1F000 for letter in text)


def test_the_seed_decides(engine: LocalEngine) -> None:
    def answer(seed: int) -> str:
        request = question(
            "Tell me a short story.", temperature=0.8, top_p=0.95, seed=seed, max_tokens=24
        )
        return text_of(run(engine, request))

    assert answer(1) == answer(1) != answer(2)


def test_stop_in_mid_answer(engine: LocalEngine) -> None:
    request = question("Count from 1 to 100.", max_tokens=300)
    assert chunks_in(until_cancelled(engine, request, nth_chunk(4))) == 4


@pytest.mark.parametrize("which", ["engine", "exact_engine"])
def test_reuse_of_the_prefix_changes_no_token(which: str, request: Any) -> None:
    engine: LocalEngine = request.getfixturevalue(which)
    article = "The harbour of Rotterdam is the largest in Europe. " * 30
    answers: dict[bool, list[str]] = {}
    for forget in (False, True):
        turns: list[Turn] = []
        for text in ("What is it about?", "In one word?"):
            documents = () if turns else (DocumentInput("harbour.txt", article),)
            turns.append(Turn("user", text, documents=documents))
            if forget:
                engine._cache_pool = None
            answer = text_of(run(engine, ChatRequest(tuple(turns), Sampling(max_tokens=16))))
            answers.setdefault(forget, []).append(answer)
            turns.append(Turn("assistant", answer))
    assert answers[False] == answers[True]


def test_greedy_equals_transformers_generate(exact_engine: LocalEngine) -> None:
    import torch

    from mmdesk.engine.default_parts import default_store
    from mmdesk.engine.llm.chat_prompt import encode, prompt_message
    from mmdesk.engine.llm.loading import _load_transformers

    ours = text_of(run(exact_engine, question("Name three rivers.", max_tokens=20)))
    loaded = exact_engine._loaded
    assert loaded is not None
    ids = torch.tensor(
        [encode(loaded.tokenizer, [prompt_message(Turn("user", "Name three rivers."))])]
    )
    folder = default_store().path(loaded.part)
    reference = _load_transformers(loaded.part, folder, 1, "fp32", "cpu").model
    whole = reference.generate(
        ids, do_sample=False, max_new_tokens=20, repetition_penalty=1.0, top_k=None, top_p=None
    )
    said = whole[0, ids.shape[1] :].tolist()
    assert ours == loaded.tokenizer.decode(said, skip_special_tokens=True)
