"""A model that sees pictures itself gets them, and mmdesk's picture model is not asked."""

from __future__ import annotations

import threading

from mmdesk.tasks import answer, describe
from mmdesk.values import CancelFlag, ChatRequest, ImageDescription, ImageInput, Turn
from tests.fakes.scripted_engine import ScriptedEngine, words

DOG = ImageInput("dog.png", 2, 2, bytes(12), "d", ImageDescription(caption="a dog"))
MODEL = "server:big"


class SeeingEngine(ScriptedEngine):
    def native_inputs(self, model: str | None, cancel: CancelFlag) -> frozenset[str]:
        return frozenset({"picture"}) if model == MODEL else frozenset()


def chats(engine: ScriptedEngine) -> list[ChatRequest]:
    return [request for request in engine.requests if isinstance(request, ChatRequest)]


def text(events: object) -> str:
    return "".join(getattr(event, "text", "") for event in events)  # type: ignore[attr-defined]


def test_a_question_about_a_picture_goes_straight_to_it() -> None:
    engine = SeeingEngine(words("It is showing: dog. A brown one."))
    turn = Turn("user", "What colour is the dog?", (DOG,))
    said = text(answer(engine, (turn,), threading.Event(), model=MODEL))
    assert said == "It is showing: dog. A brown one."  # nothing is taken for mmdesk's own words
    (request,) = engine.requests
    assert isinstance(request, ChatRequest)
    assert request.turns[-1] == turn
    assert "own computer" not in request.turns[0].text


def test_other_models_of_the_same_engine_do_not_get_it() -> None:
    engine = SeeingEngine(words("A dog."))
    turn = Turn("user", "What colour is the dog?", (DOG,))
    text(answer(engine, (turn,), threading.Event()))
    assert not isinstance(engine.requests[0], ChatRequest)


def test_it_describes_pictures_itself() -> None:
    engine = SeeingEngine(words("Two dogs."))
    images = (DOG, DOG)
    said = text(describe(engine, images, threading.Event(), "caption", "German", MODEL))
    assert said == "Two dogs."
    (request,) = chats(engine)
    assert request.turns[-1].images == images
    assert "these 2 pictures" in request.turns[-1].text
    assert "German" in request.turns[-1].text
