from __future__ import annotations

from pathlib import Path

import pytest

from mmdesk.tasks import answer
from mmdesk.tasks.answer_check import unknown_details
from mmdesk.values import DocumentInput, NeverCancelled, Turn
from tests.tasks.scripts import engine, notices

LIBRARY = (Path(__file__).parents[1] / "fixtures" / "inputs" / "library.txt").read_text("utf-8")
LETTER = (
    "Dear Ms. Solberg,\n\nyour rent of 1,250 euros is due on 3 May 2026. Call 0421 555 0187 or "
    "write to office@house.example between nine and five. Ingrid Solberg lives in flat 12."
)


@pytest.mark.parametrize(
    ("question", "text", "details"),
    [
        ("How much does a library card cost for adults?", "It costs $10.", ["$10"]),
        ("Who is the head of the library?", "The head is Mr. Smith.", ["Smith"]),
        ("Who is the head of the library?", "John Doe", ["John Doe"]),
        ("What is the e-mail address?", "It is mmdesk@example.com.", ["mmdesk@example.com"]),
        ("When was it built?", "It was built in London in 2023.", ["2023"]),
        ("Wer leitet die Bibliothek?", "Die Bibliothek leitet Herr Schmidt.", ["Schmidt"]),
        ("图书卡多少钱？", "图书卡20元。", ["20"]),
    ],
)
def test_what_the_text_does_not_say_is_found(question: str, text: str, details: list[str]) -> None:
    assert unknown_details(text, question, (LIBRARY,)) == details


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("When does the library open?", "It opens at nine."),
        ("When does the library open?", "The library opens at 9:00 and closes at 6."),
        ("May children borrow books?", "Yes, children may borrow books for free."),
        ("How many days a week is it open?", "It is open 6 days a week."),
        ("Write a letter to the library with 30 ideas", "Dear Mr. Brown, here are 30 ideas."),
        ("Is it closed on 24 December?", "The text does not mention 24 December."),
    ],
)
def test_what_the_text_says_is_left_alone(question: str, text: str) -> None:
    assert unknown_details(text, question, (LIBRARY,)) == []


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How much is the rent?", "The rent is 1250 euros."),
        ("How much is the rent?", "€1,250"),
        ("When is it due?", "It is due on May 3, 2026."),
        ("What is the phone number?", "0421 555 0187"),
        ("What is the phone number?", "The number is 0421-555-0187."),
        ("Where do I write to?", "office@house.example"),
        ("Who lives there?", "Ingrid Solberg lives in flat 12."),
        ("Who gets the letter?", "Mrs. Solberg"),
        ("Until when can I call?", "Until 5."),
    ],
)
def test_other_spellings_are_known(question: str, text: str) -> None:
    assert unknown_details(text, question, (LETTER,)) == []


def test_an_invented_price_is_told() -> None:
    document = DocumentInput("library.txt", LIBRARY)
    turn = Turn("user", "How much does a library card cost for adults?", documents=(document,))
    events = list(answer(engine(lambda request: "It costs $10."), (turn,), NeverCancelled()))
    assert notices(events) == ["The text does not say “$10”. Please check the answer."]
    events = list(answer(engine(lambda request: "At nine."), (turn,), NeverCancelled()))
    assert notices(events) == []
