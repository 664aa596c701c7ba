from __future__ import annotations

import threading
from functools import partial

import pytest

from mmdesk.errors import Cancelled, InputError
from mmdesk.tasks import translate
from mmdesk.tasks.translate import extract_translation
from mmdesk.tasks.translation_checks import keeps_names, keeps_numbers
from mmdesk.text import find_language
from mmdesk.values import ChatRequest, Finished, NeverCancelled, ScoreRequest, TextChunk
from tests.tasks.scripts import chats, engine, notices, said

CHINESE = {
    "The dog sleeps.": "狗在睡觉。",
    "It is old.": "它很老。",
    "The cat runs.": "猫在跑。",
    "Pets": "宠物",
    "Where is it?": "它在哪里？",
}


def original(request: ChatRequest) -> str:
    return request.turns[-1].text.split("\n", 1)[1].strip('"')


def dictionary(request: ChatRequest) -> str:
    return CHINESE.get(original(request), "不知道。")


def test_paragraphs_headings_and_list_marks_stay() -> None:
    text = "# Pets\n\nThe dog sleeps. It is old.\n\n- The cat runs.\n- It is old."
    assert said(translate(engine(dictionary), text, "zh", NeverCancelled())) == (
        "# 宠物\n\n狗在睡觉。它很老。\n\n- 猫在跑。\n- 它很老。"
    )


def test_every_sentence_is_translated_alone_after_the_same_examples() -> None:
    used = engine(dictionary)
    events = list(translate(used, "The dog sleeps. It is old.", "Chinese", NeverCancelled()))
    first, second = chats(used)
    assert original(first) == "The dog sleeps."
    assert first.turns[:-1] == second.turns[:-1]
    assert len(first.turns) > 6
    assert isinstance(events[-1], Finished)


def test_it_streams_sentence_by_sentence() -> None:
    used = engine(dictionary)
    events = translate(used, "The dog sleeps. It is old.", "zh", NeverCancelled())
    assert next(event for event in events if isinstance(event, TextChunk)).text == "狗在睡觉。"
    assert len(chats(used)) == 1


@pytest.mark.parametrize("wrong", ["The dog is sleeping now.", "狗 sleeps now。"])
def test_the_wrong_language_is_requested_once_more(wrong: str) -> None:
    def reply(request: ChatRequest) -> str:
        return '"狗在睡觉。"' if "quotation marks" in request.turns[-1].text else wrong

    used = engine(reply)
    events = list(translate(used, "The dog sleeps.", "zh", NeverCancelled()))
    assert said(iter(events)) == "狗在睡觉。"
    assert len(chats(used)) == 2
    assert notices(events) == []


def test_a_question_that_was_answered_is_requested_once_more() -> None:
    def reply(request: ChatRequest) -> str:
        return "“它在哪里？”" if "quotation marks" in request.turns[-1].text else "它在家。"

    assert said(translate(engine(reply), "Where is it?", "zh", NeverCancelled())) == "它在哪里？"


def test_a_sentence_that_stays_in_the_wrong_language_gets_a_notice() -> None:
    events = list(
        translate(
            engine(lambda request: "No idea at all."), "狗在睡觉。猫在跑。", "fr", NeverCancelled()
        )
    )
    assert notices(events) == []  # English cannot be told from French by so little
    events = list(translate(engine(lambda request: "狗睡"), "狗在睡觉。", "fr", NeverCancelled()))
    assert notices(events) == ["One sentence may still contain Chinese."]


def test_a_lost_number_is_requested_once_more() -> None:
    def reply(request: ChatRequest) -> str:
        return '"我有42只狗。"' if "quotation marks" in request.turns[-1].text else "我有很多狗。"

    events = list(translate(engine(reply), "I have 42 dogs.", "zh", NeverCancelled()))
    assert said(iter(events)) == "我有42只狗。"
    assert notices(events) == []


def test_a_number_that_stays_lost_gets_a_notice() -> None:
    used = engine(lambda request: "我有很多狗。")
    events = list(translate(used, "I have 42 dogs.", "zh", NeverCancelled()))
    assert "number" in notices(events)[0]


@pytest.mark.parametrize(
    ("original", "text", "kept"),
    [
        ("3,500 cars in 2019", "3.500 Autos im Jahr 2019", True),
        ("3,500 cars", "3 500 voitures", True),
        ("at 9:00", "um 9 Uhr", True),
        ("42 and 42", "42", False),
        ("in 1851", "1951年", False),
    ],
)
def test_numbers_are_compared_without_their_marks(original: str, text: str, kept: bool) -> None:
    assert keeps_numbers(text, original) is kept


def test_a_lost_name_is_requested_once_more_and_told() -> None:
    replies = iter(["Mr. Young is coming at nine.", "Mr. Petersen is coming at nine."])
    used = engine(lambda request: next(replies))
    events = list(translate(used, "Herr Petersen kommt heute um neun Uhr.", "en", NeverCancelled()))
    assert said(events) == "Mr. Petersen is coming at nine."
    assert notices(events) == []
    used = engine(lambda request: "Mr. Young is coming at nine.")
    events = list(translate(used, "Herr Petersen kommt heute um neun Uhr.", "en", NeverCancelled()))
    assert notices(events) == ["Some names are missing from the translation. Please check them."]


