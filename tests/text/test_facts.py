"""Remembered facts: what is a wish to remember, and what fits into a prompt."""

from __future__ import annotations

import pytest

from mmdesk.text.facts import (
    LONGEST,
    MOST_FACTS,
    clean_fact,
    fact_list,
    facts_for_prompt,
    is_only_wish,
    remember_wish,
    with_fact,
)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("Remember that I live in Graz.", "I live in Graz."),
        ("please remember my name is Ana. What is the weather?", "My name is Ana."),
        ("Remember, my dog is called Rex", "My dog is called Rex"),
        ("Can you remember that I like tea?", "I like tea"),
        ("remember: the guest wifi is x7", "The guest wifi is x7"),
        ("Don't forget that I am vegan!", "I am vegan!"),
        ("请记住我叫小明", "我叫小明"),
        ("记住：我住在北京。今天几号？", "我住在北京。"),
        ("帮我记一下我的车牌是A123", "我的车牌是A123"),
        ("記得我對花生過敏", "我對花生過敏"),
    ],
)
def test_a_wish_to_remember_is_recognised(said: str, fact: str) -> None:
    assert remember_wish(said) == fact


@pytest.mark.parametrize(
    "said",
    [
        "Do you remember that day?",
        "Remember my name?",
        "Remember to breathe",
        "remember when we met",
        "What should I remember?",
        "I remember that I was there.",
        "Don't forget that lists are zero-based",
        "Write a poem. Remember that it has to rhyme.",
        "你还记得我叫什么吗？",
        "记得我叫什么吗",
        "记得买牛奶",
        "",
    ],
)
def test_nothing_is_remembered_unasked(said: str) -> None:
    assert remember_wish(said) == ""


@pytest.mark.parametrize(
    ("said", "only"),
    [
        ("Remember that I live in Graz.", True),
        ("Remember that Tom and Ana are my friends", True),
        ("请记住我叫小明。", True),
        ("Remember that I live in Spain and suggest a dish", False),
        ("Please remember my name is Ana. What is the weather?", False),
        ("记住：我住在北京。今天几号？", False),
        ("请记住我吃素，然后推荐一道菜", False),
    ],
)
def test_a_message_that_wishes_something_else_as_well_is_told_apart(said: str, only: bool) -> None:
    assert is_only_wish(said) == only


def test_a_fact_is_one_line_of_bounded_length() -> None:
    assert clean_fact("  my  name\nis Ana ") == "My name is Ana"
    assert len(clean_fact("word " * 200)) <= LONGEST + 1


def test_a_fact_that_is_known_becomes_the_newest() -> None:
    facts = with_fact(with_fact(with_fact("", "One"), "Two"), "ONE")
    assert fact_list(facts) == ("Two", "ONE")


def test_the_newest_facts_stand_in_the_prompt() -> None:
    many = "\n".join(f"Fact {number}" for number in range(MOST_FACTS + 5))
    assert facts_for_prompt(many) == tuple(f"Fact {n}" for n in range(5, MOST_FACTS + 5))
    long = "\n".join(f"{number} {'word ' * 55}" for number in range(20))
    assert 1 < len(facts_for_prompt(long)) < 20
    assert facts_for_prompt(long)[-1].startswith("19 ")
    assert facts_for_prompt("") == ()
