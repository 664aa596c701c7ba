"""Ranges of scripts, as the inside of a character class."""

from __future__ import annotations

import re

import pytest

from mmdesk.text import CJK, HAN, SPACELESS, length


@pytest.mark.parametrize("text", ["好", "あ", "タ", "ก", "ພ", "မ", "ខ", "\U00020bb7"])
def test_spaceless_characters(text: str) -> None:
    assert re.fullmatch(f"[{SPACELESS}]", text)


@pytest.mark.parametrize("text", ["a", "é", "я", "1", " ", "한"])
def test_characters_of_scripts_with_spaces(text: str) -> None:
    assert not re.fullmatch(f"[{SPACELESS}]", text)


def test_korean_counts_as_cjk_and_kana_is_not_han() -> None:
    assert re.fullmatch(f"[{CJK}]", "한")
    assert not re.fullmatch(f"[{HAN}]", "あ")


def test_a_rare_chinese_character_counts_as_a_word() -> None:
    assert length("\U00020bb7野家") == 3
