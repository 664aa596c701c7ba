"""Lines are put into reading order."""

from __future__ import annotations

from mmdesk.perception.line_order import Box, in_reading_order

PROSE = "words that go on for a while"


def order(*lines: tuple[float, float, float, str]) -> list[list[str]]:
    """Return the texts of lines (left, top, right, text), 20 px high, in rows in reading order."""
    boxes = [Box(left, top, right, top + 20) for left, top, right, _ in lines]
    texts = [text for *_, text in lines]
    return [[texts[index] for index in row] for row in in_reading_order(boxes, texts)]


def flat(rows: list[list[str]]) -> list[str]:
    return [text for row in rows for text in row]


def test_nothing() -> None:
    assert in_reading_order([], []) == []


def test_from_the_top() -> None:
    assert order((0, 60, 300, "b"), (0, 90, 300, "c"), (0, 30, 300, "a")) == [["a"], ["b"], ["c"]]


def test_two_columns_of_prose() -> None:
    left = [(0, y, 300, f"left {y} {PROSE}") for y in (0, 30, 60)]
    right = [(360, y, 660, f"right {y} {PROSE}") for y in (0, 30, 60)]
    rows = order(*[line for pair in zip(left, right, strict=True) for line in pair])
    assert [text.split()[0] for text in flat(rows)] == ["left"] * 3 + ["right"] * 3


def test_heading_over_two_columns() -> None:
    rows = order(
        (0, 50, 300, f"l1 {PROSE}"),
        (360, 50, 660, f"r1 {PROSE}"),
        (100, 0, 560, "Heading over everything"),
        (0, 80, 300, f"l2 {PROSE}"),
        (360, 80, 660, f"r2 {PROSE}"),
    )
    assert [text.split()[0] for text in flat(rows)] == ["Heading", "l1", "l2", "r1", "r2"]


def test_rows_of_a_receipt_stay_together() -> None:
    rows = order(
        (0, 0, 120, "Coffee"), (400, 0, 450, "3.20"),
        (0, 30, 120, "Two rolls"), (400, 31, 450, "1.80"),
        (0, 60, 120, "Total"), (400, 59, 450, "5.00"),
    )  # fmt: skip
    assert rows == [["Coffee", "3.20"], ["Two rolls", "1.80"], ["Total", "5.00"]]


def test_side_bar_is_not_mixed_into_the_message_next_to_it() -> None:
    rows = order(
        (0, 0, 80, "General"), (0, 44, 80, "Network"),
        (0, 88, 80, "Display"), (0, 132, 80, "Sound"),
        (260, 0, 700, "Could not connect to the printer"),
        (260, 47, 800, f"It did not answer, {PROSE}"),
    )  # fmt: skip
    assert [text.split()[0] for text in flat(rows)] == [
        "General", "Network", "Display", "Sound", "Could", "It",
    ]  # fmt: skip


def test_every_line_is_read_once() -> None:
    lines = [(x * 130.0, y * 25.0, x * 130.0 + 90, f"{x},{y}") for x in range(5) for y in range(9)]
    assert sorted(flat(order(*lines))) == sorted(text for *_, text in lines)
