"""Calculator for questions: what it computes, what it leaves alone, and its bounds."""

from __future__ import annotations

import re
import time
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest

from mmdesk.tasks import answer
from mmdesk.tasks.calculation import calculate
from mmdesk.tasks.calculation.expression import EvaluationError, evaluate
from mmdesk.values import ChatRequest, DocumentInput, NeverCancelled, Turn
from tests.tasks.scripts import engine, notices, said

NOW = datetime(2026, 11, 30, 16, 50)
TABLE = Path(__file__).parents[1] / "quality" / "computations.txt"
# Nothing is calculated there, and the model is left to itself.
NOT_UNDERSTOOD = {"What is 7 factorial?", "How much time is there from 22:30 to 6:15?"}


def rows(*halves: str) -> list[list[str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    found = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    return [row[1:] for row in found if row[0] in halves]


@pytest.mark.parametrize(("question", "right"), rows("tune", "judged"))
def test_a_computation_has_the_right_result(question: str, right: str) -> None:
    if question in NOT_UNDERSTOOD:
        assert calculate(question, NOW) is None
    else:
        assert re.search(right, calculate(question, NOW) or "")


@pytest.mark.parametrize("question", [row[0] for row in rows("no")])
def test_nothing_is_calculated_where_a_question_is_something_else(question: str) -> None:
    assert calculate(question, NOW) is None


def test_the_table_is_long_enough_to_measure_with() -> None:
    assert len(rows("tune", "judged")) >= 60
    assert len(rows("judged")) >= 30
    assert len(rows("no")) >= 60


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("14:50 + 2 h 35 min", "14:50 + 2 h 35 min = 17:25"),
        ("What is 10 / 4?", "10 ÷ 4 = 2.5"),
        ("What is 100 divided by 7?", "100 ÷ 7 ≈ 14.2857"),
        ("What is 0.1 + 0.2?", "0.1 + 0.2 = 0.3"),
        ("What is $80 minus 15%?", "$80 − 15 % = $68"),
        ("How many days until 25 December?",
         "Monday, 30 November 2026 – Friday, 25 December 2026 = 25 days"),
        ("What is today's date?", "today is Monday, 30 November 2026"),
        ("What time is it?", "the time now is 16:50"),
        ("A train leaves at 9:15 and arrives at 11:45. How long does the trip take?",
         "9:15 – 11:45 = 2 h 30 min"),
        ("It is 14:30. My appointment is in 45 minutes. At what time is it?",
         "14:30 + 45 min = 15:15"),
        ("A shirt costs 40 euros and is reduced by 25 %. What does it cost now?",
         "40 euros − 25 % = 30 euros"),
        ("一件衣服200元，打八折后多少钱？", "200元 × 0.8 = 160元"),
        ('How many words are in this sentence: "The dog sleeps"? Answer with a number only.', None),
        ("A flight leaves at 9:15 and arrives at 11:45. How long does it take?", None),
        ("A shirt costs 40 euros and is reduced by 25 %, then by 10 %. What does it cost now?",
         None),
        ("今天星期几？", "今天是2026年11月30日（星期一）"),
        ("Could you please tell me what 12 squared is?", None),
        ("How long is it from 9:30 to 5:00?", None),
        ("What date is 30 days after 30 February 2026?", None),
        ("What is 5 / 0?", None),
    ],
)  # fmt: skip
def test_a_line_is_written_as_people_write_it(question: str, line: str | None) -> None:
    assert calculate(question, NOW) == line


@pytest.mark.parametrize(
    "expression",
    [
        "9**9**9**9",
        "2**100000",
        "factorial(100000)",
        "1" * 31,
        "1" * 301,
        "(" * 150 + "1" + ")" * 150,
        "__import__('os').system('true')",
        "().__class__",
        "[1][0]",
        "'a'*10",
        "1 if 1 else 2",
        "lambda: 1",
        "sqrt(-1)",
        "1/0",
        "1e400",
        "0x10",
        "1_000",
        "True + 1",
        "1j",
        "~1",
        "1 << 40",
        "open(1)",
        "",
    ],
)
def test_what_is_no_bounded_arithmetic_is_refused_at_once(expression: str) -> None:
    began = time.process_time()
    with pytest.raises(EvaluationError):
        evaluate(expression)
    assert time.process_time() - began < 0.5


def test_expressions_are_exact() -> None:
    assert evaluate("0.1 + 0.2").value == Fraction(3, 10)
    assert evaluate("-2**2").value == -4
    assert evaluate("2**-1").value == Fraction(1, 2)
    assert evaluate("sqrt(1.44)").value == Fraction(6, 5)
    assert not evaluate("sqrt(2)").exact
    assert evaluate("factorial(20)").value == 2432902008176640000


def test_a_long_text_takes_no_time() -> None:
    began = time.process_time()
    for text in ("1+" * 140, "a" * 300, "how many days " * 20, "sort: " + "1," * 140, "1 " * 149):
        calculate(text, NOW)
    assert time.process_time() - began < 2


def asked(text: str, **attachments: tuple[DocumentInput, ...]) -> tuple[list[str], list[str], str]:
    """Return the prompts' last texts, the notices and the answer."""
    prompts: list[str] = []

    def reply(request: object) -> str:
        assert isinstance(request, ChatRequest)
        prompts.append(request.turns[-1].text)
        return "The answer."

    turn = Turn("user", text, **attachments)  # type: ignore[arg-type]
    events = list(answer(engine(reply), (turn,), NeverCancelled()))
    return prompts, notices(events), said(events)


def test_the_model_is_given_the_result_and_the_user_sees_it() -> None:
    prompts, told, text = asked("What is 17% of 240?")
    assert "17 % × 240 = 40.8" in prompts[0]
    assert prompts[0].startswith("What is 17% of 240?")
    assert told == ["Calculated: 17 % × 240 = 40.8"]
    assert text == "The answer."


def test_a_chinese_question_gets_a_chinese_line() -> None:
    prompts, told, _ = asked("387乘以46等于多少？")
    assert "（计算器：387 × 46 = 17802" in prompts[0]
    assert told == ["Calculated: 387 × 46 = 17802"]


@pytest.mark.parametrize("question", ["What is 24/7 support?", "  Tell me about 9/11\n"])
def test_any_other_prompt_stays_the_same_byte_for_byte(question: str) -> None:
    prompts, told, _ = asked(question)
    assert prompts == [question]
    assert told == []


def test_a_question_about_a_document_is_not_calculated() -> None:
    prompts, told, _ = asked("What is 17% of 240?", documents=(DocumentInput("a.txt", "Text."),))
    assert "Calculator" not in prompts[0]
    assert told == []
