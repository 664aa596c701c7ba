"""The fused tokenizer and the normalisation of texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmdesk.errors import InputError
from mmdesk.perception.fused_tokenizer import (
    ANSWER_TOKEN,
    CAPTION_TOKEN,
    END_TOKEN,
    QUESTION_TOKEN,
    FusedTokenizer,
    as_sentence,
    normalise_text,
)


def test_texts_are_normalised() -> None:
    assert normalise_text('A "tri-colored"  dog , in the man\'s hand .') == (
        "a tri-colored dog, in the man's hand"
    )


def test_any_text_survives_encoding_and_decoding(tokenizer: FusedTokenizer) -> None:
    for text in ("a black dog runs", "how many zebras? 42!", "x-ray, 3 o'clock"):
        assert tokenizer.decode(tokenizer.encode(text)) == normalise_text(text)


def test_digits_are_tokens_of_their_own(tokenizer: FusedTokenizer) -> None:
    assert tokenizer.encode("1234")[-3:] == [tokenizer.encode(d)[-1] for d in ("12", "13", "14")]


def test_decoding_ends_at_the_end(tokenizer: FusedTokenizer) -> None:
    ids = [
        tokenizer.ids[CAPTION_TOKEN],
        *tokenizer.encode("a dog"),
        tokenizer.end,
        *tokenizer.encode("a girl"),
    ]
    assert tokenizer.decode(ids) == "a dog"


def test_prompts_tell_the_tasks_apart(tokenizer: FusedTokenizer) -> None:
    assert tokenizer.prompt(CAPTION_TOKEN) == [tokenizer.ids[CAPTION_TOKEN]]
    question = tokenizer.prompt(QUESTION_TOKEN, "What color?")
    assert question[0] == tokenizer.ids[QUESTION_TOKEN]
    assert question[-1] == tokenizer.ids[ANSWER_TOKEN]
    assert question[1:-1] == tokenizer.encode("what color?")


def test_the_end_is_the_only_special_token_that_is_generated(tokenizer: FusedTokenizer) -> None:
    assert tokenizer.end not in tokenizer.unwanted
    assert {tokenizer.pad, tokenizer.blank, *(tokenizer.prompt(CAPTION_TOKEN))} <= set(
        tokenizer.unwanted
    )
    assert tokenizer.ids[END_TOKEN] == tokenizer.end


def test_a_sentence_as_people_write_it() -> None:
    assert as_sentence("a dog and i") == "A dog and I."
    assert as_sentence("is it?") == "Is it?"
    assert as_sentence("") == ""


def test_a_missing_tokenizer_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.json"):
        FusedTokenizer(tmp_path / "nowhere.json")
