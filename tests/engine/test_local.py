"""Requests to the real engine, with a tiny random model."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mmdesk.engine.llm.chat_prompt import encode, prompt_message
from mmdesk.engine.llm.kv_cache import CHUNK
from mmdesk.engine.local import LocalEngine
from mmdesk.errors import Cancelled, InputError, ModelUnavailable
from mmdesk.values import (
    ChatRequest,
    Counted,
    CountRequest,
    DocumentInput,
    Finished,
    LoadRequest,
    Notice,
    Preparing,
    TextChunk,
    Turn,
)
from tests.engine.conftest import ask, chunks_in, nth_chunk, run, stats_of, text_of, until_cancelled
from tests.fakes.folder_store import FolderStore

Make = Callable[..., LocalEngine]
LONG = "The capital of France is Paris and its rivers are many. " * 40


def test_greedy_equals_transformers_generate(
    shared_engine: LocalEngine, tiny_folder: Path, tokenizer: Any
) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(tiny_folder, dtype=torch.float32)
    for question in ("What is the capital?", "巴黎在哪里", LONG):
        ids = torch.tensor([encode(tokenizer, [prompt_message(Turn("user", question))])])
        whole = model.generate(ids, do_sample=False, max_new_tokens=40)
        theirs = tokenizer.decode(whole[0, ids.shape[1] :], skip_special_tokens=True)
        assert text_of(run(shared_engine, ask(question, max_tokens=40))) == theirs


def test_greedy_is_deterministic_and_not_constant(shared_engine: LocalEngine) -> None:
    one, again, other = (
        text_of(run(shared_engine, ask(question))) for question in ("a b", "a b", "Rome?")
    )
    assert one == again != other


def test_same_seed_same_tokens(new_engine: Make) -> None:
    request = ask("Say", temperature=1.5, top_k=50, top_p=0.95, repetition_penalty=1.1, seed=3)
    engine = new_engine()
    answers = [text_of(run(engine, request)) for _ in range(2)]
    assert answers[0] == answers[1] == text_of(run(new_engine(), request))
    assert answers[0] != text_of(run(engine, ask("Say", temperature=1.5, seed=4)))


@pytest.mark.parametrize("limit", [1, 2, 17])
def test_max_tokens_is_kept_and_reported(shared_engine: LocalEngine, limit: int) -> None:
    stats = stats_of(run(shared_engine, ask("Hello", max_tokens=limit)))
    assert stats.generated_tokens == limit
    assert stats.stop == "length"


def test_the_stop_token_ends_the_answer_and_is_not_shown(
    new_engine: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = new_engine()
    free = run(engine, ask("Hello", max_tokens=20))
    from mmdesk.engine.llm import generate

    tokens: list[int] = []
    choose = generate.Sampler.choose

    def choose_then_stop(self: Any, logits: Any) -> int:
        tokens.append(choose(self, logits))
        assert engine._loaded is not None
        return min(engine._loaded.stop_ids) if len(tokens) == 6 else tokens[-1]

    monkeypatch.setattr(generate.Sampler, "choose", choose_then_stop)
    stopped = run(engine, ask("Hello", max_tokens=20))
    assert stats_of(stopped).stop == "end"
    assert stats_of(stopped).generated_tokens == 5
    assert "<|" not in text_of(stopped)
    assert text_of(free).startswith(text_of(stopped).rstrip("\ufffd"))


@pytest.mark.parametrize("received", [1, 3])
def test_cancel_is_obeyed_before_another_token(shared_engine: LocalEngine, received: int) -> None:
    events = until_cancelled(shared_engine, ask("Hello", max_tokens=200), nth_chunk(received))
    assert chunks_in(events) == received


def test_cancel_is_obeyed_between_prefill_chunks(new_engine: Make) -> None:
    engine = new_engine()
    until_cancelled(
        engine,
        ask(LONG),
        lambda event: isinstance(event, Preparing) and event.stage == "reading",
    )
    assert engine._cache_pool is not None
    (cache,) = engine._cache_pool.caches
    assert len(cache.ids) < 2 * CHUNK


def test_a_set_flag_starts_nothing(new_engine: Make, tiny_folder: Path) -> None:
    store = FolderStore({"tiny": tiny_folder})
    flag = threading.Event()
    flag.set()
    with pytest.raises(Cancelled):
        run(new_engine(store=store), ask("Hello"), flag)
    assert store.verified == []


def test_stopping_while_loading_is_prompt_and_the_load_serves_the_next(
    new_engine: Make, tiny_folder: Path
) -> None:
    gate = threading.Event()

    class SlowStore(FolderStore):
        def verify(self, part: str, cancel: Any, /) -> None:
            assert gate.wait(60)
            super().verify(part, cancel)

    store = SlowStore({"tiny": tiny_folder})
    engine = new_engine(store=store)
    flag = threading.Event()
    events = engine.generate(ask("Hello"), flag)
    assert next(events) == Preparing("loading the model")
    flag.set()
    with pytest.raises(Cancelled):
        next(events)
    gate.set()
    assert text_of(run(engine, ask("Hello")))
    assert store.verified == ["tiny"]


def test_closing_the_generator_early_leaves_the_engine_usable(new_engine: Make) -> None:
    engine = new_engine()
    expected = text_of(run(engine, ask("Hello")))
    events = engine.generate(ask("Hello"), threading.Event())
    next(event for event in events if isinstance(event, TextChunk))
    events.close()  # type: ignore[attr-defined]
    assert text_of(run(engine, ask("Hello"))) == expected


def test_an_abandoned_generator_does_not_share_its_cache(new_engine: Make) -> None:
    engine = new_engine()
    expected = text_of(run(engine, ask("Hello")))
    abandoned = engine.generate(ask("Other", max_tokens=100), threading.Event())
    next(event for event in abandoned if isinstance(event, TextChunk))
    assert text_of(run(engine, ask("Hello"))) == expected
    next(abandoned)
    assert text_of(run(engine, ask("Hello"))) == expected


def test_prefill_reports_its_progress(new_engine: Make) -> None:
    fractions = [
        event.fraction
        for event in run(new_engine(), ask(LONG))
        if isinstance(event, Preparing) and event.stage == "reading"
    ]
    assert fractions[0] == 0
    assert fractions == sorted(fractions)  # type: ignore[type-var]
    assert len(fractions) > 2


def test_an_answer_start_is_shown_and_counts_as_prompt(shared_engine: LocalEngine) -> None:
    plain = stats_of(run(shared_engine, ask("Hello")))
    events = run(shared_engine, ask("Hello", prefill="巴黎 is"))
    assert text_of(events).startswith("巴黎 is")
    assert stats_of(events).prompt_tokens > plain.prompt_tokens
    assert stats_of(events).generated_tokens == 24


def test_stats_are_measured(shared_engine: LocalEngine, tokenizer: Any) -> None:
    stats = stats_of(run(shared_engine, ask("Hello", seed=5, max_tokens=10)))
    assert stats.model == "tiny"
    assert stats.device == "cpu"
    assert stats.seed == 5
    assert stats.prompt_tokens == len(encode(tokenizer, [prompt_message(Turn("user", "Hello"))]))
    assert stats.context_tokens == stats.prompt_tokens + 10
    assert stats.context_limit == 4096  # the model's own, below the engine's 8192
    assert 0 < stats.ttft_s <= stats.total_s
    assert stats.decode_tokens_per_s > 0


def test_loading_is_reported_once(new_engine: Make) -> None:
    engine = new_engine()
    first = run(engine, LoadRequest("tiny"))
    assert first[0] == Preparing("loading the model")
    assert stats_of(first).load_s > 0
    again = run(engine, LoadRequest("tiny"))
    assert [type(event) for event in again] == [Finished]
    assert stats_of(again).load_s == 0


def test_counting(shared_engine: LocalEngine, tokenizer: Any) -> None:
    texts = ("", "one two", "巴黎")
    counted = next(
        event
        for event in run(shared_engine, CountRequest(texts, "tiny"))
        if isinstance(event, Counted)
    )
    assert counted.counts == tuple(len(tokenizer(text)["input_ids"]) for text in texts)


def test_old_turns_are_left_out_with_a_notice(new_engine: Make) -> None:
    history = [
        Turn(role, f"{number} The capital of France is Paris.")
        for number in range(20)
        for role in ("user", "assistant")
    ]
    events = run(new_engine(context_tokens=512), ask("And?", *history))
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert len(notices) == 1
    assert notices[0].startswith("The oldest ")
    stats = stats_of(events)
    assert stats.prompt_tokens + 24 <= 512
    assert stats.context_tokens <= stats.context_limit == 512


def test_a_document_too_long_is_shortened_not_refused(new_engine: Make) -> None:
    turn = Turn("user", "Sum up.", documents=(DocumentInput("book.txt", LONG * 5),))
    events = run(new_engine(context_tokens=512), ChatRequest((turn,), model="tiny"))
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert notices == ['The document "book.txt" is too long, so its middle was left out.']
    assert stats_of(events).context_tokens <= 512


def test_the_answer_never_leaves_the_context(new_engine: Make) -> None:
    stats = stats_of(run(new_engine(context_tokens=512), ask(LONG, max_tokens=5000)))
    assert stats.context_tokens == 512
    assert stats.stop == "length"


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": -1.0},
        {"temperature": float("nan")},
        {"top_p": 0.0},
        {"top_p": 1.5},
        {"top_k": -1},
        {"repetition_penalty": 0.0},
        {"max_tokens": 0},
    ],
)
def test_impossible_sampling_is_refused_before_loading(new_engine: Make, wrong: dict) -> None:
    engine = new_engine()
    with pytest.raises(InputError):
        run(engine, ask("Hello", **wrong))
    assert engine._loaded is None


def test_nothing_to_answer(new_engine: Make) -> None:
    for turns in ((), (Turn("system", "Be brief."),)):
        with pytest.raises(InputError, match="nothing to answer"):
            run(new_engine(), ChatRequest(turns, model="tiny"))


def test_an_unknown_model_is_bad_input(new_engine: Make) -> None:
    with pytest.raises(InputError):
        run(new_engine(), LoadRequest("no-such-part"))


def test_a_damaged_model_is_not_used_and_a_mended_one_is(
    new_engine: Make, tiny_folder: Path
) -> None:
    store = FolderStore({"tiny": tiny_folder})
    store.damaged.add("tiny")
    engine = new_engine(store=store)
    with pytest.raises(ModelUnavailable, match="damaged"):
        run(engine, ask("Hello"))
    store.damaged.clear()
    assert text_of(run(engine, ask("Hello")))


def test_another_model_takes_the_place_of_the_first(
    new_engine: Make, tiny_folder: Path, tmp_path: Path
) -> None:
    from tests.fakes.tiny_model import build_model

    other = build_model(tmp_path / "other", seed=1)
    engine = new_engine(store=FolderStore({"tiny": tiny_folder, "other": other}))
    first = text_of(run(engine, ask("Hello")))
    second = ChatRequest(ask("Hello").turns, ask("Hello").sampling, model="other")
    assert stats_of(run(engine, second)).model == "other"
    assert text_of(run(engine, second)) != first
    assert text_of(run(engine, ask("Hello"))) == first


def test_closing_twice_and_asking_again(new_engine: Make) -> None:
    engine = new_engine()
    expected = text_of(run(engine, ask("Hello")))
    engine.close()
    engine.close()
    assert engine._loaded is None
    assert text_of(run(engine, ask("Hello"))) == expected


def test_a_preloaded_model_is_loaded_once(new_engine: Make, tiny_folder: Path) -> None:
    store = FolderStore({"tiny": tiny_folder})
    engine = new_engine(store=store)
    engine.preload("tiny")
    run(engine, LoadRequest("tiny"))
    assert text_of(run(engine, ask("hello", max_tokens=2)))
    assert store.verified == ["tiny"]
