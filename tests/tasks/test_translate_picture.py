"""Translation of the text in pictures."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from mmdesk.errors import InputError
from mmdesk.tasks import translate_picture
from mmdesk.values import (
    Finished,
    ImageDescription,
    ImageInput,
    NeverCancelled,
    ReadTextRequest,
    Request,
    TextRead,
)
from tests.fakes.scripted_engine import ScriptedEngine, Step
from tests.tasks.scripts import chats, engine, notices, said
from tests.tasks.test_translate import dictionary


def reading(text: str, *, doubtful: bool = False) -> ScriptedEngine:
    """Return an engine that reads a text in every picture and translates by the dictionary."""
    answers = engine(dictionary)

    def script(request: Request) -> Iterable[Step]:
        if isinstance(request, ReadTextRequest):
            return [TextRead(request.image.sha256, text, doubtful), Finished()]
        return list(answers.generate(request, NeverCancelled()))

    return ScriptedEngine(script)


PICTURE = ImageInput("sign.png", 2, 1, b"abcdef", "d1" * 32)


def test_the_text_is_read_and_translated() -> None:
    events = translate_picture(reading("The dog sleeps."), (PICTURE,), "zh", NeverCancelled())
    assert said(events) == "狗在睡觉。"


def test_a_word_split_at_a_line_end_is_joined() -> None:
    read = reading("The dog sle-\neps.")
    said(translate_picture(read, (PICTURE,), "zh", NeverCancelled()))
    assert any("The dog sleeps." in one.turns[-1].text for one in chats(read))


def test_what_was_read_before_is_not_read_again() -> None:
    known = ImageInput(
        "sign.png", 2, 1, b"abcdef", "d1" * 32, description=ImageDescription(text="It is old.")
    )
    read = reading("something else")
    assert said(translate_picture(read, (known,), "Chinese", NeverCancelled())) == "它很老。"
    assert not any(isinstance(request, ReadTextRequest) for request in read.requests)


def test_a_text_that_is_hard_to_read_is_told() -> None:
    events = list(
        translate_picture(reading("It is old.", doubtful=True), (PICTURE,), "zh", NeverCancelled())
    )
    assert any("hard to read" in notice for notice in notices(events))


def test_a_picture_without_a_text_is_told() -> None:
    with pytest.raises(InputError, match=r"no text to translate in sign\.png"):
        list(translate_picture(reading(""), (PICTURE,), "zh", NeverCancelled()))
