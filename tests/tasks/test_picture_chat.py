"""Chat answers about pictures: the phrases of the prompt do not come back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

from mmdesk.perception.prompt_text import description_text
from mmdesk.tasks import answer
from mmdesk.tasks.picture_chat import is_prompt_phrase, without_prompt_phrases
from mmdesk.values import (
    ChatRequest,
    ImageDescribed,
    ImageDescription,
    Label,
    NeverCancelled,
    PictureKind,
    TextChunk,
    Turn,
)
from tests.tasks.scripts import engine, picture, said

CAPTIONS = (
    "A dog is running in the grass.",
    "A tray with a hot dog and fries.",
    "Not sure what this shows; it may be a man on a bench.",
    "",
)
LABELS = (
    (),
    (Label("golden retriever", 0.8, "dog"),),
    (Label("hotdog", 0.7, "food"), Label("plate", 0.65)),
    (Label("zebra", 0.95), Label("fence", 0.62)),
)
QUESTIONS = (
    "Why do people like this?",
    "Tell me something interesting about this.",
    "Write a birthday greeting that fits the picture.",
    "What could I cook with what you see?",
    "Explain this picture to a child.",
    "Should I worry about that?",
    "Give me three tags for this.",
    "Would you go there?",
)
LEAKS = re.compile(
    r"It (?:is|probably|also)? ?show(?:s|ing):|There is no text|No text could be read"
    r"|(?:It|The picture) (?:is|appears to be) a photo\b|was not recognised|Text in the picture:"
    r"|is described by the person"
)


def described() -> Iterator[ImageDescription]:
    for caption in CAPTIONS:
        for labels in LABELS:
            for text in ("", "STOP"):
                yield ImageDescription(PictureKind.PHOTO, labels, caption, text)


def repeating(request: ChatRequest) -> str:
    """Answer as the smallest model did at its worst: with the prompt, and a sentence of its own."""
    (image,) = request.turns[-1].images
    facts = description_text(image).replace("It shows:", "It is showing:")
    return f"{facts}\nIt appears to be a photo. I would call it lovely. There is no text in it."


def test_no_phrase_of_the_prompt_is_answered_over_200_pictures_and_questions() -> None:
    asked = 0
    for description in described():
        for question in QUESTIONS:
            used = engine(repeating, description)
            turns = (Turn("user", question, images=(picture(description),)),)
            text = said(answer(used, turns, NeverCancelled()))
            assert not LEAKS.search(text), (question, text)
            assert "lovely" in text
            asked += 1
    assert asked >= 200


def test_a_picture_that_is_described_on_the_way_is_no_exception() -> None:
    turns = (Turn("user", "Tell me something interesting about this.", images=(picture(),)),)
    events = [
        ImageDescribed("a", ImageDescription(caption="A dog runs.")),
        TextChunk("It is showing: dog. There is no text in it."),
    ]
    *_, last = without_prompt_phrases(iter(events), turns)
    assert last == TextChunk("A dog runs.")


@pytest.mark.parametrize(
    ("sentence", "question", "repeats"),
    [
        ("It is showing: dog.", "Is it old?", True),
        ("The picture is a photo.", "Is it old?", True),
        ("It is a photograph.", "What kind of picture is this?", False),
        ("There is no text in the picture.", "Is it old?", True),
        ("There is no text in the picture.", "What does the text say?", False),
        ("The picture shows a dog.", "Is it old?", False),
        ("There is no text that I would rather read.", "Is it old?", False),
    ],
)
def test_a_sentence_that_answers_is_kept(sentence: str, question: str, repeats: bool) -> None:
    assert is_prompt_phrase(sentence, question) is repeats


def test_an_answer_of_nothing_else_becomes_the_caption() -> None:
    description = ImageDescription(caption="A dog is running in the grass.")
    used = engine(lambda request: "It is showing: dog. There is no text in it.", description)
    turns = (Turn("user", "Tell me more.", images=(picture(description),)),)
    assert said(answer(used, turns, NeverCancelled())) == "A dog is running in the grass."


def test_text_arrives_sentence_by_sentence_and_unchanged() -> None:
    text = "First, e.g. this one.\n\n- A list, 3.5 long\n- of two\nIt shows: dog. The end"
    rng = np.random.default_rng(1)
    cuts = sorted(rng.integers(0, len(text), 12).tolist())
    parts = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    turns = (Turn("user", "?", images=(picture(ImageDescription(caption="A dog.")),)),)
    events = [*without_prompt_phrases(map(TextChunk, parts), turns)]
    assert "".join(event.text for event in events) == text.replace("It shows: dog. ", "")
    assert len(events) > 2


def test_without_pictures_nothing_is_changed() -> None:
    events = [TextChunk("It shows: dog."), TextChunk(" Yes.")]
    assert [*without_prompt_phrases(iter(events), (Turn("user", "?"),))] == events
