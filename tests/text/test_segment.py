from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdesk.text.segment import (
    blocks,
    ends_sentence,
    join,
    length,
    sentences,
    shorten,
    space_between,
)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("It's 3.5 well-known words", 4),
        ("大熊猫吃竹子。", 6),
        ("mmdesk 很好", 3),
        ("…!?", 0),
    ],
)
def test_length_counts_words_and_cjk_characters(text: str, count: int) -> None:
    assert length(text) == count


def test_sentences_end_where_they_do_and_not_at_abbreviations() -> None:
    text = 'Dr. Smith paid 3.5 euros, e.g. in cash. "Really?" 他说：“走吧！”然后走了。Done'
    assert [sentence.strip() for sentence in sentences(text)] == [
        "Dr. Smith paid 3.5 euros, e.g. in cash.",
        '"Really?"',
        "他说：“走吧！”",
        "然后走了。",
        "Done",
    ]


@given(st.text(alphabet='aB .!?。！？\n"”1,中文', max_size=80))
def test_sentences_lose_nothing(text: str) -> None:
    assert "".join(sentences(text)) == text


@pytest.mark.parametrize(
    ("text", "whole"), [("Yes.", True), ("好。”", True), ("No", False), ("He said. And", False)]
)
def test_ends_sentence(text: str, whole: bool) -> None:
    assert ends_sentence(text) is whole


def test_paragraphs_headings_and_items_stay_apart_with_their_gaps() -> None:
    text = "Title\n\nFirst paragraph.\n- one\n- two\n\n\nLast."
    found = blocks(text)
    assert [block.text for block in found] == [
        "Title",
        "First paragraph.",
        "- one",
        "- two",
        "Last.",
    ]
    assert "".join(block.text + block.gap for block in found) == text


def test_lines_broken_by_a_margin_become_one_paragraph() -> None:
    text = (
        "This is a long line that a margin broke in\nthe middle of a sentence, and another one\n"
        "follows it here.\n\nNew."
    )
    assert [block.text for block in blocks(text)] == [
        "This is a long line that a margin broke in the middle of a sentence, and another one "
        "follows it here.",
        "New.",
    ]


def test_join_puts_blanks_between_latin_sentences_only() -> None:
    assert join(["One.", " Two. ", ""]) == "One. Two."
    assert join(["第一句。", "第二句。"]) == "第一句。第二句。"


def test_shorten_says_that_something_is_missing() -> None:
    assert shorten("one two three.", 3) == "one two three."
    assert shorten("one, two, three", 2) == "one, two…"


@pytest.mark.parametrize(
    ("before", "after", "between"),
    [("", "Hi", ""), ("Hi.", "You", " "), ("你好。", "世界", ""), ("안녕", "하세요", " ")],
)
def test_the_space_between_stretches_of_speech(before: str, after: str, between: str) -> None:
    assert space_between(before, after) == between
