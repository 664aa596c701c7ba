from __future__ import annotations

from pathlib import Path

import pytest

from mmdesk.tasks import answer, summarise
from mmdesk.tasks.table_rows import row_texts, split_tables, table_chunks
from mmdesk.tasks.table_summary import describe_table, read_table, read_tables
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


SHEETS = (
    "# Sales\n\nItem | Town | Amount\nLamp | Oslo | 20\nDesk | Oslo | 30\nRug | Bergen | 40\n\n"
    "# Staff\n\nReport of March |  | \nName | Town | Age\nVogel | Oslo | 41\nSolberg | Bergen | 39"
)


def test_the_summary_of_a_workbook_describes_every_sheet() -> None:
    used = engine()
    document = DocumentInput("a.xlsx", SHEETS)
    text = said(summarise(used, document, NeverCancelled(), words=150))
    assert "Sales: A table with 3 rows and 3 columns: Item, Town and Amount." in text
    assert "Staff: A table with 2 rows and 3 columns: Name, Town and Age." in text
    assert "Sales: Amount: 20 to 40, 90 in all." in text
    assert chats(used) == []


def test_a_text_with_a_table_in_it_is_summarised_as_text() -> None:
    assert read_tables("# Sales\n\n" + "We sold much in March, and more in April. " * 9) == []


def test_rows_that_are_found_for_a_question_keep_the_names_of_their_columns() -> None:
    rows = "\n".join(f"Lamp number {n} | North valley {n} | {n * 7}" for n in range(1500))
    text = f"# Stock\n\nItem | Place | Amount\n{rows}"
    used = engine()
    turn = Turn("user", "How many of lamp number 451?", documents=(DocumentInput("a.xlsx", text),))
    list(answer(used, (turn,), NeverCancelled()))
    (asked,) = chats(used)[-1].turns[-1].documents
    assert "Item: Lamp number 451; Place: North valley 451; Amount: 3157" in asked.text


def test_chunks_of_a_table_repeat_the_header() -> None:
    rows = "\n".join(f"Lamp number {n} of the north | Valley {n} | {n}" for n in range(25))
    text = f"The stock is large.\n\nItem | Place | Amount\n{rows}\n\nIt will grow."
    prose, table, end = split_tables(text)
    assert (prose.text.strip(), end.text.strip()) == ("The stock is large.", "It will grow.")
    assert table.table is not None
    chunks = list(table_chunks(table.table))
    assert len(chunks) == 3
    assert all(chunk.startswith("Item | Place | Amount\nLamp number ") for chunk in chunks)
    assert "\n".join(chunk.partition("\n")[2] for chunk in chunks) == rows


def test_rows_without_a_header_stay_as_they_are() -> None:
    table = read_table("1\t2\t3\n4\t5\t6\n7\t8\t9")
    assert table is not None
    assert row_texts(table) == ["1 | 2 | 3", "4 | 5 | 6", "7 | 8 | 9"]
