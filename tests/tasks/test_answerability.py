"""Questions that a document does not answer, refused before or after the answer is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmdesk.tasks import answer
from mmdesk.tasks.answerability import asks_for_fact, bounds_for, refusal
from mmdesk.training.eval.document_questions import JudgedReply, read_questions, shares
from mmdesk.translatable import TranslatableText
from mmdesk.values import ChatRequest, DocumentInput, NeverCancelled, ScoreRequest, Turn
from tests.tasks.scripts import chats, engine, notices, said

MODEL = "qwen2.5-coder-1.5b"
LETTER = "The rent of flat 7 is due on 3 May. Peter Holloway is the foreman."
FOLDER = Path(__file__).parents[1] / "quality" / "documents"


def margin(value: float) -> object:
    """Return a scorer whose Yes is that much more probable than its No."""

    def score(request: ScoreRequest) -> float:
        return value if request.answer in ("Yes", "有") else 0.0

    return score


def asked(
    question: str, value: float, reply: str, text: str = LETTER, unread: bool = False
) -> tuple[str, list[str], int]:
    """Return the answer, the notices and how often the model wrote."""
    told = (TranslatableText("Page 2 was not read."),) if unread else ()
    document = DocumentInput("letter.txt", text, notices=told)
    used = engine(lambda request: reply, score=margin(value))  # type: ignore[arg-type]
    turn = Turn("user", question, documents=(document,))
    events = list(answer(used, (turn,), NeverCancelled(), model=MODEL))
    return said(events), notices(events), len(chats(used))


def test_a_question_whose_answer_is_not_there_is_refused_without_asking_for_one() -> None:
    assert asked("How much is the rent?", 0.5, "It is $10.") == ("The text does not say.", [], 0)
    assert asked("Wie hoch ist die Miete?", 0.5, "10 Euro.")[0] == "Das steht nicht im Text."
    assert asked("租金多少钱？", 0.5, "10元。")[0] == "文中没有提到。"


def test_a_question_whose_answer_is_there_is_answered() -> None:
    assert asked("Who is the foreman?", 3.5, "Peter Holloway.") == ("Peter Holloway.", [], 1)


def test_an_unsure_answer_with_invented_details_is_refused() -> None:
    text = "The text does not say."
    assert asked("How much is the rent?", 2.5, "The rent is $450.") == (text, [], 1)
    assert asked("When is the rent due?", 2.5, "On 3 May.") == ("On 3 May.", [], 1)


def test_a_sentence_with_all_words_and_a_number_counts_for_an_answer() -> None:
    text = "A sea wall would cost four million kroner. The cafe has tables."
    question = "How much would a sea wall cost?"
    assert asked(question, 1.6, "Four million kroner.", text)[0] == "Four million kroner."
    assert asked(question, 1.0, "Four million kroner.", text)[0] == "The text does not say."
    assert asked("How many tables has the cafe?", 1.6, "Six.", text)[0] == "The text does not say."


def test_a_sure_answer_with_unknown_details_is_shown_with_a_notice() -> None:
    text, told, _ = asked("How much is the rent?", 3.5, "The rent is $450.")
    assert text == "The rent is $450."
    assert told == ["The text does not say “$450”. Please check the answer."]


def test_what_was_not_read_is_no_part_of_the_text() -> None:
    text, _, _ = asked("How much is the rent?", 0.5, "It is $10.", unread=True)
    assert text == "The part of the text that was read does not say."


@pytest.mark.parametrize(
    "question",
    [
        "Write a reply to this letter.",
        "What should I answer?",
        "What is this letter about?",
        "What do you think of it?",
        "What does the letter say?",
        "What does it contain?",
        "What does foreman mean?",
        "Is the foreman nice?",
        "May I call him at night?",
        "周末有人上班吗？",
        "Why is the tone so formal?",
        "How could it be improved?",
        "Summarise this letter in one sentence.",
        "How many words does it have?",
        "Translate it into French",
        "这封信的主要意思是什么？",
    ],
)
def test_what_cannot_be_looked_up_is_never_refused(question: str) -> None:
    assert not asks_for_fact(question)
    assert asked(question, -5.0, "An answer.")[2] == 1


def test_a_question_without_a_document_is_not_checked() -> None:
    used = engine(lambda request: "Paris.", score=margin(-5.0))  # type: ignore[arg-type]
    events = list(answer(used, (Turn("user", "Where is it?"),), NeverCancelled(), model=MODEL))
    assert said(events) == "Paris."
    assert all(isinstance(request, ChatRequest) for request in used.requests)


def test_a_later_question_about_an_earlier_document_is_checked() -> None:
    used = engine(lambda request: "It is $10.", score=margin(0.0))  # type: ignore[arg-type]
    turns = (
        Turn("user", "Who is the foreman?", documents=(DocumentInput("letter.txt", LETTER),)),
        Turn("assistant", "Peter Holloway."),
        Turn("user", "How much is the rent?"),
    )
    assert said(list(answer(used, turns, NeverCancelled(), model=MODEL))) == refusal(
        "How much is the rent?", False
    )


def test_a_model_without_calibration_is_not_checked() -> None:
    assert bounds_for("another", "Who is it?") is None
    used = engine(lambda request: "Peter Holloway.", score=margin(-9.0))  # type: ignore[arg-type]
    turns = (Turn("user", "Who is the foreman?", documents=(DocumentInput("letter.txt", LETTER),)),)
    events = list(answer(used, turns, NeverCancelled(), model="another"))
    assert said(events) == "Peter Holloway."


def test_every_question_of_the_list_is_one_for_a_fact() -> None:
    missed = [entry.text for entry in read_questions(FOLDER) if not asks_for_fact(entry.text)]
    assert all(text.startswith(("Is ", "May ")) for text in missed), missed
    assert len(missed) <= 3


def test_the_list_is_balanced_and_its_documents_are_in_one_half_each() -> None:
    questions = read_questions(FOLDER)
    halves = {(entry.document, entry.half) for entry in questions}
    assert len(halves) == len({entry.document for entry in questions}) >= 10
    for half in ("tune", "judged"):
        entries = read_questions(FOLDER, half)
        assert len(entries) >= 60
        assert sum(1 for entry in entries if not entry.right) * 2 == len(entries)
    for document, _ in halves:
        assert (FOLDER / document).is_file()


def test_shares_count_refusals_and_right_answers() -> None:
    first, last = read_questions(FOLDER, "tune")[0], read_questions(FOLDER, "tune")[9]
    replies = [
        JudgedReply(first, "They begin on 16 March."),
        JudgedReply(first, "The text does not mention 16 March."),
        JudgedReply(last, "It is info@harbour.example."),
        JudgedReply(last, "The text does not say."),
    ]
    report = shares(replies)
    assert report["answerable_right"]["count"] == 1
    assert report["answerable_refused"]["count"] == 1
    assert report["unanswerable_refused"]["count"] == 1
    assert report["near_misses_refused"]["share"] == 0.5
