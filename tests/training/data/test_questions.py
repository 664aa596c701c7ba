"""Rules that derive questions from captions: they ask only what the captions answer."""

from __future__ import annotations

import pytest

from mmdesk.training.data.captions import Collection
from mmdesk.training.data.question_list import question_list
from mmdesk.training.data.questions import Question, questions_of


def asked(*captions: str) -> dict[str, Question]:
    return {question.text: question for question in questions_of(captions)}


def test_a_colour_that_captions_agree_on() -> None:
    questions = asked("A black and white dog runs .", "The white dog is running on sand .")
    colour = questions["what color is the dog?"]
    assert colour.answer == "black and white"
    assert colour.accepted == ("white",)
    assert colour.agreed == 2


def test_no_colour_where_captions_disagree_or_mean_two_things() -> None:
    assert "what color is the dog?" not in asked("A black dog .", "A brown dog .")
    assert "what color is the dog?" not in asked("A black dog and another dog .")


def test_a_number_that_captions_agree_on() -> None:
    questions = asked("Two dogs play .", "two brown dogs run", "Dogs play with each other")
    count = questions["how many dogs are there?"]
    assert count.answer == "two"
    assert count.is_right("There are 2 dogs.")
    assert not count.is_right("three")


def test_one_dog_is_one_only_where_nobody_says_more() -> None:
    three = ["A dog runs .", "The black dog jumps .", "a brown dog stands"]
    assert asked(*three)["how many dogs are there?"].answer == "one"
    assert "how many dogs are there?" not in asked(*three, "Two dogs play .")


def test_no_number_where_groups_are_mixed() -> None:
    assert "how many people are there?" not in asked("A woman and three children stand .")


@pytest.mark.parametrize("caption", ["A boy runs on grass .", "a boy is running on the grass"])
def test_an_activity(caption: str) -> None:
    question = asked(caption)["what is the boy doing?"]
    assert question.answer.startswith("running on")
    assert question.is_right("he is running")


def test_an_activity_ends_with_a_whole_phrase() -> None:
    question = asked("A boy is sliding down a slide into a very big blue pool")
    assert question["what is the boy doing?"].answer == "sliding down a slide"


def test_inside_needs_two_and_no_contradiction() -> None:
    key = "is this indoors or outdoors?"
    assert key not in asked("A dog on grass .")
    assert asked("A dog on grass .", "a dog in a field")[key].answer == "outdoors"
    assert key not in asked("A dog on grass .", "a dog in a field", "A dog in a room .")


def test_presence_is_denied_only_where_nothing_like_it_is_said() -> None:
    questions = asked("A greyhound runs .", "An animal on grass .")
    assert "is there a dog in the picture?" not in questions
    assert questions["is there a car in the picture?"].answer == "no"


def test_only_whole_words_are_right_answers() -> None:
    question = Question("colour", "?", "red", ("red",))
    assert question.is_right("It is Red.")
    assert not question.is_right("colored")


def test_the_list_is_the_same_every_time_and_shares_no_picture_with_the_held_out_one(
    collection: Collection,
) -> None:
    listed = question_list(collection)
    assert listed == question_list(collection)
    kinds = {one.question.kind for one in listed}
    assert {"colour", "count", "kind", "where", "activity", "place"} <= kinds
    others = {(one.view, one.index) for one in question_list(collection, held_out=True)}
    assert not others & {(one.view, one.index) for one in listed}
    dev = set(collection.indices("dev"))
    assert all(one.index in dev for one in listed if one.view == "base")
