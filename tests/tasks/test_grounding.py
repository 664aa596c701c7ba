from __future__ import annotations

import pytest

from mmdesk.tasks.grounding import (
    SourceText,
    grounded_sentences,
    main_subject,
    needs_context,
    repeats,
)

TEXT = (
    "Bees\n\nFor most people a sting is painful and harmless. A few people are allergic to it. "
    "The queen lays two thousand eggs in a day. It is the workers who feed the young."
)


def test_a_sentence_of_the_source_stays_as_the_model_wrote_it() -> None:
    written = "The queen lays two thousand eggs a day."
    assert grounded_sentences(written, SourceText(TEXT)) == [written]


def test_an_invented_sentence_gives_way_to_the_nearest_of_the_source() -> None:
    written = "The sting is a painful and harmless insect that attacks people."
    assert grounded_sentences(written, SourceText(TEXT)) == [
        "For most people a sting is painful and harmless."
    ]


def test_a_wrong_number_is_not_supported() -> None:
    source = SourceText("The bridge was built in 1851. It cost 42 million euros.")
    assert grounded_sentences("The bridge was built in 1951.", source) == [
        "The bridge was built in 1851."
    ]


def test_remarks_about_the_text_repetitions_and_fragments_are_dropped() -> None:
    written = (
        "The text describes bees. The queen lays two thousand eggs in a day. "
        "In a day the queen lays two thousand eggs. The workers who"
    )
    assert grounded_sentences(written, SourceText(TEXT)) == [
        "The queen lays two thousand eggs in a day."
    ]


def test_chinese_is_held_against_its_source_too() -> None:
    source = SourceText(
        "大熊猫是中国特有的动物，也是世界上最受人喜爱的动物之一。竹子是它的主要食物。"
    )
    assert grounded_sentences("大熊猫是世界上最大的哺乳动物，生活在海里。", source) == [
        "大熊猫是中国特有的动物，也是世界上最受人喜爱的动物之一。"
    ]


@pytest.mark.parametrize(
    ("sentence", "needs"),
    [("It is red.", True), ("“They left.”", True), ("Italy is large.", False), ("它很大。", True)],
)
def test_needs_context(sentence: str, needs: bool) -> None:
    assert needs_context(sentence) is needs


def test_repeats() -> None:
    assert repeats("The queen lays eggs.", ["Every day the queen lays many eggs."])
    assert not repeats("The workers feed the young.", ["The queen lays eggs."])


def test_the_subject_is_what_the_text_speaks_of_most() -> None:
    text = "The honeybee lives here. A honeybee flies there. Flowers open there."
    assert main_subject(text, "The Honeybee") == "honeyb"


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("The mites do not harm the eastern honeybee.", "The mites harm the eastern honeybee."),
        ("He built the hive in Bridport.", "He built the hive in Weymouth."),
        ("The queen lays two thousand eggs in a day.", "The queen lays three thousand eggs a day."),
        ("大熊猫不冬眠，几乎不吃肉。", "大熊猫冬眠，几乎吃肉。"),
        ("成年大熊猫每天吃掉十二公斤竹子。", "成年大熊猫每天吃掉三十公斤竹子。"),
    ],
)
def test_a_changed_name_number_or_negation_is_not_supported(source: str, written: str) -> None:
    assert grounded_sentences(written, SourceText(source)) in ([], [source])


def test_halves_of_two_sentences_need_more_support_than_one() -> None:
    source = SourceText("The old bridge was closed in winter. Many visitors came to the market.")
    assert not source.supports("The old bridge closed because many visitors crossed.")


HARBOUR = SourceText(
    "The Marlow Harbour Trust looks after the old harbour and its two piers. In 2023 the harbour "
    "was used by 412 vessels, eleven more than in the year before. For the first time since the "
    "flood there was no need to borrow money during the winter."
)


@pytest.mark.parametrize(
    ("sentence", "is_true"),
    [
        ("The harbour was used by 412 vessels, eleven more than in the year before.", True),
        ("There was no need to borrow money during the winter.", True),
        ("The Marlow Harbour Trust has used the old harbour for 412 vessels.", False),
        ("The Trust borrowed money during the winter, but had no need to borrow money.", False),
    ],
)
def test_halves_of_two_sentences_do_not_make_a_true_one(sentence: str, is_true: bool) -> None:
    assert HARBOUR.supports(sentence) is is_true


@pytest.mark.parametrize(
    "sentence",
    [
        "In his tests, swarms chose the best site.",
        "He worked out the meaning of this dance over several decades.",
        "To fill it she may visit a hundred flowers.",
        "The workers do everything else, and their duties change with age.",
        "科学家发现了这种动物。",
    ],
)
def test_what_points_back_needs_the_sentence_before(sentence: str) -> None:
    assert needs_context(sentence)


def test_this_year_points_at_no_sentence() -> None:
    assert not needs_context("The harbour was dredged this year.")


def test_a_thai_sentence_is_found_in_its_source() -> None:
    text = (
        "ห้องสมุดเปิดตั้งแต่เก้าโมงเช้าทุกวันจันทร์ ร้านอาหารอยู่ข้างสถานีรถไฟสายใหม่ของเมือง "
        "เด็กทุกคนยืมหนังสือจากที่นี่ได้ฟรีเสมอ"
    )
    source = SourceText(text)
    assert len(source.sentences) == 3
    assert source.position("ร้านอาหารอยู่ที่ไหน") == 1
