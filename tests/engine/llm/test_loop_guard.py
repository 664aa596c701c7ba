"""An answer that says the same again and again is ended before it says it once more."""

from __future__ import annotations

import pytest

from mmdesk.engine.llm.loop_guard import LoopGuard

TRIP = (
    "Day 1: Arrive in Lisbon and walk through the Alfama.\n"
    "1. Take tram 28 up to the castle in the morning.\n"
    "2. Eat custard tarts near the monastery in Belém.\n"
)
PORTO = "3. Visit the historic city of Porto.\n4. Visit the historic city of Porto.\n"


def shown(text: str, question: str = "", size: int = 3) -> tuple[str, bool]:
    guard = LoopGuard(question)
    chunks = [guard.feed(text[at : at + size]) for at in range(0, len(text), size)]
    chunks.append(guard.flush())
    return "".join(chunks), guard.looped


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_list_item_that_comes_again_ends_the_answer_and_is_not_shown(size: int) -> None:
    text, looped = shown(TRIP + PORTO * 20, size=size)
    assert looped
    assert text.count("Visit the historic city of Porto") == 1
    assert text.startswith(TRIP)


@pytest.mark.parametrize(
    "loop",
    [
        "It is a very old town by the sea. ",
        "The river is long. The town is old and grey. The sea is near. ",
        "这座城市有很多历史悠久的建筑。",
        "Paris is nice, Lyon is nice, ",
        "la la la li ",
    ],
)
def test_every_kind_of_loop_is_ended(loop: str) -> None:
    text, looped = shown("Well, this is what I know about it.\n" + loop * 60)
    assert looped
    assert len(text) < 400


@pytest.mark.parametrize("numbering", ["Day {}: ", "**Day {}:** ", "{}. ", "- Day {}. "])
def test_a_loop_whose_numbering_goes_on_is_ended(numbering: str) -> None:
    line = "Visit the historic city of Porto and its cellars.\n"
    text, looped = shown("".join(numbering.format(n) + line for n in range(1, 30)))
    assert looped
    assert text.count("Porto") <= 2


def test_a_loop_at_the_very_end_is_not_shown() -> None:
    text, looped = shown("It is an old town by the sea. " * 2 + "It is an old town by the sea.")
    assert looped
    assert text.count("old town") == 2


@pytest.mark.parametrize(
    "text",
    [
        TRIP,
        "Yes. Yes. No. Yes. Yes. No.",
        "Ho ho ho! Merry Christmas to you all, said Father Christmas, ho ho ho!",
        "| a | b |\n|---|---|\n| 1 | 0 |\n| 2 | 0 |\n| 3 | 0 |\n" * 2,
        "```python\n" + "    total = total + values[index]\n" * 6 + "```\nThat is the program.",
        "Oh moon, old moon, shine down on me,\nShow me the road.\n" * 2 + "And then the morning.",
        "1. 北京是中国的首都。\n2. 上海是中国最大的城市。\n3. 广州在中国的南方。",
        "-" * 300,
        "1. Multiply 12 by 4 to get 48.\n2. Multiply 48 by 4 to get 192.\n",
        "".join(f"The square of {n} is {n * n}. " for n in range(1, 21)),
        "".join(f"{n} times 7 is {7 * n}.\n" for n in range(1, 13)),
        "- 2025: 140 members\n- 2026: 155 members\n- 2027: 171 members\n",
    ],
)
def test_text_that_does_not_loop_is_given_whole(text: str) -> None:
    assert shown(text) == (text, False)


def test_what_the_question_asks_to_repeat_is_repeated() -> None:
    line = "I will not talk in class any more.\n"
    text, looped = shown(line * 10, 'Write "I will not talk in class any more" ten times.')
    assert (text, looped) == (line * 10, False)
    assert shown(line * 10)[1]


def test_a_program_that_writes_the_same_line_for_ever_is_ended() -> None:
    text, looped = shown("```\n" + "    print('the very same line of output')\n" * 50)
    assert looped
    assert text.count("print") < 12
