"""Every difficulty of a format is read, or told; the documentation says which."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.inputs.format_table import CASES, Case, result, table

DOCS = Path(__file__).parents[2] / "resources" / "docs" / "formats.md"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.format}: {case.trick}")
def test_what_is_not_read_is_told(case: Case) -> None:
    read, told = result(case)
    assert not read.startswith("not "), read
    assert read == "all" or told


def test_the_documentation_has_the_table_as_it_is() -> None:
    assert table() in DOCS.read_text(encoding="utf-8")
