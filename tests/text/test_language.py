from __future__ import annotations

import pytest

from mmdesk.errors import InputError
from mmdesk.text.language import detect, find_language, is_surely, named_in
from mmdesk.text.traditional import to_simplified, to_traditional


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
    [
        ("Summarise this in French", "fr"),
        ("用中文总结", "zh"),
        ("auf Deutsch bitte", "de"),
        ("in Polish, please", "pl"),
        ("in Danish with examples", "da"),
        ("in the Thai language", "th"),
        ("Give me a Greek summary", "el"),
        ("en français", "fr"),
        ("en inglés", "en"),
        ("in tedesco", "de"),
        ("em espanhol", "es"),
        ("in het Frans", "fr"),
        ("po rosyjsku", "ru"),
        ("на китайском", "zh"),
        ("フランス語で", "fr"),
        ("독일어로", "de"),
        ("用日语", "ja"),
        ("翻译成越南语", "vi"),
        ("in Traditional Chinese", "zh-TW"),
        ("用繁體中文總結", "zh-TW"),
    ],
)
def test_a_language_named_in_an_instruction(question: str, code: str) -> None:
    found = named_in(question)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "question",
    [
        "Summarise this in 50 words",
        "Summarise what happened in Indonesia.",
        "What is known of life in French Guiana?",
        "What is sold in Polish shops?",
        "the towns in German Bohemia",
        "in Swedish towns",
        "What is written in Russian on the sign?",
        "auf deutschen Straßen",
        "in Dutch ovens",
    ],
)
def test_places_and_things_named_after_a_language_are_no_wish(question: str) -> None:
    assert named_in(question) is None


@pytest.mark.parametrize(
    "name", ["zh-TW", "zh_Hant", "zh-HK", "Traditional Chinese", "繁體中文", "繁体中文"]
)
def test_traditional_chinese_is_a_form_of_chinese(name: str) -> None:
    found = find_language(name)
    assert found.code == "zh-TW"
    assert found.base == find_language("zh")


def test_characters_are_changed_between_the_two_forms_of_chinese() -> None:
    assert to_traditional("软件和头发") == "軟體和頭髮"
    assert to_simplified("軟體和頭髮") == "软件和头发"
