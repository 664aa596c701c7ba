"""Text comes out whole: nothing lost, nothing doubled, never half a character."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from mmdesk.engine.llm.detokenizer import REPLACEMENT, Detokenizer
from tests.fakes.tiny_model import SPECIALS

relaxed = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def chunks_of(tokenizer: Any, ids: list[int]) -> list[str]:
    detokenizer = Detokenizer(tokenizer)
    return [*(detokenizer.feed(token) for token in ids), detokenizer.flush()]


def decoded(tokenizer: Any, ids: list[int]) -> str:
    return tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)


@relaxed
@given(text=st.text(max_size=60))
@example(text="\uf900")  # its composed form is another character
def test_any_text_comes_back_in_whole_characters(tokenizer: Any, text: str) -> None:
    assume(not any(special in text for special in SPECIALS))  # they are left out
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    chunks = chunks_of(tokenizer, ids)
    assert "".join(chunks) == normalize("NFC", text)  # the tokenizer reads no other form
    if REPLACEMENT not in text:
        assert not any(REPLACEMENT in chunk for chunk in chunks)


@relaxed
@given(data=st.data())
def test_any_tokens_at_all_come_back_as_their_decoding(tokenizer: Any, data: st.DataObject) -> None:
    ids = data.draw(st.lists(st.integers(0, len(tokenizer) - 1), max_size=40))
    assert "".join(chunks_of(tokenizer, ids)) == decoded(tokenizer, ids)


@pytest.mark.parametrize(
    "text", ["你好,世界", "👩‍👩‍👧 🇫🇷 é", "naïve – “ok”", " \n\n x  ", "\ufffd"]
)
def test_characters_over_several_tokens(tokenizer: Any, text: str) -> None:
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    assert "".join(chunks_of(tokenizer, ids)) == text


def test_nothing_certain_is_held_back(tokenizer: Any) -> None:
    ids = tokenizer("The capital is 东", add_special_tokens=False)["input_ids"]
    detokenizer = Detokenizer(tokenizer)
    so_far = ""
    for place, token in enumerate(ids, 1):
        so_far += detokenizer.feed(token)
        assert so_far == decoded(tokenizer, ids[:place]).rstrip(REPLACEMENT)


def test_half_a_character_at_the_end_is_flushed(tokenizer: Any) -> None:
    ids = tokenizer("a东", add_special_tokens=False)["input_ids"][:-1]
    chunks = chunks_of(tokenizer, ids)
    assert "".join(chunks) == decoded(tokenizer, ids)
    assert REPLACEMENT in chunks[-1]


def test_the_window_stays_short(tokenizer: Any) -> None:
    detokenizer = Detokenizer(tokenizer)
    for token in tokenizer("word and 世界 " * 50, add_special_tokens=False)["input_ids"]:
        detokenizer.feed(token)
        assert len(detokenizer._window) <= 8


def test_going_on_from_a_context_repeats_nothing(tokenizer: Any) -> None:
    first = tokenizer("The answer: ", add_special_tokens=False)["input_ids"]
    more = tokenizer("巴黎 Paris", add_special_tokens=False)["input_ids"]
    detokenizer = Detokenizer(tokenizer, first[-4:])
    text = "".join(detokenizer.feed(token) for token in more) + detokenizer.flush()
    assert text == "巴黎 Paris"
