"""What the model is told: turns with what is known about their pictures, answers as far as said."""

from __future__ import annotations

from dataclasses import replace

from mmdesk.bridge.conversation import Conversation, Sights, conversation_of
from mmdesk.conversations import KeptMessage
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
    conversation.sights.remember(DOG.sha256, SEEN)
    assert conversation.turns()[0].images[0].sight == SEEN


def test_a_correction_stands_beside_what_was_seen_and_can_be_taken_back() -> None:
    conversation = Conversation()
    conversation.sights.correct(DOG.sha256, "my cat")
    told = conversation.sights.remember(DOG.sha256, SEEN)
    assert told == Sight(caption="a dog runs", correction="my cat")
    conversation.sights.correct(DOG.sha256, " ")
    assert conversation.sights.sight(DOG.sha256) == SEEN


def test_all_conversations_know_the_same_about_pictures() -> None:
    sights = Sights()
    Conversation(sights=sights).sights.remember(DOG.sha256, SEEN)
    other = Conversation(sights=sights)
    other.ask(user("x", images=(DOG,)))
    assert other.turns()[0].images[0].sight == SEEN


def test_a_kept_path_is_read_without_questions_that_got_no_answer() -> None:
    seen = replace(DOG, rgb=b"", sight=SEEN)
    path = [
        KeptMessage("1", "", user("look", images=(seen,))),
        KeptMessage("2", "1", Turn("assistant", "a dog")),
        KeptMessage("3", "2", user("broke off")),
        KeptMessage("4", "3", Turn("assistant", ""), "failed"),
        KeptMessage("5", "4", user("again")),
    ]
    sights = Sights()
    made = conversation_of("c", path, sights)
    assert [turn.text for turn in made.turns()] == ["look", "a dog", "again"]
    assert sights.sight(DOG.sha256) == SEEN
    made.put_pixels(DOG)
    assert made.turns()[0].images[0].rgb == DOG.rgb
