"""Minutes name what was said, with its time, and nothing else."""

from __future__ import annotations

import re

import pytest

from mmdesk.errors import InputError
from mmdesk.tasks.minutes import Spoken, minutes, spoken_sentences
from mmdesk.tasks.minutes_prompts import has_cue, says_open
from mmdesk.text import CHINESE, ENGLISH
from mmdesk.values import (
    TRANSCRIPT_WRITERS,
    Counted,
    CountRequest,
    DocumentInput,
    Finished,
    NeverCancelled,
    Preparing,
    Scored,
    ScoreRequest,
    Segment,
    Stats,
    TextChunk,
    Transcript,
)

MEETING = """[0:00] Good morning everybody, thanks for coming.
[0:04] We decided to take the blue design for the
[0:08] first page. Anna will send the pictures to Tom by Friday.
[1:02:05] Who is going to pay for the hall? We don't know yet.
[1:02:11] The soup was really good."""
PLAIN = "The river was quiet in the morning. A boy looked at the old bridge over the river."


class Engine:
    """Engine of one model, which says "Yes" to sentences with a word of `likes`."""

    def __init__(self, model: str, likes: str = "") -> None:
        self.model, self.likes = model, likes
        self.scored: list[str] = []

    def generate(self, request, cancel):
        stats = Stats(model=self.model)
        if isinstance(request, CountRequest):
            yield Counted(tuple(len(text.split()) for text in request.texts))
        elif isinstance(request, ScoreRequest):
            sentence = re.search("“(.*?)”", request.turns[-1].text)
            assert sentence is not None
            self.scored.append(sentence[1])
            is_liked = bool(self.likes) and re.search(self.likes, sentence[1]) is not None
            yield Scored(-1.0 if is_liked == (request.answer == "Yes") else -9.0, 1)
        yield Finished(stats)


def written(engine: Engine, text: str, **options: str) -> dict[str, str]:
    """Return the sections of the minutes by their headings."""
    events = list(minutes(engine, DocumentInput("a", text), NeverCancelled(), **options))
    assert isinstance(events[-1], Finished)
    whole = "".join(event.text for event in events if isinstance(event, TextChunk))
    parts = re.split(r"(?m)^## (.*)\n", whole)[1:]
    return {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}


def test_sentences_have_the_time_at_which_they_begin() -> None:
    assert spoken_sentences(MEETING) == [
        Spoken("Good morning everybody, thanks for coming.", "0:00"),
        Spoken("We decided to take the blue design for the first page.", "0:04"),
        Spoken("Anna will send the pictures to Tom by Friday.", "0:08"),
        Spoken("Who is going to pay for the hall?", "1:02:05"),
        Spoken("We don't know yet.", "1:02:05"),
        Spoken("The soup was really good.", "1:02:11"),
    ]
    assert spoken_sentences("One thing. Another thing.") == [
        Spoken("One thing."),
        Spoken("Another thing."),
    ]


@pytest.mark.parametrize("writer", ["srt", "vtt"])
def test_subtitles_have_the_times_of_their_cues(writer) -> None:
    segments = (
        Segment(0.0, 1.5, "Good morning."),
        Segment(3661.5, 3664.0, "We decided to take"),
        Segment(3664.0, 3666.0, "the blue design."),
    )
    text = TRANSCRIPT_WRITERS[writer](Transcript("all", "en", 0.9, segments))
    assert spoken_sentences(text) == [
        Spoken("Good morning.", "0:00"),
        Spoken("We decided to take the blue design.", "1:01:01"),
    ]


def test_a_calibrated_model_decides_what_is_an_item() -> None:
    engine = Engine("qwen2.5-coder-1.5b", likes="blue|Friday|hall")
    found = written(engine, MEETING)
    assert list(found) == ["Decisions", "Tasks", "Open questions"]
    assert found["Decisions"] == "- We decided to take the blue design for the first page. (0:04)"
    assert found["Tasks"] == "- Anna will send the pictures to Tom by Friday. (0:08)"
    assert found["Open questions"] == "- Who is going to pay for the hall? (1:02:05)"
    assert "The soup was really good." not in engine.scored


def test_what_the_model_denies_is_no_item() -> None:
    found = written(Engine("qwen2.5-coder-1.5b"), MEETING)
    assert found["Decisions"] == "No decisions were named."
    assert found["Tasks"] == "No tasks were named."
    assert found["Open questions"] == "No open questions were named."


def test_another_model_is_not_asked() -> None:
    engine = Engine("qwen2.5-coder-0.5b")
    found = written(engine, MEETING)
    assert engine.scored == []
    assert found["Tasks"] == "- Anna will send the pictures to Tom by Friday. (0:08)"
    assert found["Open questions"].startswith("- Who is going to pay for the hall? (1:02:05)")


def test_nothing_is_found_where_nothing_was_decided() -> None:
    found = written(Engine("qwen2.5-coder-0.5b"), PLAIN)
    assert [found[name] for name in ("Decisions", "Tasks", "Open questions")] == [
        "No decisions were named.",
        "No tasks were named.",
        "No open questions were named.",
    ]


def test_chinese_minutes_have_chinese_headings() -> None:
    text = "我们今天讨论新网站的设计。我们决定用蓝色的方案。请小王明天把图片发给李明。"
    found = written(Engine("qwen2.5-coder-0.5b"), text)
    assert list(found) == ["决定", "任务", "未决问题"]
    assert found["决定"] == "- 我们决定用蓝色的方案。"
    assert found["任务"] == "- 请小王明天把图片发给李明。"
    assert found["未决问题"] == "没有提到未决问题。"


def test_progress_is_told() -> None:
    events = minutes(Engine("qwen2.5-coder-1.5b"), DocumentInput("a", MEETING), NeverCancelled())
    fractions = [
        event.fraction
        for event in events
        if isinstance(event, Preparing) and "decisions" in event.stage
    ]
    assert fractions
    assert fractions == sorted(fractions)


def test_a_text_without_words_is_refused() -> None:
    with pytest.raises(InputError, match="a has no text"):
        minutes(Engine("x"), DocumentInput("a", " \n"), NeverCancelled())


@pytest.mark.parametrize(
    ("kind", "sentence", "is_one"),
    [
        ("decision", "Okay, then we go with the blue design.", True),
        ("decision", "The blue one is nicer.", False),
        ("task", "Can you put them on the server next week?", True),
        ("task", "Who is going to pay for it?", False),
        ("task", "The hall costs four hundred euros.", False),
        ("question", "Who is going to pay for it?", True),
        ("question", "Can you call them tomorrow?", False),
        ("question", "It is not clear yet whether it works.", True),
    ],
)
def test_wordings_of_english_items(kind, sentence, is_one) -> None:
    assert has_cue(kind, sentence, ENGLISH) is is_one


def test_what_is_left_open_is_recognised() -> None:
    assert says_open("We still have to find out.", ENGLISH)
    assert says_open("现在还不清楚。", CHINESE)
    assert not says_open("It leaves at nine.", ENGLISH)
