"""What the model is told: turns with what is known about their pictures, answers as far as said."""

from __future__ import annotations

from dataclasses import replace

from mmdesk.chat.conversation import Conversation, conversation_of
from mmdesk.values import (
    DocumentInput,
    ImageDescription,
    ImageDescriptions,
    ImageInput,
    StoredMessage,
    Turn,
)

DOG = ImageInput("dog.jpg", 1, 1, b"abc", "d0g")
SEEN = ImageDescription(caption="a dog runs")


def user(text: str, **attached) -> Turn:
    return Turn("user", text, **attached)


def test_turns_come_back_in_order() -> None:
    conversation = Conversation()
    conversation.ask(user("one"))
    conversation.answered("first")
    assert conversation.ask(user("two")) == (
        user("one"),
        Turn("assistant", "first"),
        user("two"),
    )


def test_a_question_without_an_answer_is_forgotten() -> None:
    conversation = Conversation()
    conversation.ask(user("stopped at once"))
    conversation.answered("")
    assert conversation.turns() == ()


def test_an_attachment_is_kept_for_later_questions() -> None:
    conversation = Conversation()
    asked = user("summarise", documents=(DocumentInput("a.txt", "text"),))
    conversation.ask(asked)
    conversation.answered("  ")
    assert conversation.turns() == (asked,)


def test_what_is_seen_later_is_known_in_earlier_turns() -> None:
    conversation = Conversation()
    conversation.ask(user("what is it?", images=(DOG,)))
    conversation.image_descriptions.remember(DOG.sha256, SEEN)
    assert conversation.turns()[0].images[0].description == SEEN


def test_a_correction_stands_beside_what_was_seen_and_can_be_taken_back() -> None:
    conversation = Conversation()
    conversation.image_descriptions.correct(DOG.sha256, "my cat")
    told = conversation.image_descriptions.remember(DOG.sha256, SEEN)
    assert told == ImageDescription(caption="a dog runs", correction="my cat")
    conversation.image_descriptions.correct(DOG.sha256, " ")
    assert conversation.image_descriptions.get(DOG.sha256) == SEEN


def test_all_conversations_know_the_same_about_pictures() -> None:
    image_descriptions = ImageDescriptions()
    Conversation(image_descriptions=image_descriptions).image_descriptions.remember(
        DOG.sha256, SEEN
    )
    other = Conversation(image_descriptions=image_descriptions)
    other.ask(user("x", images=(DOG,)))
    assert other.turns()[0].images[0].description == SEEN


def test_a_kept_path_is_read_without_questions_that_got_no_answer() -> None:
    seen = replace(DOG, rgb=b"", description=SEEN)
    path = [
        StoredMessage("1", "", user("look", images=(seen,))),
        StoredMessage("2", "1", Turn("assistant", "a dog")),
        StoredMessage("3", "2", user("broke off")),
        StoredMessage("4", "3", Turn("assistant", ""), "failed"),
        StoredMessage("5", "4", user("again")),
    ]
    image_descriptions = ImageDescriptions()
    made = conversation_of("c", path, image_descriptions)
    assert [turn.text for turn in made.turns()] == ["look", "a dog", "again"]
    assert image_descriptions.get(DOG.sha256) == SEEN
    made.put_pixels(DOG)
    assert made.turns()[0].images[0].rgb == DOG.rgb
