"""A user's wordings of the questions that the fused model knows, and of others."""

from __future__ import annotations

import pytest

from mmdesk.perception.known_questions import (
    OPEN_NUMBER,
    OPEN_OTHER,
    OPEN_YES_NO,
    as_known_question,
    as_open_question,
    asks_for_caption,
    open_kind,
    picture_index,
    presence_question,
    question_kind,
)
from mmdesk.training.data.questions import questions_of
from mmdesk.training.data.synthetic import SYNTHETIC_DEV, make_image
from mmdesk.training.data.synthetic_documents import kind_question

CAPTIONS = [
    "Two men in red shirts are sitting on a bench in the park .",
    "two men wearing hats sit on a park bench outside",
    "A black dog runs on grass with a ball in its mouth .",
    "The black dog is running on the grass , a ball in its mouth .",
    "A boy in a blue jacket runs .",
]


def test_every_question_of_the_training_data_is_known_unchanged() -> None:
    lessons = [q.text for half in (CAPTIONS[:2], CAPTIONS[2:]) for q in questions_of(half)]
    lessons += [q.text for number in range(40) for q in make_image(SYNTHETIC_DEV, number).questions]
    lessons.append(kind_question("photo").text)
    assert len(set(lessons)) > 25
    assert [as_known_question(text) for text in lessons] == lessons


@pytest.mark.parametrize(
    ("asked", "form"),
    [
        ("What's the colour of the dog in the second picture?", "what color is the dog?"),
        ("what colour are the shorts", "what color are the shorts?"),
        ("How many people can you see?", "how many people are there?"),
        ("What are the children doing in this photo?", "what are the children doing?"),
        ("Where was this photo taken?", "where is this?"),
        ("Inside or outside?", "is this indoors or outdoors?"),
        ("Are there any cars in this image?", "is there a car in the picture?"),
        ("What is the dog carrying?", "what does the dog have in its mouth?"),
        ("What is to the left of the red circle?", "what is left of the circle?"),
        ("这只狗是什么颜色的？", "what color is the dog?"),
        ("第二张图片里有几个人？", "how many people are there?"),
        ("孩子们在做什么？", "what are the children doing?"),
        ("照片是在哪里拍的？", "where is this?"),
        ("这是室内还是室外？", "is this indoors or outdoors?"),
        ("图片里有没有狗？", "is there a dog in the picture?"),
        ("这是什么图片？", "what kind of picture is this?"),
    ],
)
def test_other_wordings_are_known(asked: str, form: str) -> None:
    assert as_known_question(asked) == form


@pytest.mark.parametrize(
    "asked",
    [
        "What is the capital of France?",
        "How many planets are there?",
        "How many people live in Paris?",
        "What breed is the dog?",
        "Describe this picture.",
        "What color is the dog, and how old is it?",
        "Where is the nearest station?",
        "法国的首都在哪里？",
        "这只狗几岁了？",
        "",
    ],
)
def test_anything_else_is_not_known(asked: str) -> None:
    assert as_known_question(asked) is None


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ("What is in the second picture?", 1),
        ("And in picture 3?", 2),
        ("the last photo", 2),
        ("第一张照片里有什么？", 0),
        ("最后一张图里有几个人？", 2),
        ("in the fifth picture", None),
        ("What color is the dog?", None),
    ],
)
def test_which_picture_is_meant(asked: str, index: int | None) -> None:
    assert picture_index(asked, 3) == index


@pytest.mark.parametrize(
    ("asked", "whole"),
    [
        ("What is in the picture?", True),
        ("What's in the second picture?", True),
        ("Describe this photo.", True),
        ("What do you see?", True),
        ("图片里有什么？", True),
        ("请描述一下这张图片", True),
        ("What is in the box?", False),
        ("Describe the French Revolution.", False),
        ("What color is the dog?", False),
    ],
)
def test_questions_about_the_whole_picture(asked: str, whole: bool) -> None:
    assert asks_for_caption(asked) is whole


def test_the_kind_of_a_known_question_is_the_one_it_is_evaluated_by() -> None:
    lessons = [q for half in (CAPTIONS[:2], CAPTIONS[2:]) for q in questions_of(half)]
    lessons += [q for number in range(40) for q in make_image(SYNTHETIC_DEV, number).questions]
    assert [question_kind(q.text) for q in lessons] == [q.kind for q in lessons]


@pytest.mark.parametrize(
    ("asked", "question", "kind"),
    [
        ("Is the man smiling?", "is the man smiling?", OPEN_YES_NO),
        ("Can you see a giraffe?", "is there a giraffe?", OPEN_YES_NO),
        ("How many sheep are there?", "how many sheep are there?", OPEN_NUMBER),
        ("What's he holding in his hand", "what is he holding in his hand?", OPEN_OTHER),
        ("Is it a bus or a train?", "is it a bus or a train?", OPEN_OTHER),
        ("What is the capital of France?", None, ""),
        ("Should I buy this?", None, ""),
        ("What does the sign say?", None, ""),
        ("Write a poem about this.", None, ""),
        ("这个人在笑吗？", None, ""),
    ],
)
def test_open_questions_are_those_that_pixels_answer(
    asked: str, question: str | None, kind: str
) -> None:
    assert as_open_question(asked) == question
    assert question is None or open_kind(question) == question_kind(question) == kind


def test_a_question_presupposes_that_its_thing_is_there() -> None:
    assert presence_question("what is the dog doing?") == "is there a dog in the picture?"
    assert presence_question("what color is the bike?") == "is there a bicycle in the picture?"
    assert presence_question("is there a dog in the picture?") is None
    assert presence_question("where is this?") is None
