"""The tokenizer and what happens to texts before and after it."""

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


def test_texts_are_brought_to_one_form() -> None:
    assert normalise_text('A "tri-colored"  dog , in the man\'s hand .') == (
        "a tri-colored dog, in the man's hand"
    )


def test_any_text_comes_back_whole(words: FusedTokenizer) -> None:
    for text in ("a black dog runs", "how many zebras? 42!", "x-ray, 3 o'clock"):
        assert words.decode(words.encode(text)) == normalise_text(text)


def test_digits_stand_alone(words: FusedTokenizer) -> None:
    assert words.encode("1234")[-3:] == [words.encode(d)[-1] for d in ("12", "13", "14")]


def test_decoding_ends_at_the_end(words: FusedTokenizer) -> None:
    ids = [words.ids[CAPTION_TOKEN], *words.encode("a dog"), words.end, *words.encode("a girl")]
    assert words.decode(ids) == "a dog"


def test_prompts_tell_the_tasks_apart(words: FusedTokenizer) -> None:
    assert words.prompt(CAPTION_TOKEN) == [words.ids[CAPTION_TOKEN]]
    question = words.prompt(QUESTION_TOKEN, "What color?")
    assert question[0] == words.ids[QUESTION_TOKEN]
    assert question[-1] == words.ids[ANSWER_TOKEN]
    assert question[1:-1] == words.encode("what color?")


def test_marks_are_never_generated_but_the_end(words: FusedTokenizer) -> None:
    assert words.end not in words.unwanted
    assert {words.pad, words.blank, *(words.prompt(CAPTION_TOKEN))} <= set(words.unwanted)
    assert words.ids[END_TOKEN] == words.end


def test_a_sentence_as_people_write_it() -> None:
    assert as_sentence("a dog and i") == "A dog and I."
    assert as_sentence("is it?") == "Is it?"
    assert as_sentence("") == ""


def test_a_missing_tokenizer_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.json"):
        FusedTokenizer(tmp_path / "nowhere.json")
