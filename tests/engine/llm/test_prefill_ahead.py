"""What was prefilled while a question was typed is not computed again, and changes no answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from mmdesk.engine.llm.kv_cache import CHUNK
from mmdesk.engine.local import LocalEngine
from mmdesk.errors import Cancelled
from mmdesk.values import DocumentInput, ImageDescription, ImageInput, PrefillRequest, Turn
from tests.engine.conftest import ask, run, stats_of, text_of

Make = Callable[..., LocalEngine]
PAGE = DocumentInput("page.txt", "The harbour was built in 1837 by the people of the town. " * 30)
DOG = ImageInput(
    "dog.png", 1, 1, b"\0\0\0", "d1", ImageDescription(caption="A dog runs over the grass.")
)
BEFORE = (Turn("system", "You are kind."), Turn("user", "Hello."), Turn("assistant", "Hi!"))
DRAFT = Turn("user", "", documents=(PAGE,), images=(DOG,))


def question(text: str = "When was it built?") -> object:
    request = ask(text)
    return replace(request, turns=(*BEFORE, replace(DRAFT, text=text)))


def prefill_request(max_tokens: int = 24) -> PrefillRequest:
    return PrefillRequest((*BEFORE, DRAFT), max_tokens, "tiny")


def test_only_the_question_is_left_to_compute(new_engine: Make) -> None:
    fresh = stats_of(run(new_engine(precision="int8"), question()))
    assert fresh.read_tokens == fresh.prompt_tokens > 4 * CHUNK

    engine = new_engine(precision="int8")
    prefilled = stats_of(run(engine, prefill_request()))
    assert prefilled.read_tokens == prefilled.prompt_tokens
    answered = run(engine, question())
    left = len(engine._loaded.tokenizer("When was it built?")["input_ids"])
    assert stats_of(answered).read_tokens < left + 16  # and the template's end
    assert stats_of(answered).prompt_tokens == fresh.prompt_tokens


@pytest.mark.parametrize("precision", ["int8", "bf16", "fp32"])
def test_the_answer_is_the_same_with_and_without(new_engine: Make, precision: str) -> None:
    without = text_of(run(new_engine(precision=precision), question()))
    engine = new_engine(precision=precision)
    run(engine, prefill_request())
    answered = run(engine, question())
    assert text_of(answered) == without
    assert stats_of(answered).read_tokens < stats_of(answered).prompt_tokens / 2


def test_prefilling_again_computes_nothing(new_engine: Make) -> None:
    engine = new_engine(precision="int8")
    run(engine, prefill_request())
    assert stats_of(run(engine, prefill_request())).read_tokens == 0


def test_after_an_answer_only_what_is_new_is_computed(new_engine: Make) -> None:
    engine = new_engine(precision="int8")
    answer = text_of(run(engine, question()))
    turns = (*BEFORE, replace(DRAFT, text="When was it built?"), Turn("assistant", answer))
    next_one = PrefillRequest((*turns, Turn("user", "")), 24, "tiny")
    assert stats_of(run(engine, next_one)).read_tokens < CHUNK


def test_what_was_computed_before_a_stop_is_kept(new_engine: Make) -> None:
    engine = new_engine(precision="int8")
    run(engine, ask("x"))
    flag = threading.Event()
    events = engine.generate(prefill_request(), flag)
    for _ in range(3):  # progress comes before every chunk
        next(events)
    flag.set()
    with pytest.raises(Cancelled):
        list(events)
    answered = stats_of(run(engine, question()))
    assert answered.read_tokens <= answered.prompt_tokens - 2 * CHUNK + 8
