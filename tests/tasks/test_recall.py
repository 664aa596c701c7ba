"""Recall: what the user said earlier stands with the question that it matches."""

from __future__ import annotations

import pytest

from mmdesk.tasks.recall import matching_statements, with_recalled
from mmdesk.values import Turn

SUMMARY = """- User: My daughter Mira is 7 and allergic to hazelnuts. Assistant: Ask the waiter.
- User: We live in Linz and will go by train. Assistant: Trains are fast.
- User: What is a good packing list? Assistant: Pack little.
- User: Our train leaves on 12 July at 8:15. Assistant: Be early.
- User: 我女儿对花生过敏。 Assistant: 请小心。"""


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("What is my daughter allergic to?", ["My daughter"]),
        ("In which town do we live?", ["We live"]),
        ("When does our train leave?", ["Our train"]),
        ("我女儿对什么过敏？", ["我女儿"]),
        ("What is the capital of France?", []),
        ("Is there a good packing list?", []),
    ],
)
def test_what_matches_a_question_is_found(question: str, begins: list[str]) -> None:
    found = matching_statements(question, SUMMARY)
    assert len(found) == len(begins)
    assert all(one.startswith(begin) for one, begin in zip(found, begins, strict=True))


def test_it_stands_before_the_question() -> None:
    (turn,) = with_recalled((Turn("user", "How old is my daughter?"),), SUMMARY)
    assert turn.text == (
        "Earlier in our conversation I said: “My daughter Mira is 7 and allergic to hazelnuts.”"
        "\n\nHow old is my daughter?"
    )


def test_a_conversation_without_a_summary_stays_as_it_is() -> None:
    turns = (Turn("user", "How old is my daughter?"),)
    assert with_recalled(turns, "") == turns
