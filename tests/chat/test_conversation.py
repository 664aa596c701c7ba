"""What the model reads: turns with what is known about their pictures, answers as far as said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mmdesk.chat.conversation import Conversation
from mmdesk.values import (
    DocumentInput,
    ImageDescription,
    ImageDescriptions,
    ImageInput,
    StoredMessage,
    Turn,
)

DOG = ImageInput("dog.jpg", 1, 1, b"abc", "d0g")
DESCRIPTION = ImageDescription(caption="a dog runs")


@pytest.fixture
def descriptions() -> ImageDescriptions:
    return ImageDescriptions()


@pytest.fixture
def conversation(descriptions) -> Conversation:
    return Conversation(descriptions)


def user(text: str, **attached) -> Turn:
    return Turn("user", text, **attached)


def answer(conversation: Conversation, text: str, state: str = "whole") -> StoredMessage:
    message = conversation.add(Turn("assistant", ""), state="streaming")
    conversation.extend(message.id, text)
    return conversation.change(message.id, state=state)


def test_turns_come_back_in_order(conversation) -> None:
    conversation.add(user("one"))
    answer(conversation, "first")
    conversation.add(user("two"))
    assert conversation.turns() == (user("one"), Turn("assistant", "first"), user("two"))


def test_every_message_follows_the_one_before(conversation) -> None:
    first = conversation.add(user("one"))
    second = answer(conversation, "first")
    assert (first.parent, second.parent) == ("", first.id)
    assert conversation.after(first.id) == second
    assert conversation.after(second.id) is None


def test_an_answer_grows_in_its_message(conversation) -> None:
    conversation.add(user("count"))
    message = conversation.add(Turn("assistant", ""), state="streaming")
    for text in ("one ", "two"):
        conversation.extend(message.id, text)
    assert conversation.get(message.id).turn.text == "one two"
    assert conversation.turns()[-1] == Turn("assistant", "one two")


def test_the_prompt_of_an_answer_ends_with_its_question(conversation) -> None:
    conversation.add(user("one"))
    first = answer(conversation, "", state="streaming")
    conversation.add(user("two"))
    second = answer(conversation, "", state="streaming")
    assert conversation.turns(first.id) == (user("one"),)
    conversation.extend(first.id, "first")
    assert conversation.turns(second.id) == (user("one"), Turn("assistant", "first"), user("two"))


@pytest.mark.parametrize("state", ["stopped", "failed", "interrupted"])
def test_a_question_without_an_answer_is_left_out(conversation, state) -> None:
    conversation.add(user("stopped at once"))
    answer(conversation, "", state)
    assert conversation.turns() == ()


def test_an_attachment_is_kept_for_later_questions(conversation) -> None:
    asked = user("summarise", documents=(DocumentInput("a.txt", "text"),))
    conversation.add(asked)
    answer(conversation, "  ")
    assert conversation.turns() == (asked,)


def test_a_description_that_comes_later_is_known_in_earlier_turns(
    conversation, descriptions
) -> None:
    conversation.add(user("what is it?", images=(DOG,)))
    descriptions.remember(DOG.sha256, DESCRIPTION)
    assert conversation.turns()[0].images[0].description == DESCRIPTION


def test_a_correction_wins_over_what_was_recognised_and_can_be_taken_back(descriptions) -> None:
    descriptions.correct(DOG.sha256, "my cat")
    known = descriptions.remember(DOG.sha256, DESCRIPTION)
    assert known == ImageDescription(caption="a dog runs", correction="my cat")
    descriptions.correct(DOG.sha256, " ")
    assert descriptions.get(DOG.sha256) == DESCRIPTION


def test_all_conversations_know_the_same_about_pictures(conversation, descriptions) -> None:
    descriptions.remember(DOG.sha256, DESCRIPTION)
    other = Conversation(descriptions)
    other.add(user("x", images=(DOG,)))
    assert other.turns()[0].images[0].description == DESCRIPTION


def test_a_stored_path_is_read_without_questions_that_got_no_answer(descriptions) -> None:
    described = replace(DOG, rgb=b"", description=DESCRIPTION)
    path = [
        StoredMessage("1", "", user("look", images=(described,))),
        StoredMessage("2", "1", Turn("assistant", "a dog")),
        StoredMessage("3", "2", user("broke off")),
        StoredMessage("4", "3", Turn("assistant", ""), "failed"),
        StoredMessage("5", "4", user("again")),
    ]
    conversation = Conversation(descriptions, path=path)
    assert [turn.text for turn in conversation.turns()] == ["look", "a dog", "again"]
    assert descriptions.get(DOG.sha256) == DESCRIPTION
    conversation.set_pixels(DOG)
    assert conversation.turns()[0].images[0].rgb == DOG.rgb


def test_earlier_messages_stand_before_the_others_once(descriptions) -> None:
    early, late = (StoredMessage(name, "", user(name)) for name in ("early", "late"))
    conversation = Conversation(descriptions, path=[late])
    conversation.put_earlier([early, late])
    conversation.put_earlier([early])
    assert conversation.path == [early, late]


def test_a_cut_removes_a_message_and_what_follows(conversation) -> None:
    conversation.add(user("one"))
    cut = answer(conversation, "first")
    conversation.add(user("two"))
    conversation.cut(cut.id)
    assert conversation.turns() == (user("one"),)
