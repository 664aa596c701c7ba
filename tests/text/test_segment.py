from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdesk.text.segment import (
    blocks,
    cut_at_words,
    ends_sentence,
    join,
    length,
    sentences,
    shorten,
    space_between,
)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("It's 3.5 well-known words", 4),
        ("大熊猫吃竹子。", 6),
        ("mmdesk 很好", 3),
        ("…!?", 0),
    ],
)
def test_length_counts_words_and_cjk_characters(text: str, count: int) -> None:
    assert length(text) == count


def test_sentences_end_where_they_do_and_not_at_abbreviations() -> None:
    text = 'Dr. Smith paid 3.5 euros, e.g. in cash. "Really?" 他说：“走吧！”然后走了。Done'
    assert [sentence.strip() for sentence in sentences(text)] == [
        "Dr. Smith paid 3.5 euros, e.g. in cash.",
        '"Really?"',
        "他说：“走吧！”",
        "然后走了。",
        "Done",
    ]


@given(st.text(alphabet='aB .!?。！？\n"”1,中文', max_size=80))
def test_sentences_lose_nothing(text: str) -> None:
    assert "".join(sentences(text)) == text


@pytest.mark.parametrize(
    ("text", "whole"), [("Yes.", True), ("好。”", True), ("No", False), ("He said. And", False)]
)
def test_ends_sentence(text: str, whole: bool) -> None:
    assert ends_sentence(text) is whole


def test_paragraphs_headings_and_items_stay_apart_with_their_gaps() -> None:
    text = "Title\n\nFirst paragraph.\n- one\n- two\n\n\nLast."
    found = blocks(text)
    assert [block.text for block in found] == [
        "Title",
        "First paragraph.",
        "- one",
        "- two",
        "Last.",
    ]
    assert "".join(block.text + block.gap for block in found) == text


def test_lines_broken_by_a_margin_become_one_paragraph() -> None:
    text = (
        "This is a long line that a margin broke in\nthe middle of a sentence, and another one\n"
        "follows it here.\n\nNew."
    )
    assert [block.text for block in blocks(text)] == [
        "This is a long line that a margin broke in the middle of a sentence, and another one "
        "follows it here.",
        "New.",
    ]


def test_join_puts_blanks_between_latin_sentences_only() -> None:
    assert join(["One.", " Two. ", ""]) == "One. Two."
    assert join(["第一句。", "第二句。"]) == "第一句。第二句。"


def test_shorten_says_that_something_is_missing() -> None:
    assert shorten("one two three.", 3) == "one two three."
    assert shorten("one, two, three", 2) == "one, two…"


@pytest.mark.parametrize(
    ("before", "after", "between"),
    [("", "Hi", ""), ("Hi.", "You", " "), ("你好。", "世界", ""), ("안녕", "하세요", " ")],
)
def test_the_space_between_stretches_of_speech(before: str, after: str, between: str) -> None:
    assert space_between(before, after) == between


INPUTS = Path(__file__).parents[1] / "fixtures" / "inputs"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Am 3. Mai 2026 beginnt es. Am 12. Oktober endet es.", 2),
        ("Die 2. Auflage erschien im 19. Jahrhundert. Sie war teuer.", 2),
        ("Wir treffen uns am 24. Dezember um 18 Uhr.", 1),
        ("Der 1. FC Köln gewann seinen 50. Titel. Er feierte.", 2),
        ("In der 1. und 2. Klasse lernt man das.", 1),
        ("Wilhelm II. regierte lange. Dann nicht.", 2),
        ("Er kam am 3. Danach ging er.", 2),
        ("I am 19. My sister is 12. She is here.", 3),
        ("Es war im Jahr 2019. Danach nicht.", 2),
        ("See page 12. The rest is there.", 2),
        ("Setkání je 3. května 2026. Přijďte.", 2),
        ("Mødet er den 3. maj. Kom nu.", 2),
        ("Termin: 3. 5. 2026 um 9 Uhr. Ende.", 2),
        ("회의는 2026. 5. 3. 에 열립니다. 끝.", 2),
    ],
)
def test_ordinals_and_dates_end_no_sentence(text: str, count: int) -> None:
    assert len(sentences(text)) == count
    assert "".join(sentences(text)) == text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("यह है। वह नहीं॥ क्या? हाँ।", 4),
        ("এটা একটা বই। ওটা কলম।", 2),
        ("یہ ہے۔ وہ نہیں۔ کیا؟ ہاں۔", 4),
        ("هل أنت هنا؟ نعم.", 2),
        ("ይህ ነው። ያ አይደለም።", 2),
        ("នេះជាសៀវភៅ។ នោះជាប៊ិច។", 2),
        ("ဒါကစာအုပ်ပါ။ ဒါကဘောပင်ပါ။", 2),
        ("ห้องสมุดเปิดตั้งแต่เก้าโมงเช้า และปิดตอนหกโมงเย็นของทุกวัน วันอาทิตย์ปิด", 3),
    ],
)
def test_sentences_end_in_every_script(text: str, count: int) -> None:
    assert len(sentences(text)) == count
    assert "".join(sentences(text)) == text


def test_nine_hindi_sentences_of_whole_words() -> None:
    text = (INPUTS / "hindi.txt").read_text(encoding="utf-8").strip()
    assert len(sentences(text)) == 9
    assert length(text) == len(text.split())
    assert shorten(text, 7) == " ".join(text.split()[:7]) + "…"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("שָׁלוֹם עֲלֵיכֶם", 2),
        ("كِتَابٌ جَدِيدٌ", 2),
        ("café crème".replace("é", "e\u0301"), 2),
        ("நான் இங்கே", 2),
    ],
)
def test_combining_marks_end_no_word(text: str, count: int) -> None:
    assert length(text) == count


@pytest.mark.parametrize("name", ["guide.md", "chat-mixed.txt", "sales.csv"])
def test_indentation_and_code_are_kept_apart(name: str) -> None:
    text = (INPUTS / name).read_text(encoding="utf-8").rstrip()
    found = blocks(text)
    assert "".join(block.indent + block.text + block.gap for block in found) == text


def test_a_fenced_block_is_one_block_as_it_stands() -> None:
    text = "Before:\n\n~~~py\nif a:\n\n    b()\n~~~\n- After\n  - nested\n\n```\nopen"
    found = blocks(text)
    assert [block.text for block in found if block.is_code] == [
        "~~~py\nif a:\n\n    b()\n~~~",
        "```\nopen",
    ]
    assert "".join(block.indent + block.text + block.gap for block in found) == text


def test_subtitles_keep_their_lines() -> None:
    text = (
        "1\n00:00:01,000 --> 00:00:04,000\nThis is a rather long line of a subtitle that goes\n"
        "on in the next line."
    )
    assert [block.text for block in blocks(text)] == text.split("\n")


@pytest.mark.parametrize("text", ["one two three four five", "一二三四五六", "ก ข ค"])
def test_cutting_at_words_loses_nothing(text: str) -> None:
    pieces = cut_at_words(text, 2)
    assert "".join(pieces) == text
    assert all(length(piece) <= 2 for piece in pieces)
