"""Translation of what people really have: Markdown, mixed languages, transcripts, single words."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mmdesk.tasks import translate
from mmdesk.tasks.translate import MAX_SENTENCE_WORDS, split_long_sentence
from mmdesk.tasks.translation_checks import is_no_translation, protected_parts
from mmdesk.text import length
from mmdesk.values import ChatRequest, Event, NeverCancelled
from tests.tasks.scripts import chats, engine, notices, said
from tests.tasks.test_translate import original

INPUTS = Path(__file__).parents[1] / "fixtures" / "inputs"
REFUSAL = "I am sorry, but I can't assist with that request."
Reply = Callable[[ChatRequest], str]


def read(name: str) -> str:
    return (INPUTS / name).read_text(encoding="utf-8").strip()


def events_of(reply: Reply, text: str, to: str) -> list[Event]:
    return list(translate(engine(reply), text, to, NeverCancelled()))


def asked(reply: Reply, text: str, to: str) -> list[str]:
    used = engine(reply)
    list(translate(used, text, to, NeverCancelled()))
    return list(dict.fromkeys(original(request) for request in chats(used)))


def marked(request: ChatRequest) -> str:
    """Answer with every word of four letters and more changed, links and code kept."""
    kept = r"`[^`]*`|\]\(\S+?\)|https?://\S+|\S+@\S+|\{\w+\}|%d"
    return re.sub(
        rf"({kept})|[^\W\d_]{{3,}}",
        lambda match: match[1] or match[0][0] + "ö" * (len(match[0]) - 1),
        original(request),
    )


# --- Markdown ---------------------------------------------------------------------------------


def test_markdown_keeps_its_form() -> None:
    text = read("guide.md")
    found = said(iter(events_of(marked, text, "de")))
    lines, wanted = found.split("\n"), text.split("\n")
    assert len(lines) == len(wanted)
    for line, before in zip(lines, wanted, strict=True):
        assert (
            re.match(r"\s*(?:[-#]+ |\d\. )?", line)[0]
            == re.match(  # type: ignore[index]
                r"\s*(?:[-#]+ |\d\. )?", before
            )[0]
        )  # type: ignore[index]
        assert line.count("|") == before.count("|")
    code = text[text.index("```") : text.rindex("```") + 3]
    assert code in found
    for part in ("`tar -xzf server.tar.gz`", "https://example.org/docs/start?lang=en",
                 "help@example.org", "{user_name}", "%d"):  # fmt: skip
        assert part in found


def test_a_lost_placeholder_is_requested_once_more_and_told() -> None:
    text = "Hello {user_name}, you have %d new messages today."

    def reply(request: ChatRequest) -> str:
        return "Hallo, heute gibt es neue Nachrichten für dich."

    used = engine(reply)
    events = list(translate(used, text, "de", NeverCancelled()))
    assert len(chats(used)) == 2
    assert "placeholders" in notices(events)[0]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("See https://a.org/x?y=1, or `rm -r`.", {"https://a.org/x?y=1", "`rm -r`"}),
        ("Hi {name}, %s and ${x} and {{y}}", {"{name}", "%s", "${x}", "{{y}}"}),
        ("<b>Bold</b> by me@here.org.", {"<b>", "</b>", "me@here.org"}),
        ("Read [it](https://a.org/x) now.", {"](https://a.org/x)"}),
        ("50% of all", set()),
    ],
)
def test_what_no_translation_changes(text: str, parts: set[str]) -> None:
    assert set(protected_parts(text)) == parts


def test_subtitles_keep_their_cues() -> None:
    text = (
        "WEBVTT\n\n1\n00:00:01.000 --> 00:00:04.000 align:start\nThe ship leaves the harbour.\n\n"
        "2\n00:00:05.000 --> 00:00:09.000\n<i>Nobody waves to the sailors.</i>"
    )
    found = said(iter(events_of(marked, text, "de"))).split("\n")
    kept = [0, 1, 2, 3, 5, 6, 7]
    assert [found[n] for n in kept] == [text.split("\n")[n] for n in kept]
    assert found[8].startswith("<i>")
    assert len(found) == 9


# --- without punctuation -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        read("transcript.txt"),
        " ".join(f"word{n}" for n in range(500)),
        "这是一段没有标点的话" * 40,
        "ห้องสมุดเปิดตั้งแต่เก้าโมงเช้า" * 40,
    ],
    ids=["transcript", "no conjunctions", "zh", "th"],
)
def test_a_text_without_punctuation_is_cut_between_words_and_loses_nothing(text: str) -> None:
    pieces = split_long_sentence(text)
    assert len(pieces) > 3
    assert all(length(piece) <= MAX_SENTENCE_WORDS for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    if " " in text:
        assert " ".join(pieces).split() == text.split()


def test_all_of_a_transcript_is_translated() -> None:
    text = read("transcript.txt")
    asked_for = " ".join(piece.rstrip(".") for piece in asked(marked, text, "de"))
    assert asked_for.lower().split() == text.split()
    found = said(iter(events_of(marked, text, "de")))
    assert len(found.split()) == len(text.split())


def test_pieces_of_a_sentence_are_no_sentences_in_the_translation() -> None:
    text = " ".join(["and he told us that the frost in april had killed most of it"] * 6)
    found = said(iter(events_of(lambda request: "Und der Frost war im Frühling sehr stark gewesen.",
                                text, "de")))  # fmt: skip
    assert "." not in found
    assert "U" not in found


def test_a_half_translated_sentence_is_told() -> None:
    text = "They told us that the frost in april had killed most of the blossoms."
    events = events_of(
        lambda request: "Sie told uns, dass der frost in april killed die meisten blossoms.",
        text,
        "de",
    )
    assert notices(events) == ["One sentence may still contain English."]


# --- mixed languages and single words ----------------------------------------------------------


def test_the_foreign_lines_of_a_chat_are_translated_and_no_others() -> None:
    text = read("chat-mixed.txt")
    lines = text.split("\n")

    def reply(request: ChatRequest) -> str:
        numbers = " ".join(re.findall(r"\d+", original(request)))
        return f"This is what Lena said about the rent. {numbers}"

    found = said(iter(events_of(reply, text, "en"))).split("\n")
    german = [n for n, line in enumerate(lines) if line.startswith("Lena")]
    assert [found[n] for n in range(len(lines)) if n not in german] == [
        lines[n] for n in range(len(lines)) if n not in german
    ]
    assert all("This is what Lena said" in found[n] for n in german)


def test_a_foreign_sentence_within_a_paragraph_is_translated() -> None:
    text = (
        "The meeting was long and nobody was happy about it. Wir sollten noch einmal mit dem "
        "Vermieter reden. Then everybody went home to their families."
    )
    assert asked(lambda request: "We should talk to the landlord again.", text, "en") == [
        "Wir sollten noch einmal mit dem Vermieter reden."
    ]


def test_a_paragraph_in_the_target_language_stays() -> None:
    text = (
        "Die Heizung kostet noch einmal dreihundert Euro, und der Parkplatz ist nicht dabei.\n\n"
        "The contract says that the landlord must repair the roof before the winter."
    )
    found = asked(lambda request: "The heating costs three hundred euros more.", text, "en")
    assert len(found) == 1
    assert found[0].startswith("Die Heizung")


@pytest.mark.parametrize(
    ("word", "translated"),
    [("Hola", "Hello"), ("Guten Morgen", "Good morning"), ("Schmetterling", "Butterfly")],
)
def test_single_words_are_translated(word: str, translated: str) -> None:
    events = events_of(lambda request: translated, word, "en")
    assert said(iter(events)) == translated
    assert notices(events) == []


def test_a_word_that_comes_back_may_be_in_the_language_already() -> None:
    events = events_of(original, "Butterfly", "en")
    assert said(iter(events)) == "Butterfly"
    assert notices(events) == ["The text may already be in English."]


# --- no translation at all ---------------------------------------------------------------------

FINNISH = "Linnassa asui ennen vanhaan rikas ja mahtava kuningas poikineen."


@pytest.mark.parametrize(
    "bad",
    [
        REFUSAL,
        "As an AI language model, I do not know this.",
        "",
        "…",
        "King.",
        "the next day " * 12,
        "He lived there and the next day came, and the next day went, the next day he ate, and "
        "the next day he slept.",
        "Once upon a time there was a castle. " + "It had towers, halls and many stairs " * 9,
        FINNISH,
    ],
    ids=["refusal", "ai", "empty", "dots", "short", "loop", "repeats", "long", "copy"],
)
def test_what_is_no_translation_is_asked_again_and_then_told(bad: str) -> None:
    used = engine(lambda request: bad)
    events = list(translate(used, FINNISH, "en", NeverCancelled()))
    assert len(chats(used)) == 2
    assert said(iter(events)) == FINNISH
    assert notices(events) == ["One sentence could not be translated. It was left as it is."]

    def reply(request: ChatRequest) -> str:
        quoted = "quotation marks" in request.turns[-1].text
        return '"A rich king lived in the castle in old times with his sons."' if quoted else bad

    events = events_of(reply, FINNISH, "en")
    assert said(iter(events)) == "A rich king lived in the castle in old times with his sons."
    assert notices(events) == []


def test_several_failed_sentences_are_counted() -> None:
    events = events_of(lambda request: REFUSAL, f"{FINNISH} {FINNISH}", "en")
    assert notices(events)[0].startswith("2 sentences could not be translated.")


@pytest.mark.parametrize(
    ("text", "before"),
    [
        (
            "I'm sorry, but I can't come today.",
            "Es tut mir leid, aber ich kann heute nicht kommen.",
        ),
        ("I cannot help you with that.", "I can't help you with that, sagte der Polizist."),
        ("No, no, no, no!", "Nein, nein, nein, nein!"),
        ("Hello", "Hola"),
        ("Paris", "Paris"),
        ("图书馆九点开门。", "The library opens at nine."),
        ("He is a man of few words.", "Sanaton."),
    ],
)
def test_translations_pass(text: str, before: str) -> None:
    assert not is_no_translation(text, before)


@pytest.mark.parametrize(
    "text",
    [
        "Es tut mir leid, aber dabei kann ich Ihnen nicht helfen.",
        "Je suis désolé, mais je ne peux pas traduire ce texte.",
        "Lo siento, pero no puedo ayudar con eso.",
        "对不起，我无法协助您完成这个请求。",
        "申し訳ありませんが、お手伝いできません。",
        "К сожалению, я не могу помочь с этим запросом.",
        "I'm sorry, but I cannot translate this text.",
    ],
)
def test_refusals_in_many_languages(text: str) -> None:
    assert is_no_translation(text, FINNISH)


@pytest.mark.parametrize("to", ["ru", "hi", "ar", "th", "el"])
def test_the_wrong_script_is_told(to: str) -> None:
    events = events_of(lambda request: "The castle belonged to a king.", FINNISH, to)
    assert any("Finnish" in notice for notice in notices(events))


def test_leftovers_in_another_script_are_told() -> None:
    text = "पुस्तकालय सुबह नौ बजे खुलता है।"
    events = events_of(lambda request: "The पुस्तकालय opens at nine in the morning.", text, "en")
    assert notices(events) == ["One sentence may still contain Hindi."]


# --- scripts -----------------------------------------------------------------------------------


def test_every_hindi_sentence_is_asked_for() -> None:
    assert len(asked(lambda request: "The library opens at nine.", read("hindi.txt"), "en")) == 9


def test_german_dates_stay_in_their_sentences() -> None:
    found = asked(lambda request: "It begins.", read("dates-de.txt"), "en")
    assert set(found) == {
        "Der Vertrag beginnt am 3. Mai 2026 und endet am 12. Oktober 2028.",
        "Die 2. Auflage erschien im 19. Jahrhundert.",
        "Wir treffen uns am 24. Dezember um 18 Uhr.",
    }


def test_traditional_chinese_is_written_in_its_characters() -> None:
    events = events_of(lambda request: "这个软件很好用。", "This software is very useful.", "zh-TW")
    assert said(iter(events)) == "這個軟體很好用。"


def test_simplified_text_becomes_traditional_and_back() -> None:
    events = events_of(original, "图书馆九点开门。", "zh-TW")
    assert said(iter(events)) == "圖書館九點開門。"
    assert "Only its characters" in notices(events)[0]
    events = events_of(original, "圖書館九點開門。", "zh")
    assert said(iter(events)) == "图书馆九点开门。"
    events = events_of(original, "圖書館九點開門。", "zh-TW")
    assert notices(events) == ["The text is already in Traditional Chinese."]


def test_a_heading_gets_no_full_stop() -> None:
    assert said(
        iter(events_of(lambda request: "安装服务器。", "# Installing the server", "zh"))
    ) == ("# 安装服务器")


@pytest.mark.parametrize(
    ("model", "text", "told"),
    [
        ("qwen2.5-coder-0.5b", "Kirjasto avataan yhdeksältä ja suljetaan kuudelta.", ["Finnish"]),
        ("qwen2.5-coder-0.5b", "Die Bücherei öffnet um neun und schließt um sechs Uhr.", []),
        ("another", "Kirjasto avataan yhdeksältä ja suljetaan kuudelta.", []),
    ],
)
def test_languages_that_the_model_was_not_made_for_are_told(
    model: str, text: str, told: list[str]
) -> None:
    used = engine(lambda _: "The library opens at nine and closes at six.")
    events = list(translate(used, text, "en", NeverCancelled(), model))
    assert [notice for notice in notices(events) if "knows little" in notice] == [
        f"The model knows little {language}, so the translation may be wrong. A larger model may "
        "do better."
        for language in told
    ]


def test_the_original_with_remarks_around_it_is_no_translation() -> None:
    text = "Kirjasto avataan yhdeksältä ja suljetaan kuudelta."
    used = engine(lambda _: f"The sentence between the marks reads as follows, '{text}'")
    events = list(translate(used, text, "en", NeverCancelled()))
    assert said(iter(events)) == text
    assert "One sentence could not be translated. It was left as it is." in notices(events)
