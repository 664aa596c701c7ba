"""The list of everyday prompts, its two halves, and the checks of the answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmdesk.errors import InputError
from mmdesk.training.eval.everyday import (
    EverydayPrompt,
    evaluate,
    judge_answer,
    read_prompts,
    sentence_count,
    shares,
)

LIST = Path(__file__).parents[2] / "everyday" / "prompts.jsonl"
KINDS = {"facts", "reasoning", "instructions", "writing", "chinese", "translation"}


def test_the_list_has_two_hundred_prompts_and_every_kind_in_both_halves() -> None:
    prompts = read_prompts(LIST)
    assert len(prompts) >= 200
    assert len({prompt.id for prompt in prompts}) == len({p.text for p in prompts}) == len(prompts)
    tune, judged = read_prompts(LIST, "tune"), read_prompts(LIST, "judged")
    assert abs(len(tune) - len(judged)) <= len(KINDS)
    assert not {prompt.id for prompt in tune} & {prompt.id for prompt in judged}
    for half in (tune, judged):
        assert {prompt.kind for prompt in half} == KINDS


def test_no_prompt_is_right_with_any_answer() -> None:
    for prompt in read_prompts(LIST):
        for answer in ("", "I cannot help with that, ask me again."):
            assert not judge_answer(prompt, answer).is_right, prompt.id


@pytest.mark.parametrize(
    ("checks", "right", "wrong"),
    [
        ({"all": ["1945", "may|mai"]}, "It ended in May 1945.", "It ended in 1945."),
        ({"any": ["a", "b"]}, "b", "c"),
        ({"none": ["bacteri"]}, "A virus is smaller.", "A virus is a bacterium, of the bacteria."),
        ({"json": {"a": 1}}, '```json\n{"a": 1}\n```', 'Here it is: {"a": 1}'),
        ({"language": "fr"}, "Le ciel est bleu parce que la lumière est diffusée.", "It is blue."),
        ({"items": 3}, "pear, apple, fig", "pear, apple"),
        ({"bullets": 2}, "- pear\n- fig", "pear\nfig"),
        ({"lines": 2}, "one\n\ntwo", "one two"),
        ({"sentences": 2}, "It is e.g. 3.5 m high. It is old", "It is high."),
        ({"max_words": 2}, "blue sky", "the blue sky"),
        ({"min_words": 2}, "blue sky", "sky"),
        (
            {"unrepeated": True},
            "1. Visit the old town of Porto.\n2. Visit the market of Lisbon.",
            "1. Visit the old town of Porto.\n2. Visit the old town of Porto.",
        ),
    ],
)
def test_each_check_tells_right_from_wrong(checks: dict, right: str, wrong: str) -> None:
    prompt = EverydayPrompt("facts-01", "facts", "?", checks)
    assert judge_answer(prompt, right).is_right
    assert judge_answer(prompt, wrong).failed == tuple(checks)


def test_chinese_sentences_are_counted() -> None:
    assert sentence_count("春天来了。花开了！鸟儿在唱歌") == 3


def test_shares_are_counted_by_kind_and_of_all() -> None:
    prompts = [
        EverydayPrompt("facts-01", "facts", "one", {"all": ["one"]}),
        EverydayPrompt("facts-02", "facts", "two", {"all": ["one"]}),
        EverydayPrompt("writing-01", "writing", "one more", {"all": ["one"]}),
    ]
    found = shares(evaluate(prompts, lambda prompt: prompt.text))
    assert found["facts"] == {"right": 1, "of": 2, "share": 0.5}
    assert list(found) == ["facts", "writing", "all"]
    assert found["all"] == {"right": 2, "of": 3, "share": 0.6667}


def test_a_line_with_an_unknown_check_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    path.write_text('{"id": "a-1", "kind": "a", "prompt": "?", "maybe": 1}\n', encoding="utf-8")
    with pytest.raises(InputError, match="Line 1"):
        read_prompts(path)
