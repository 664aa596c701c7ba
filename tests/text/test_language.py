from __future__ import annotations

import pytest

from mmdesk.errors import InputError
from mmdesk.text.language import detect, find_language, is_surely, named_in


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("zh", "zh"), ("Chinese", "zh"), ("中文", "zh"), ("汉语", "zh"), ("zh_CN", "zh"),
        ("FRENCH", "fr"), ("français", "fr"), ("francais", "fr"), ("法语", "fr"), ("Deutsch", "de"),
    ],
)  # fmt: skip
def test_languages_are_found_by_code_and_by_every_name(name: str, code: str) -> None:
    assert find_language(name).code == code


def test_an_unknown_language_names_the_known_ones() -> None:
    with pytest.raises(InputError, match="Klingon") as caught:
        find_language("Klingon")
    assert "Chinese" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The library opens at nine in the morning.", "en"),
        ("La bibliothèque ouvre à neuf heures du matin.", "fr"),
        ("Mi abuela plantó este manzano antes de la guerra.", "es"),
        ("Meine Großmutter hat diesen Apfelbaum gepflanzt.", "de"),
        ("大熊猫 (giant panda) 生活在四川。", "zh"),
        ("これは日本語の文章です。", "ja"),
        ("안녕하세요, 반갑습니다", "ko"),
        ("ok", "en"),
        ("12345", "en"),
        ("", "en"),
    ],
)
def test_detection(text: str, code: str) -> None:
    assert detect(text).code == code


def test_being_sure_needs_enough_to_go_by() -> None:
    assert is_surely("This is plainly an English sentence about nothing.", find_language("en"))
    assert not is_surely("ok", find_language("en"))


@pytest.mark.parametrize(
    ("question", "code"),
    [("Summarise this in French", "fr"), ("用中文总结", "zh"), ("auf Deutsch bitte", "de")],
)
def test_a_language_named_in_an_instruction(question: str, code: str) -> None:
    found = named_in(question)
    assert found is not None
    assert found.code == code


def test_no_language_named() -> None:
    assert named_in("Summarise this in 50 words") is None
