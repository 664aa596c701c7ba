from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest

from mmdesk.errors import Cancelled, InputError
from mmdesk.tasks import summarise
from mmdesk.text.language import detect
from mmdesk.text.segment import length, sentences
from mmdesk.values import ChatRequest, DocumentInput, Finished, NeverCancelled, Preparing
from tests.tasks.scripts import chats, engine, notices, said

TEXTS = Path(__file__).parents[1] / "fixtures" / "texts"
BEES = DocumentInput("honeybee.txt", (TEXTS / "honeybee.txt").read_text(encoding="utf-8"))
PANDA = DocumentInput("panda.zh.txt", (TEXTS / "panda.zh.txt").read_text(encoding="utf-8"))


def copied(request: ChatRequest) -> str:
    """Answer as a model that copies the first sentences of its prompt."""
    part = request.turns[-1].text.rsplit("\n\n", 1)[0]
    return " ".join(sentences(part)[:3])


def rambling(request: ChatRequest) -> str:
    return "The text discusses many things and so on without any end or point " * 20


def asked_parts(requests: list[ChatRequest]) -> str:
    return "\n".join(request.turns[-1].text for request in requests)


@pytest.mark.parametrize("words", [30, 60, 150, 400])
@pytest.mark.parametrize("document", [BEES, PANDA], ids=["en", "zh"])
@pytest.mark.parametrize("reply", [copied, rambling])
def test_the_length_is_kept_whatever_the_model_says(words, document, reply) -> None:
    text = said(summarise(engine(reply), document, NeverCancelled(), words=words))
    assert 0.7 * words <= length(text) <= 1.3 * words
    assert detect(text) == detect(document.text)


def test_the_whole_document_is_read() -> None:
    used = engine(copied)
    list(summarise(used, BEES, NeverCancelled()))
    read = asked_parts(chats(used))
    for paragraph in BEES.text.split("\n\n"):
        assert paragraph.strip() in read


def test_the_first_sentence_names_the_subject() -> None:
    text = said(summarise(engine(copied), BEES, NeverCancelled(), words=40))
    assert "honeybee" in sentences(text)[0].lower()
    assert "大熊猫" in sentences(said(summarise(engine(copied), PANDA, NeverCancelled(), 40)))[0]


def test_progress_tells_which_part_is_read() -> None:
    events = list(summarise(engine(copied), BEES, NeverCancelled()))
    stages = [
        event for event in events if isinstance(event, Preparing) and event.fraction is not None
    ]
    count = len(stages)
    assert [event.stage for event in stages] == [
        f"reading part {n + 1} of {count}" for n in range(count)
    ]
    assert stages[0].fraction == 0
    assert isinstance(events[-1], Finished)
    assert events[-1].stats.generated_tokens > 0


def test_a_very_long_document_is_boiled_down_first() -> None:
    chance = random.Random(1)
    nouns = [word for word in BEES.text.split() if word.isalpha()]
    text = "\n\n".join(
        f"The honeybee {' '.join(chance.sample(nouns, 12))} number {n}." for n in range(1500)
    )
    used = engine(copied)
    summary = said(summarise(used, DocumentInput("long.txt", text), NeverCancelled(), words=60))
    assert 42 <= length(summary) <= 78
    read = asked_parts(chats(used))
    assert "number 1499." in read
    assert len(chats(used)) > 15


def test_the_instruction_for_chinese_is_chinese_and_follows_the_text() -> None:
    used = engine(copied)
    list(summarise(used, PANDA, NeverCancelled()))
    system, user = chats(used)[0].turns
    assert detect(system.text).code == "zh"
    assert user.text.rsplit("\n\n", 1)[1].startswith("请")


def test_another_language_is_translated_sentence_by_sentence() -> None:
    def reply(request: ChatRequest) -> str:
        asked = request.turns[-1].text
        return (
            "蜜蜂采集花蜜和花粉，为植物传粉。" if asked.startswith("Translate") else copied(request)
        )

    text = said(summarise(engine(reply), BEES, NeverCancelled(), words=100, language="Chinese"))
    assert detect(text).code == "zh"
    assert 70 <= length(text) <= 130


def test_a_text_shorter_than_its_summary_gets_a_notice() -> None:
    document = DocumentInput("s.txt", "Bees make a lot of honey. Wasps do not make any at all.")
    events = list(summarise(engine(copied), document, NeverCancelled()))
    assert notices(events) == ["The text is already as short as the summary you asked for."]
    assert said(iter(events)).startswith("Bees make")


@pytest.mark.parametrize("text", ["12 34 56", "x", "Heading", "a, b, c " * 300, "？？？"])
def test_odd_texts_give_a_summary_or_nothing_but_end(text: str) -> None:
    events = list(summarise(engine(), DocumentInput("odd.txt", text), NeverCancelled(), words=10))
    assert isinstance(events[-1], Finished)


def test_bad_requests_are_refused() -> None:
    with pytest.raises(InputError, match=r"empty\.txt"):
        list(summarise(engine(), DocumentInput("empty.txt", " \n"), NeverCancelled()))
    with pytest.raises(InputError, match="words"):
        list(summarise(engine(), BEES, NeverCancelled(), words=3))


def test_stopping_stops_and_leaves_nothing_running() -> None:
    flag = threading.Event()
    used = engine(copied)
    events = summarise(used, BEES, flag)
    while not getattr(next(events), "stage", "").startswith("reading part 2"):
        pass
    flag.set()
    with pytest.raises(Cancelled):
        list(events)
    assert used.open_generators == 0
