"""What is said to the model that hears."""

from __future__ import annotations

import pytest

from mmdesk.perception.fused_model import load_known_questions
from mmdesk.perception.known_questions import as_known_question
from mmdesk.settings import resource
from mmdesk.training.speech.other_sentences import ASIDES
from mmdesk.training.speech.paraphrases import other_sentences, wordings

CAPTIONS = ["A dog runs .", "Two men sit on a bench ."]


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("what color is the dog?", "what's the color of the dog in this picture?"),
        ("what color are the shorts?", "and what color are the shorts?"),
        ("how many people are there?", "how many people can you see?"),
        ("what are the dogs doing?", "so what are the dogs up to?"),
        ("where is this?", "where was this photo taken?"),
        ("is this indoors or outdoors?", "inside or outside?"),
        ("is there a ball in the picture?", "are there any balls?"),
        ("what does the dog have in its mouth?", "what is the dog carrying?"),
        ("what is the man wearing?", "please tell me, what does the man wear?"),
        ("what is left of the star?", "what is to the left of the star?"),
        ("what is above the circle?", "what's above the circle?"),
        ("what shape is this?", "which shape is this?"),
        ("what kind of picture is this?", "what sort of image is this?"),
    ],
)
def test_a_question_has_many_wordings_that_mean_it(question: str, other: str) -> None:
    ways = wordings(question)
    assert ways[0] == question
    assert other in ways
    assert len(set(ways)) == len(ways) > 20
    assert {as_known_question(way) for way in ways} == {question}


def test_the_questions_that_ship_are_all_taught() -> None:
    shipped = load_known_questions(resource("fused"))
    assert len(shipped) == 132
    assert [as_known_question(question) for question in shipped] == shipped


def test_other_sentences_are_no_taught_questions_and_of_all_kinds() -> None:
    drawn = other_sentences(CAPTIONS, 60, 1)
    assert len(drawn) == 60
    assert not [text for text in drawn if as_known_question(text)]
    assert not [text for text in drawn if "{" in text]
    kinds = [text in ASIDES for text in drawn], [text in CAPTIONS for text in drawn]
    assert [sum(kind) for kind in kinds] == pytest.approx([20, 20], abs=2)
    assert drawn == other_sentences(CAPTIONS, 60, 1) != other_sentences(CAPTIONS, 60, 2)


def test_none_is_judged_by_that_is_learned_from() -> None:
    learned = set(other_sentences(CAPTIONS, 900, 1)) & set(ASIDES)
    judged = set(other_sentences(CAPTIONS, 900, 1, judged=True)) & set(ASIDES)
    assert not learned & judged
    assert len(learned) > 60
    assert len(judged) > 10
