"""A conversation always fits, and notices say what was left out."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mmdesk.engine.llm.chat_prompt import encode, prompt_message
from mmdesk.engine.llm.context_window import GAP, ContextFitter, FittedPrompt
from mmdesk.errors import InputError
from mmdesk.values import DocumentInput, Turn

SYSTEM = Turn("system", "Be brief.")


def fit(tokenizer: Any, turns: list[Turn], budget: int, answer_start: str = "") -> FittedPrompt:
    return ContextFitter(tokenizer, budget, answer_start).fit(
        [prompt_message(turn) for turn in turns]
    )


def texts(fitted: FittedPrompt) -> list[str]:
    return [notice.text for notice in fitted.notices]


def size(tokenizer: Any, turns: list[Turn]) -> int:
    return len(encode(tokenizer, [prompt_message(turn) for turn in turns]))


def exchange(number: int) -> list[Turn]:
    return [Turn("user", f"Question {number}?"), Turn("assistant", f"Answer {number}.")]


def talk(length: int) -> list[Turn]:
    turns = [SYSTEM]
    for number in range(length):
        turns += exchange(number)
    return [*turns, Turn("user", "And the last?")]


def test_what_fits_stays_whole(tokenizer: Any) -> None:
    turns = talk(5)
    fitted = fit(tokenizer, turns, size(tokenizer, turns))
    assert fitted == FittedPrompt(encode(tokenizer, [prompt_message(turn) for turn in turns]))


@pytest.mark.parametrize("kept", [0, 1, 4, 8])
def test_as_many_of_the_newest_exchanges_as_fit(tokenizer: Any, kept: int) -> None:
    turns = talk(9)
    end = [SYSTEM, *turns[len(turns) - 1 - 2 * kept :]]
    fitted = fit(tokenizer, turns, size(tokenizer, end) + 3)
    assert fitted.ids == encode(tokenizer, [prompt_message(turn) for turn in end])
    dropped = 2 * (9 - kept)
    text = f"The oldest {dropped} messages no longer fit and were left out."
    assert texts(fitted) == [text]


def test_one_message_is_counted_in_the_singular(tokenizer: Any) -> None:
    turns = [Turn("user", "A first thought " * 30), Turn("user", "And?")]
    fitted = fit(tokenizer, turns, 60)
    assert texts(fitted) == ["The oldest message no longer fits and was left out."]


def test_a_long_document_loses_its_middle(tokenizer: Any) -> None:
    text = "BEGINNING " + "filler " * 3000 + "END"
    turns = [SYSTEM, Turn("user", "Sum up.", documents=(DocumentInput("book", text),))]
    fitted = fit(tokenizer, turns, 300)
    prompt = tokenizer.decode(fitted.ids)
    assert 250 < len(fitted.ids) <= 300
    for piece in ("Be brief.", "BEGINNING", GAP, "END", "Sum up."):
        assert piece in prompt
    assert texts(fitted) == ['The document "book" is too long, so its middle was left out.']
    (notice,) = fitted.notices
    assert notice.text.template == "{name} is too long, so its middle was left out."
    assert pickle.loads(pickle.dumps(notice)).text.values == {"name": 'The document "book"'}


def test_a_long_message_loses_its_middle(tokenizer: Any) -> None:
    fitted = fit(tokenizer, [Turn("user", "Start " + "x " * 2000 + "finish")], 200)
    assert len(fitted.ids) <= 200
    assert texts(fitted) == ["The message is too long, so its middle was left out."]


def test_history_goes_before_the_document_is_touched(tokenizer: Any) -> None:
    document = DocumentInput("d", "word " * 100)
    last = [SYSTEM, Turn("user", "Sum up.", documents=(document,))]
    turns = [SYSTEM, *exchange(1), last[1]]
    fitted = fit(tokenizer, turns, size(tokenizer, last))
    assert fitted.ids == encode(tokenizer, [prompt_message(turn) for turn in last])
    assert len(fitted.notices) == 1


def test_an_enormous_text_is_cut_before_it_is_counted(tokenizer: Any) -> None:
    counted = []

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return getattr(tokenizer, name)

        def __call__(self, text: str, **options: Any) -> Any:
            counted.append(len(text))
            return tokenizer(text, **options)

    fitted = fit(Counting(), [Turn("user", "many words " * 500_000)], 200)
    assert len(fitted.ids) <= 200
    assert max(counted) < 5000


def test_the_start_of_the_answer_is_counted_too(tokenizer: Any) -> None:
    answer_start = "The answer is " * 5
    fitted = fit(tokenizer, [Turn("user", "word " * 500)], 200, answer_start)
    assert len(fitted.ids) <= 200
    assert tokenizer.decode(fitted.ids).endswith(answer_start)


def test_where_nothing_can_fit_it_is_an_input_error(tokenizer: Any) -> None:
    with pytest.raises(InputError):
        fit(tokenizer, [Turn("user", "word " * 50)], 20)


turns_strategy = st.lists(
    st.builds(
        lambda text, documents: Turn("user", text, documents=documents),
        st.text(max_size=300),
        st.lists(st.builds(DocumentInput, st.just("d"), st.text(max_size=900)), max_size=3).map(
            tuple
        ),
    ),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(turns=turns_strategy, budget=st.integers(400, 700))
def test_whatever_is_said_fits(tokenizer: Any, turns: list[Turn], budget: int) -> None:
    fitted = fit(tokenizer, [SYSTEM, *turns], budget)
    assert len(fitted.ids) <= budget
    if size(tokenizer, [SYSTEM, *turns]) > budget:
        assert fitted.notices