@pytest.mark.parametrize(
    ("original", "text", "code", "kept"),
    [
        ("Frau Lorenz leitet die Kita.", "Ms. Lorenz runs the nursery.", "en", True),
        ("Dr. Adeyemi's book is here.", "Das Buch von Dr. Adeyemi ist hier.", "de", True),
        ("Mr. Holloway is here.", "Herr Heiligweg ist hier.", "de", False),
        ("Mr. Holloway is here.", "霍洛韦先生在这里。", "zh", True),
        ("Munich is in Germany.", "München liegt in Deutschland.", "de", True),
        ("Meet Mr. van Dyck.", "Rencontrez M. van Dyck.", "fr", True),
    ],
)
def test_names_after_titles_are_kept(original: str, text: str, code: str, kept: bool) -> None:
    assert keeps_names(text, original, find_language(code)) == kept


def test_untranslated_words_are_requested_once_more() -> None:
    def reply(request: ChatRequest) -> str:
        quoted = "Anführungszeichen" in request.turns[-1].text
        return '"Morgen wird es kalt."' if quoted else "Es wird cold tomorrow."

    used = engine(reply)
    assert said(translate(used, "It will be cold tomorrow.", "de", NeverCancelled())) == (
        "Morgen wird es kalt."
    )


def test_numbers_and_rules_are_not_translated() -> None:
    used = engine(dictionary)
    assert said(translate(used, "The dog sleeps.\n\n---\n\n1234", "zh", NeverCancelled())) == (
        "狗在睡觉。\n\n---\n\n1234"
    )
    assert len(chats(used)) == 1


def test_a_text_in_the_language_already_comes_back() -> None:
    events = list(translate(engine(), "狗在睡觉。", "zh", NeverCancelled()))
    assert said(iter(events)) == "狗在睡觉。"
    assert notices(events) == ["The text is already in Chinese."]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Here is the translation: Le chien dort.", "Le chien dort."),
        ("Sure! Here's the French translation:\n\nLe chien dort.", "Le chien dort."),
        ("Translation: Le chien dort.\n\nNote: formal.", "Le chien dort."),
        ('"Le chien dort."', "Le chien dort."),
        ("以下是翻译：狗在睡觉。", "狗在睡觉。"),
        ("当然！以下是译文：\n狗在睡觉。", "狗在睡觉。"),
        (
            'The English sentence "The dog sleeps." translates to French as: Le chien dort.',
            "Le chien dort.",
        ),
        ("The sentence in French is:\nLe chien dort.", "Le chien dort."),
        ("The text says that he sleeps.", "The text says that he sleeps."),
        ("Le chien dort : il est vieux.", "Le chien dort : il est vieux."),
        ("« Viens », dit-il, « vite »", "« Viens », dit-il, « vite »"),
    ],
)
def test_chatter_and_quotation_marks_are_taken_off(written: str, text: str) -> None:
    assert extract_translation(written, "The dog sleeps.") == text


def test_a_story_is_cut_at_the_end_of_its_first_line() -> None:
    used = engine(lambda request: "猫在跑。\n" + "从前有一只猫。" * 50)
    events = list(translate(used, "The cat runs.", "zh", NeverCancelled()))
    assert said(iter(events)) == "猫在跑。"
    assert used.open_generators == 0


def test_bad_requests_are_refused() -> None:
    with pytest.raises(InputError, match="Klingon"):
        list(translate(engine(), "Hello.", "Klingon", NeverCancelled()))
    with pytest.raises(InputError, match="no text"):
        list(translate(engine(), " ", "zh", NeverCancelled()))


def test_stopping_between_sentences() -> None:
    flag = threading.Event()
    events = translate(engine(dictionary), "The dog sleeps. It is old.", "zh", flag)
    while not isinstance(next(events), TextChunk):
        pass
    flag.set()
    with pytest.raises(Cancelled):
        list(events)


# --- a translation that the original cannot be told from ------------------------------------------


def into_german(request: ChatRequest) -> str:
    quoted = "Anführungszeichen" in request.turns[-1].text
    return '"Der Hund schläft gerade."' if quoted else "Das Haus ist alt."


def likelihood(good: str, request: ScoreRequest) -> float:
    """Score the original high after `good` only, and all translations alike."""
    back = request.answer == "The dog sleeps."
    return -0.5 if not back or good in request.turns[-1].text else -9.0


@pytest.mark.parametrize(
    ("good", "asked", "taken"),
    [
        ("Das Haus", 1, "Das Haus ist alt."),
        ("Der Hund", 2, "Der Hund schläft gerade."),
        ("neither", 2, "Das Haus ist alt."),
    ],
)
def test_german_is_held_against_the_original(good: str, asked: int, taken: str) -> None:
    used = engine(into_german, score=partial(likelihood, good))
    assert said(translate(used, "The dog sleeps.", "de", NeverCancelled())) == taken
    assert len(chats(used)) == asked


def test_where_it_does_not_help_nothing_is_scored() -> None:
    used = engine(dictionary)
    said(translate(used, "The dog sleeps.", "zh", NeverCancelled()))
    assert not any(isinstance(request, ScoreRequest) for request in used.requests)
