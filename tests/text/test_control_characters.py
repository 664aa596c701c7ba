"""Control characters of a text from outside have no effect in a terminal or a list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdesk.text import clean_line, printable

HARMFUL = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), *map(chr, range(0x202A, 0x202F))}
HARMFUL |= {*map(chr, range(0x2066, 0x206A))}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain — 河流 🦦", "plain — 河流 🦦"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("\x1b[31mred", "␛[31mred"),
        ("\x1b]0;pwn\x07", "␛]0;pwn␇"),
        ("a\x00b\x7f", "a␀b␡"),
        ("\x9b31m", "�31m"),
        ("50 %\r100 %\r\n", "50 %100 %\n"),
        ("exe\u202egpj", "exegpj"),
        ("\udcff", "�"),
    ],
)
def test_controls_are_shown_as_signs(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_title_is_one_line() -> None:
    assert clean_line(" \x1b[1mA\r\ntitle\u2028\x00") == "[1mA  title"
    assert clean_line("سلام \u200f(x)") == "سلام \u200f(x)"


@given(st.text())
def test_no_text_has_an_effect(text: str) -> None:
    assert not (HARMFUL - {"\n", "\t"}) & set(printable(text))
    assert not HARMFUL & set(clean_line(text))
