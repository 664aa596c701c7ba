"""Tasks on the built-in model, checked as a reader would check them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from mmdesk.engine.local import LocalEngine
from mmdesk.inputs import load_audio
from mmdesk.inputs.image import from_pil
from mmdesk.perception.known_questions import as_known_question
from mmdesk.tasks import answer, minutes, summarise, translate, translate_picture
from mmdesk.text.language import detect
from mmdesk.text.segment import length
from mmdesk.values import (
    AudioInput,
    DocumentInput,
    Event,
    NeverCancelled,
    Sampling,
    Transcribed,
    Transcript,
    Turn,
)
from tests.perception import pictures
from tests.quality.citations import judge, summary_of
from tests.tasks.scripts import notices, said

pytestmark = pytest.mark.model

SOUND = Path(__file__).parents[1] / "fixtures" / "sound"
TEXTS = Path(__file__).parents[1] / "fixtures" / "texts"


@pytest.fixture(scope="module")
def engine() -> Iterator[LocalEngine]:
    made = LocalEngine()
    yield made
    made.close()


def document(name: str) -> DocumentInput:
    return DocumentInput(name, (TEXTS / name).read_text(encoding="utf-8"))


def test_every_sentence_of_a_summary_is_linked_to_its_names_and_numbers(
    engine: LocalEngine,
) -> None:
    source = document("honeybee.txt")
    text, citations = summary_of(engine, source)
    judged = judge(source, text, citations)
    assert len(judged) >= 5
    assert all(not missing for _sentence, missing in judged)


def test_five_thousand_english_words_are_summarised(engine: LocalEngine) -> None:
    text = said(summarise(engine, document("honeybee.txt"), NeverCancelled(), words=150))
    assert 105 <= length(text) <= 195
    assert detect(text).code == "en"
    assert "honeybee" in text.lower()


def test_a_chinese_article_is_summarised_in_chinese(engine: LocalEngine) -> None:
    text = said(summarise(engine, document("panda.zh.txt"), NeverCancelled(), words=150))
    assert 105 <= length(text) <= 195
    assert detect(text).code == "zh"
    assert "大熊猫" in text


def test_minutes_quote_what_was_said_with_its_time(engine: LocalEngine) -> None:
    talk = DocumentInput(
        "talk",
        "[0:00] Good morning, thanks for coming.\n[0:05] We decided to paint the hall blue.\n"
        "[0:09] Anna will buy the paint by Friday.\n[0:12] The soup was really good.",
    )
    text = said(minutes(engine, talk, NeverCancelled()))
    assert "## Decisions\n\n- We decided to paint the hall blue. (0:05)\n" in text
    assert "## Tasks\n\n- Anna will buy the paint by Friday. (0:09)\n" in text
    assert text.endswith("No open questions were named.")
    assert "soup" not in text


@pytest.mark.parametrize(
    ("text", "to", "needles"),
    [
        ("The library opens at nine. My passport is lost.", "zh", ("图书馆", "护照")),
        ("图书馆早上九点开门，晚上六点关门。", "en", ("library", "open")),
        ("The library opens at nine in the morning.", "fr", ("bibliothèque", "ouvre")),
        ("Mi pasaporte está en la biblioteca de la ciudad.", "en", ("passport", "library")),
        ("The library opens at nine in the morning.", "es", ("biblioteca", "abre")),
        pytest.param(
            "The library opens at nine in the morning.",
            "de",
            ("Die Bibliothek", "öffnet"),
            marks=pytest.mark.xfail(reason="a wrong article on some processors"),
        ),
        ("Die Bibliothek öffnet um neun Uhr morgens.", "en", ("library", "opens")),
        ("La bibliothèque ouvre à neuf heures.", "en", ("library", "opens")),
    ],
)
def test_translations_have_the_same_meaning(
    engine: LocalEngine, text: str, to: str, needles
) -> None:
    translated = said(translate(engine, text, to, NeverCancelled()))
    assert detect(translated).code == to
    for needle in needles:
        assert needle in translated


@pytest.mark.parametrize("to", ["zh", "fr"])
def test_a_question_is_translated_and_not_answered(engine: LocalEngine, to: str) -> None:
    translated = said(translate(engine, "What is the capital of France?", to, NeverCancelled()))
    assert translated.endswith(("?", "？"))
    assert "Paris" not in translated
    assert "巴黎" not in translated


@pytest.mark.parametrize(
    "request_text",
    ["Write a long essay about rivers.", "Write a short story about a fox and a crow."],
)
def test_a_creative_request_is_not_refused(engine: LocalEngine, request_text: str) -> None:
    few = Sampling(max_tokens=40)
    text = said(answer(engine, (Turn("user", request_text),), NeverCancelled(), few))
    assert "sorry" not in text.lower()
    assert ("river" if "river" in request_text else "fox") in text.lower()


def test_a_fact_deep_in_a_long_document_is_found(engine: LocalEngine) -> None:
    bees = document("honeybee.txt")
    turn = Turn("user", "Who noticed in 1851 that bees leave a gap free?", documents=(bees,))
    text = said(answer(engine, (turn,), NeverCancelled(), context_tokens=4096))
    assert "Langstroth" in text


def spoken_about_a_photo(engine: LocalEngine, sound: AudioInput) -> tuple[list[Event], Transcript]:
    turn = Turn("user", "", (pictures.photo(),), (sound,))
    events = list(answer(engine, (turn,), NeverCancelled(), Sampling(max_tokens=8)))
    (heard,) = {event.transcript for event in events if isinstance(event, Transcribed)}
    return events, heard


def test_a_question_spoken_in_noise_is_put_to_the_picture(engine: LocalEngine) -> None:
    events, heard = spoken_about_a_photo(engine, load_audio(SOUND / "question.ogg"))
    assert as_known_question(heard.text) is None  # what is written down of it is no question
    assert heard.question == "Is there a ball in the picture?"
    assert "is there a ball in the picture?" in notices(events)[0]


@pytest.mark.parametrize("begin_s", [0.0, 6.0])
def test_other_speech_is_no_question_about_the_picture(engine: LocalEngine, begin_s: float) -> None:
    sound = load_audio(SOUND / "prompts.ogg").between(begin_s, begin_s + 4.5)
    _, heard = spoken_about_a_photo(engine, sound)
    assert heard.text
    assert heard.question == ""


def test_the_text_in_a_picture_is_translated(engine: LocalEngine) -> None:
    sign = Image.new("RGB", (700, 120), "white")
    text = "The library is closed on Monday."
    ImageDraw.Draw(sign).text((30, 36), text, font=pictures.font(36), fill="black")
    picture = from_pil(sign, "sign.png")
    translated = said(translate_picture(engine, (picture,), "Chinese", NeverCancelled()))
    assert "图书馆" in translated
    assert "一" in translated  # of Monday: 周一, 星期一
