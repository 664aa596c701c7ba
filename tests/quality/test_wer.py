"""Word error rate: two spellings of the same word are no error."""

from __future__ import annotations

import pytest

from tests.quality.wer import word_errors, words


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ("Press 1 now.", "press one, now", 0),
        ("Dial five hundred or 8500.", "Dial 500 or 8500", 0),
        ("twenty-one cars", "21 cars", 0),
        ("I'm sorry, that's wrong.", "I am sorry. That is wrong", 0),
        ("To enter voicemail press *", "to enter voice mail, press star", 0),
        ("the mail box is full", "The mailbox is full.", 0),
        ("Enter the number.", "And the number.", 1),
        ("Please try again.", "Please try it again.", 1),
        ("Press 4 to remove it.", "Press forward to remove it.", 1),
        ("one two three four", "", 4),
    ],
)
def test_word_errors(said: str, heard: str, errors: int) -> None:
    assert word_errors(said, heard) == errors


def test_a_number_counts_by_its_digits() -> None:
    assert words("extension 1234") == ["extension", "1", "2", "3", "4"]
