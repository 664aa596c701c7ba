"""Lines are put into reading order."""

from __future__ import annotations

import time

from mmdesk.perception.line_order import Box, in_reading_order, screens

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


def test_messages_of_a_chat_take_turns() -> None:
    lines = [
        (0, y, 300, f"a{y} {PROSE}") if y % 120 == 0 else (400, y, 700, f"b{y} {PROSE}")
        for y in range(0, 600, 60)
    ]
    assert [text.split()[0] for text in flat(order(*lines))] == [
        f"{'a' if y % 120 == 0 else 'b'}{y}" for y in range(0, 600, 60)
    ]


def test_a_tall_picture_is_cut_where_pages_meet() -> None:
    """Three pages of 100 x 141 with a margin of 12 around 8 lines each."""
    tops = [page * 141 + 12 + 15 * line for page in range(3) for line in range(8)]
    boxes = [Box(10, top, 90, top + 10) for top in tops]
    assert screens(boxes, 100) == [list(range(n, n + 8)) for n in (0, 8, 16)]


def test_many_lines_are_ordered_soon() -> None:
    boxes = [Box(600 * (n % 2), n * 60, 600 * (n % 2) + 400, n * 60 + 30) for n in range(600)]
    started = time.perf_counter()
    assert in_reading_order(boxes, [PROSE] * 600) == [[n] for n in range(600)]
    assert time.perf_counter() - started < 10
