"""Markdown is spoken as somebody would read it to another."""

from __future__ import annotations

import pytest

from mmdesk.voice.spoken_formula import UNSPOKEN, spoken_formula
from mmdesk.voice.spoken_markdown import parser, spoken_sentences


def spoken(text: str) -> list[str]:
    return spoken_sentences(parser().parse(text))


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("The *train* leaves at **nine**.", ["The train leaves at nine."]),
        ("# Where to go\n\nTo the sea.", ["Where to go.", "To the sea."]),
        ("See [the timetable](https://rail.example/t?a=1).", ["See the timetable."]),
        ("It is on https://www.rail.example/times/today.", ["It is on rail.example"]),
        ("1. Wash it.\n2. Dry it.", ["1. Wash it.", "2. Dry it."]),
        ("- milk\n- bread", ["milk.", "bread."]),
        ("Call `open_file()` first.", ["Call open file first."]),
        ("A → B 😀", ["A, B."]),
        ("![A bridge](bridge.png)", ["A bridge."]),
        ("Tea <b>or</b> coffee?", ["Tea or coffee?"]),
        ("今天很热。我们去游泳", ["今天很热。", "我们去游泳。"]),
        ("---", []),
    ],
)
def test_marks_are_left_out_and_the_rest_is_said(written: str, heard: list[str]) -> None:
    assert [sentence.rstrip(" .") for sentence in spoken(written)] == [
        sentence.rstrip(" .") for sentence in heard
    ]


def test_code_is_named_and_not_read() -> None:
    assert spoken("Like this:\n\n```python\na = 1\nb = 2\n```\n\nDone.") == [
        "Like this:",
        "Here are 2 lines of code.",
        "Done.",
    ]
    assert spoken("像这样：\n\n```\na\n```")[-1] == "这里有 1 行代码。"


def test_a_short_table_is_read_row_by_row_with_its_headings() -> None:
    table = "| Town | People |\n|---|---|\n| Ulm | 126,000 |\n| Bonn | 336,000 |"
    assert spoken(table) == ["Ulm, People: 126,000.", "Bonn, People: 336,000."]


def test_of_a_long_table_only_the_size_is_said() -> None:
    rows = "\n".join(f"| {n} | {n * n} |" for n in range(20))
    assert spoken(f"| n | square |\n|---|---|\n{rows}") == ["Here is a table of 20 rows."]


@pytest.mark.parametrize(
    ("latex", "heard"),
    [
        ("a^2 + b^2 = c^2", "a squared plus b squared equals c squared"),
        (r"\frac{1}{2}", "1 over 2"),
        (r"\sqrt{x} \leq 3", "the square root of x is at most 3"),
        (r"x^{10}", "x to the power of 10"),
        (r"\oint_C F \cdot dr", UNSPOKEN),
        ("x" * 200, UNSPOKEN),
    ],
)
def test_short_formulas_are_spoken_in_words(latex: str, heard: str) -> None:
    assert spoken_formula(latex) == heard


@pytest.mark.parametrize("formula", ["$a^2$", r"\(a^2\)"])
def test_a_formula_within_a_sentence_is_part_of_it(formula: str) -> None:
    assert spoken(f"The area is {formula}.") == ["The area is a squared."]
