"""Wishes for a summary: a table of sentences in twelve languages, and what each one wishes."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmdesk.tasks.wishes import SummaryWish, summary_wish
from mmdesk.text import find_language

TABLE = Path(__file__).with_name("wishes.txt")
# Of these, which were written without looking at the rules, the rules took 131 of 149 rightly for a
# wish or none, and read 126 exactly, before they were mended.
JUDGED = Path(__file__).with_name("wishes_judged.txt")


def rows(table: Path = TABLE) -> list[tuple[str, str]]:
    lines = table.read_text(encoding="utf-8").splitlines()
    found = [line.rsplit(" | ", 1) for line in lines if line and not line.startswith("#")]
    return [(sentence, wish.strip()) for sentence, wish in found]


def expected(wish: str) -> SummaryWish | None:
    kind, *parts = wish.split()
    if kind == "no":
        return None
    values = dict(part.split("=") for part in parts if "=" in part)
    return SummaryWish(
        int(values["words"]) if "words" in values else None,
        int(values["sentences"]) if "sentences" in values else None,
        "points" in parts,
        find_language(values["language"]) if "language" in values else None,
    )


@pytest.mark.parametrize(("sentence", "wish"), rows() + rows(JUDGED))
def test_a_wish_is_understood_as_it_is_meant(sentence: str, wish: str) -> None:
    assert summary_wish(sentence) == expected(wish)


def test_the_table_is_long_enough_to_measure_with() -> None:
    assert len(rows()) >= 150
