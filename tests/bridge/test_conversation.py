"""What the model is told: turns with what is known about their pictures, answers as far as said."""

from __future__ import annotations

from mmdesk.bridge.conversation import Conversation
from mmdesk.messages import DocumentInput, ImageInput, Sight, Turn

DOG = ImageInput("dog.jpg", 1, 1, b"abc", "d0g")
SEEN = Sight(caption="a dog runs")


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
    conversation.remember(DOG.sha256, SEEN)
    assert conversation.turns()[0].images[0].sight == SEEN


def test_a_correction_stands_beside_what_was_seen_and_can_be_taken_back() -> None:
    conversation = Conversation()
    conversation.correct(DOG.sha256, "my cat")
    told = conversation.remember(DOG.sha256, SEEN)
    assert told == Sight(caption="a dog runs", correction="my cat")
    conversation.correct(DOG.sha256, " ")
    assert conversation.sight(DOG.sha256) == SEEN


def test_a_new_conversation_keeps_what_is_known_about_pictures() -> None:
    conversation = Conversation()
    conversation.ask(user("x"))
    conversation.remember(DOG.sha256, SEEN)
    conversation.clear()
    assert conversation.turns() == ()
    assert conversation.with_sight(DOG).sight == SEEN
