from __future__ import annotations

from pathlib import Path

import pytest

from mmdesk.tasks import answer, summarise
from mmdesk.tasks.table_summary import describe_table, read_table
from mmdesk.values import DocumentInput, NeverCancelled, Turn
from tests.tasks.scripts import chats, engine, notices, said

SALES = (Path(__file__).parents[1] / "fixtures" / "inputs" / "sales.csv").read_text("utf-8")
DESCRIBED = (
    "A table with 40 rows and 4 columns: Date, Item, Region and Amount. "
    "Date: 2026-03-01 to 2026-03-28. Item: Chair, Lamp, Rug, Table. Region: North, South. "
    "Amount: 20 to 137, 3,140 in all."
)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_says_what_it_holds(delimiter: str) -> None:
    table = read_table(SALES.replace(",", delimiter))
    assert table is not None
    assert " ".join(describe_table(table)) == DESCRIBED


def test_a_markdown_table_has_no_rule_in_it() -> None:
    table = read_table("| Plan | Price |\n|---|---|\n| Small | 7 |\n| Large | 19 |")
    assert table is not None
    assert table.columns == ("Plan", "Price")
    assert table.rows == (("Small", "7"), ("Large", "19"))


def test_without_a_header_the_columns_have_numbers() -> None:
    table = read_table("1,2,3\n4,5,6\n7,8,9")
    assert table is not None
    assert table.columns == ("1", "2", "3")
    assert len(table.rows) == 3


@pytest.mark.parametrize(
    "text",
    [
        "First, we went home.\nThen, we ate, and slept.\nLater, nothing.",
        "One line.\nAnother line.\nA third one.",
        "a,b",
        "",
        "Roses are red, violets are blue\nSugar is sweet, and so are you\nHoney is too, my dear",
    ],
)
def test_prose_is_no_table(text: str) -> None:
    assert read_table(text) is None


def test_the_summary_of_a_table_describes_its_columns() -> None:
    used = engine()
    events = list(summarise(used, DocumentInput("sales.csv", SALES), NeverCancelled(), words=60))
    assert said(iter(events)) == DESCRIBED
    assert "table" in notices(events)[0]
    assert chats(used) == []


def test_the_summary_of_a_table_is_in_the_wished_language() -> None:
    events = list(summarise(engine(), DocumentInput("s.csv", SALES), NeverCancelled(), 90, "zh"))
    assert said(iter(events)).startswith("表格有40行、4列：Date、Item、Region、Amount。")


def test_a_long_table_is_described_when_a_summary_is_asked_for() -> None:
    rows = "\n".join(f"2026-01-{n % 28 + 1:02},Item {n},{n}" for n in range(900))
    document = DocumentInput("long.csv", f"Date,Name,Amount\n{rows}")
    turn = Turn("user", "Summarise this", documents=(document,))
    found = said(answer(engine(), (turn,), NeverCancelled()))
    assert "900 rows" in found
    assert "Name: 900 different values, such as Item 0." in found
