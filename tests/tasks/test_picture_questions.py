"""Questions about pictures: which model answers, and the answer when it is not sure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mmdesk.tasks import answer
from mmdesk.tasks.picture_questions import may_be_about_pictures, states_answer
from mmdesk.values import (
    AskImageRequest,
    AudioInput,
    ChatRequest,
    DescribeImagesRequest,
    Event,
    Finished,
    ImageDescription,
    ImageInput,
    NeverCancelled,
    PictureKind,
    TranscribeRequest,
    Transcript,
    Turn,
)
from tests.fakes.scripted_engine import ScriptedEngine
from tests.tasks.scripts import Look, chats, engine, notices, picture, said

PHOTO = ImageDescription(caption="A dog runs.")
SHOT = ImageDescription(PictureKind.SCREENSHOT, text="Two people are online")


def looks(used: ScriptedEngine) -> list[AskImageRequest]:
    return [request for request in used.requests if isinstance(request, AskImageRequest)]


def asking(used: ScriptedEngine, text: str, *images: ImageInput, before: tuple[Turn, ...] = ()):
    turns = (*before, Turn("user", text, images=images))
    return list(answer(used, turns, NeverCancelled()))


def seeing(text: str, probability: float = 0.9) -> Look:
    return lambda request: (text, probability)


def test_the_fused_model_answers_and_the_language_model_phrases() -> None:
    used = engine(lambda request: "The dog is black and white.", look=seeing("black and white"))
    events = asking(used, "What colour is the dog in this photo?", picture(PHOTO))
    assert [look.question for look in looks(used)] == ["what color is the dog?"]
    (phrasing,) = chats(used)
    assert "black and white" in phrasing.turns[-1].text
    assert said(iter(events)) == "The dog is black and white."
    assert "90 %" in notices(events)[0]
    assert isinstance(events[-1], Finished)


@pytest.mark.parametrize("phrased", ["The dog is brown.", "Yes, it is.", ""])
def test_a_sentence_with_another_answer_is_not_shown(phrased: str) -> None:
    used = engine(lambda request: phrased, look=seeing("black and white"))
    events = asking(used, "What color is the dog?", picture(PHOTO))
    assert said(iter(events)) == "Black and white."


def test_an_unsure_answer_is_not_shown_and_no_other_model_is_asked() -> None:
    used = engine(lambda request: "The car is red.", look=seeing("red", 0.2))
    events = asking(used, "What color is the car?", picture(PHOTO))
    assert "not sure" in said(iter(events))
    assert "red" not in said(iter(events))
    assert chats(used) == []
    assert "20 %" in notices(events)[0]


@pytest.mark.parametrize("question", ["Is the man smiling?", "What sport is being played?"])
def test_open_questions_with_a_picture_are_put_to_the_fused_model(question: str) -> None:
    short = "yes" if "smil" in question else "tennis"
    used = engine(lambda request: "Yes, tennis.", look=seeing(short))
    events = asking(used, question, picture(PHOTO))
    assert [look.question for look in looks(used)] == [question.lower()]
    assert said(iter(events)) in ("Yes, tennis.", "Tennis.")


def test_an_open_yes_or_no_that_is_a_coin_is_not_sure() -> None:
    used = engine(lambda request: "Yes, he is.", look=seeing("yes", 0.45))
    events = asking(used, "Is the man smiling?", picture(PHOTO))
    assert "not sure" in said(iter(events))
    assert chats(used) == []


def test_an_open_question_without_a_sure_answer_is_left_to_the_description() -> None:
    used = engine(lambda request: "A dog runs, so it may be racing.", look=seeing("tennis", 0.2))
    events = asking(used, "What sport is being played?", picture(PHOTO))
    assert said(iter(events)) == "A dog runs, so it may be racing."
    assert "not sure" in notices(events)[0]


@pytest.mark.parametrize("question", ["Is the man smiling?", "What is he afraid of?"])
def test_later_open_questions_may_be_about_anything(question: str) -> None:
    before = (Turn("user", "What is this?", images=(picture(PHOTO),)), Turn("assistant", "A dog."))
    used = engine(lambda request: "I do not know.", look=seeing("yes"))
    asking(used, question, before=before)
    assert looks(used) == []
    assert len(chats(used)) == 1


def test_an_absent_dog_is_doing_nothing() -> None:
    def look(request: AskImageRequest) -> tuple[str, float]:
        return ("no", 0.95) if request.question.startswith("is there a dog") else ("running", 0.9)

    children = replace(PHOTO, caption="Two children play.")
    used = engine(lambda request: "No, there is no dog in the picture.", look=look)
    events = asking(used, "What is the dog doing?", picture(children))
    assert said(iter(events)) == "No, there is no dog in the picture."
    assert "Is there a dog" in chats(used)[0].turns[-1].text
    used = engine(lambda request: "The dog is running.", look=look)
    assert said(iter(asking(used, "What is the dog doing?", picture(PHOTO)))) == (
        "The dog is running."
    )


@pytest.mark.parametrize("question", ["What is in the picture?", "Describe this photo."])
def test_the_picture_as_a_whole_is_described_from_its_caption(question: str) -> None:
    used = engine(look=lambda request: ("A dog runs.", 0.9))
    events = asking(used, question, picture(PHOTO))
    assert said(iter(events)).startswith("A dog runs.")
    used = engine(lambda request: "A page.")
    assert said(iter(asking(used, question, picture(ImageDescription())))) == "A page."


def test_chinese_questions_are_answered_in_chinese() -> None:
    used = engine(lambda request: "图片里有两个人。", look=seeing("two"))
    events = asking(used, "图片里有几个人？", picture(PHOTO))
    assert looks(used)[0].question == "how many people are there?"
    assert said(iter(events)) == "图片里有两个人。"
    unsure = asking(engine(look=seeing("two", 0.1)), "图片里有几个人？", picture(PHOTO))
    assert "不确定" in said(iter(unsure))


@pytest.mark.parametrize(
    ("question", "asked"),
    [("How many people are in the second picture?", ["b"]), ("第二张图里有几个人？", ["b"])],
)
def test_a_picture_can_be_named(question: str, asked: list[str]) -> None:
    used = engine(lambda request: "图片里有两个人。two", look=seeing("two"))
    asking(used, question, picture(PHOTO, "a.png", "a"), picture(PHOTO, "b.png", "b"))
    assert [look.image.sha256 for look in looks(used)] == asked


def test_several_pictures_are_answered_one_by_one() -> None:
    used = engine(
        lambda request: "There are two people.",
        look=lambda request: ("two", 0.9 if request.image.sha256 == "a" else 0.1),
    )
    events = asking(
        used,
        "How many people are there?",
        picture(PHOTO, "a.png", "a"),
        picture(PHOTO, "b.png", "b"),
    )
    first, second = said(iter(events)).split("\n")
    assert first == "a.png: There are two people."
    assert second.startswith("b.png: I am not sure")


def test_a_later_question_is_about_the_same_picture_for_a_while() -> None:
    before = (Turn("user", "What is this?", images=(picture(PHOTO),)), Turn("assistant", "A dog."))
    used = engine(lambda request: "It is outdoors.", look=seeing("outdoors"))
    asking(used, "Is this indoors or outdoors?", before=before)
    assert len(looks(used)) == 1
    long_ago = before + (Turn("user", "Hi"), Turn("assistant", "Hi")) * 3
    used = engine(look=seeing("outdoors"))
    asking(used, "Is this indoors or outdoors?", before=long_ago)
    assert looks(used) == []
    assert len(chats(used)) == 1


@pytest.mark.parametrize(
    ("question", "description"),
    [
        ("How many people are there?", SHOT),
        ("How many people are there?", replace(PHOTO, correction="Our family, all five")),
        ("What would you call this dog?", PHOTO),
    ],
)
def test_the_language_model_answers_where_the_fused_model_cannot(
    question: str, description: ImageDescription
) -> None:
    used = engine(look=seeing("two"))
    asking(used, question, picture(description))
    assert looks(used) == []
    assert chats(used)[0].turns[-1].images[0].description == description


def test_without_a_fused_model_everything_is_as_it_was() -> None:
    used = engine(lambda request: "Two.")
    events = asking(used, "How many people are there?", picture(PHOTO))
    assert said(iter(events)) == "Two."
    assert chats(used)[0].turns[-1].text == "How many people are there?"
    assert notices(events) == []


def test_a_spoken_question_is_transcribed_and_put_to_the_fused_model() -> None:
    used = engine(lambda r: "It is black.", heard="What colour is the dog?", look=seeing("black"))
    turn = Turn("user", "", (picture(PHOTO),), (AudioInput("q.wav", b"", "q"),))
    assert said(answer(used, (turn,), NeverCancelled())) == "It is black."


def test_a_spoken_question_that_only_the_fused_model_recognised_is_answered() -> None:
    turn = Turn("user", "", (picture(PHOTO),), (AudioInput("q.wav", b"", "q"),))
    heard = Transcript("What colours the dark?", "en", 0.9, question="What color is the dog?")
    used = engine(lambda r: "It is black.", heard=heard, look=seeing("black"))
    assert said(answer(used, (turn,), NeverCancelled())) == "It is black."
    (listening,) = (one for one in used.requests if isinstance(one, TranscribeRequest))
    assert listening.about_picture
    assert [look.question for look in looks(used)] == ["what color is the dog?"]


@pytest.mark.parametrize(
    ("turns", "whether"),
    [
        ((Turn("user", "", (picture(PHOTO),)),), True),
        ((Turn("user", "Look at", (picture(PHOTO),)),), False),
        ((Turn("user", ""),), False),
        ((Turn("user", "Hi", (picture(PHOTO),)), Turn("assistant", "Hi"), Turn("user", "")), True),
    ],
)
def test_what_is_spoken_may_be_about_pictures_that_are_there(
    turns: tuple[Turn, ...], whether: bool
) -> None:
    assert may_be_about_pictures(turns) is whether


def test_a_picture_without_a_description_is_described_first() -> None:
    used = engine(lambda request: "It is black.", description=PHOTO, look=seeing("black"))
    asking(used, "What colour is the dog?", picture())
    assert [type(request) for request in used.requests] == [
        DescribeImagesRequest,
        AskImageRequest,
        ChatRequest,
    ]


def test_without_pictures_the_request_stays_the_same() -> None:
    """The chat model gets the very turns, so its answer is the same to the bit."""

    def requests(look: Look | None) -> tuple[list[ChatRequest], list[Event]]:
        used = engine(lambda request: "Paris.", look=look)
        events = asking(used, "What color is the dog?", before=(Turn("user", "Hello"),))
        assert [type(request) for request in used.requests] == [ChatRequest]
        return chats(used), [event for event in events if not isinstance(event, Finished)]

    assert requests(None) == requests(seeing("red"))
    ((request,), _) = requests(seeing("red"))
    assert [turn.text for turn in request.turns[1:]] == ["Hello", "What color is the dog?"]


@pytest.mark.parametrize(
    ("sentence", "words", "same"),
    [
        ("There are 2 dogs.", "two", True),
        ("No, there is no dog.", "no", True),
        ("There is no dog, yes.", "yes", False),
        ("The boy is riding a bike.", "riding a bike down a hill", False),
        ("She wears a pink dress.", "a pink dress", True),
    ],
)
def test_a_sentence_states_an_answer_or_not(sentence: str, words: str, same: bool) -> None:
    assert states_answer(sentence, words) is same
