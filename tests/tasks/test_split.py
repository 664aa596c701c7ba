from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mmdesk.tasks.split import split_into_parts
from mmdesk.tasks.task_run import TaskRun
from mmdesk.text.segment import length, words
from mmdesk.values import NeverCancelled
from tests.tasks.scripts import engine


def split(text: str, most: int, at_least: int = 1) -> list[str]:
    steps = split_into_parts(TaskRun(engine(), NeverCancelled()), text, most, at_least)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return list(done.value)


def test_paragraphs_stay_whole_where_they_fit() -> None:
    text = "\n\n".join(f"Paragraph {n} has five words." for n in range(6))
    parts = split(text, 12)
    assert [part.count("Paragraph") for part in parts] == [2, 2, 2]


def test_a_long_paragraph_is_split_at_sentence_ends() -> None:
    parts = split("One two three. Four five six. Seven eight nine.", 4)
    assert parts == ["One two three.", "Four five six.", "Seven eight nine."]


@pytest.mark.parametrize("text", ["word " * 50, "竹" * 50])
def test_what_has_no_ends_is_cut_by_length(text: str) -> None:
    parts = split(text, 8)
    assert all(length(part) <= 8 for part in parts)
    assert sum(map(length, parts)) >= 50


def test_more_parts_on_demand() -> None:
    text = "\n\n".join(f"Paragraph {n} has five words." for n in range(6))
    assert len(split(text, 1000)) == 1
    assert len(split(text, 1000, at_least=3)) == 3


@example(["Word"] * 6)  # one sentence that has to be cut: between its words
@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["Word", "two.", "三四。", "\n\n", "\n"]), max_size=60))
def test_nothing_is_left_out(pieces: list[str]) -> None:
    text = " ".join(pieces)
    assert words(" ".join(split(text, 5))) == words(text)
