"""Sentences are told as soon as they are whole, and each exactly once."""

from __future__ import annotations

import pytest

from mmdesk.voice import SentenceStream
from mmdesk.voice.spoken_markdown import parser, spoken_sentences

TEXTS = [
    "The first bridge was built of wood. It burned down in 1405. A second one, of stone, stands.",
    "Two ways:\n\n1. Take the **train**. It is quick.\n2. Walk.\n\nBoth are fine.",
    "Dr. Weber is here. He came at 3.5 km/h, i.e. slowly. Why?",
    "# Plan\n\nFirst this.\n\n```python\nprint('a. b.')\n```\n\nThen that.\n\n"
    "| a | b |\n|---|---|\n| 1 | 2 |\n\nThe end.",
    "今天是星期一。天气很好！我们去公园吧。",
    "Ein Satz am 3. Mai. Noch einer.",
    "> Quoted. Twice.\n\nNo mark at the end",
]


def fed(text: str, step: int) -> list[str]:
    stream = SentenceStream()
    found: list[str] = []
    for start in range(0, len(text), step):
        found += stream.feed(text[start : start + step])
    return found + stream.finish()


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("step", [1, 3, 7, 1000])
def test_a_streamed_text_is_spoken_like_a_whole_one(text: str, step: int) -> None:
    whole = spoken_sentences(parser().parse(text))
    assert " ".join(fed(text, step)) == " ".join(whole)


def test_a_sentence_is_told_before_the_next_one_has_come() -> None:
    stream = SentenceStream()
    assert stream.feed("Paris is the capital") == []
    assert stream.feed(". ") == ["Paris is the capital."]
    assert stream.feed("It lies on") == []
    assert stream.finish() == ["It lies on."]


def test_an_abbreviation_ends_no_sentence() -> None:
    stream = SentenceStream()
    assert stream.feed("We met Dr. ") == []
    assert stream.feed("Weber. ") == ["We met Dr. Weber."]


def test_a_long_first_sentence_is_begun_at_a_comma() -> None:
    stream = SentenceStream()
    begun = stream.feed("The town on the river, which had burned down twice in its history, was")
    assert begun == ["The town on the river, which had burned down twice in its history,"]
    assert stream.feed(" rebuilt. ") == ["was rebuilt."]
    assert stream.feed("The second sentence is just as long as the first, but it is not,") == []


def test_code_is_held_back_until_it_is_whole() -> None:
    stream = SentenceStream()
    assert stream.feed("So:\n\n```\na. b. c\n") == ["So:"]
    assert stream.feed("```\n\nDone. ") == ["Here is a line of code.", "Done."]
