"""Thinking is told apart from the answer while it streams, wherever the pieces are cut."""

from __future__ import annotations

import pytest

from mmdesk.engine.llm.thinking import ThinkingSplitter
from mmdesk.values import ReasoningChunk


def split(text: str, size: int = 1, inside: bool = False) -> tuple[str, str]:
    splitter = ThinkingSplitter(inside)
    events = []
    for start in range(0, len(text), size):
        events += splitter.feed(text[start : start + size])
    events += splitter.flush()
    thought = "".join(one.text for one in events if isinstance(one, ReasoningChunk))
    said = "".join(one.text for one in events if not isinstance(one, ReasoningChunk))
    return thought, said


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 100])
@pytest.mark.parametrize(
    ("text", "thought", "said"),
    [
        ("<think>\nHm, 3 < 4.\n\nYes.\n</think>\n\nFour. ", "Hm, 3 < 4.\n\nYes.", "Four. "),
        ("\n <think>a</think>b", "a", "b"),
        ("<think>\n\n</think>\n\nHello", "", "Hello"),
        ("<think>never ends </thi", "never ends </thi", ""),
        ("Plain <think>text</think>.", "", "Plain <think>text</think>."),
        ("  <thin air> is thin", "", "  <thin air> is thin"),
        ("<think", "", "<think"),
        ("", "", ""),
        ("<think>a</think>b<think>c</think>", "a", "b<think>c</think>"),
        (" \n leading", "", " \n leading"),
    ],
)
def test_text_is_split(text: str, thought: str, said: str, size: int) -> None:
    assert split(text, size) == (thought, said)


@pytest.mark.parametrize("size", [1, 4, 100])
def test_a_template_may_have_opened_it(size: int) -> None:
    assert split("Let me see.\n</think>\n\nFour.", size, inside=True) == ("Let me see.", "Four.")


def test_pieces_come_at_once() -> None:
    splitter = ThinkingSplitter()
    assert [one.text for one in splitter.feed("<think>I see")] == ["I see"]
    assert splitter.is_thinking
    assert [one.text for one in splitter.feed("</think>Yes")] == ["Yes"]
    assert [one.text for one in splitter.feed(" <")] == [" <"]
