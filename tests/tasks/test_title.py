"""Titles of conversations: which of the model's words are one."""

from __future__ import annotations

import pytest

from mmdesk.tasks.title import good_title, make_title, title_prompt
from mmdesk.values import Finished, NeverCancelled
from tests.fakes.scripted_engine import ScriptedEngine
from tests.tasks.scripts import said

TOMATOES = ("My tomatoes get yellow leaves, what can I do?", "Water your plants less often.")
DRAWING = ("我想学习画画，应该从哪里开始？", "可以先练习线条和简单的形状。")


@pytest.mark.parametrize(
    ("said", "exchange", "title"),
    [
        ("Yellow leaves on tomatoes", TOMATOES, "Yellow leaves on tomatoes"),
        ('"Yellow leaves on tomatoes."\nMore', TOMATOES, "Yellow leaves on tomatoes"),
        ("Title: **Yellow tomato leaves**", TOMATOES, "Yellow tomato leaves"),
        ("学习画画的开始", DRAWING, "学习画画的开始"),
    ],
)
def test_a_title_is_taken_without_what_is_around_it(said: str, exchange, title: str) -> None:
    assert good_title(said, *exchange) == title


@pytest.mark.parametrize(
    ("said", "exchange"),
    [
        ("", TOMATOES),
        ("Tomatoes", TOMATOES),  # one word
        ("Yellow leaves, yellow leaves on tomatoes", TOMATOES),
        ('My tomatoes get "yellow" leaves', TOMATOES),
        ("Question: yellow leaves", TOMATOES),
        ("Sorry, yellow leaves on tomatoes", TOMATOES),
        ("Water your plants less often to get rid of the yellow leaves", TOMATOES),  # an answer
        ("Trains from Lisbon to Porto", TOMATOES),  # from nowhere
        ("Yellow leaves in notes.txt", TOMATOES),
        ("西红柿叶子发黄", TOMATOES),  # another language
        ("Learning to draw pictures", DRAWING),
        ("画画画画", DRAWING),
        ("学习画画应该从哪里开始以及练习线条和形状", DRAWING),  # long
    ],
)
def test_what_is_no_title_is_not_taken(said: str, exchange) -> None:
    assert good_title(said, *exchange) == ""


def test_the_name_of_a_file_is_no_title() -> None:
    assert good_title("Report about yellow leaves", *TOMATOES) != ""
    assert good_title("Report about yellow leaves", *TOMATOES, ("Report",)) == ""


@pytest.mark.parametrize(
    ("question", "example"),
    [
        ("What should I cook tonight with eggs and rice?", "Yellow leaves on tomatoes"),
        (DRAWING[0], "西红柿叶子发黄"),
        ("Wie lange muss ich Kartoffeln kochen, damit sie weich sind?", "Gelbe Blätter"),
    ],
)
def test_examples_are_in_the_language_of_the_question(question: str, example: str) -> None:
    prompt = title_prompt(question, "…")
    assert example in prompt[2].text
    assert question in prompt[-1].text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Yellow leaves on tomatoes", "Yellow leaves on tomatoes"),
        ("Yellow leaves on tomatoes\nThis is an explanation.", "Yellow leaves on tomatoes"),
        ("Trains from Lisbon to Porto", ""),
    ],
)
def test_only_a_good_title_is_said(text: str, title: str) -> None:
    engine = ScriptedEngine()
    engine.title = text
    events = list(make_title(engine, *TOMATOES, NeverCancelled()))
    assert said(iter(events)) == title
    assert isinstance(events[-1], Finished)
