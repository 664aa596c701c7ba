"""Graphics cards are asked in a child, and only where there may be one."""

from __future__ import annotations

import sys

import pytest

from mmdesk.engine import hardware
from mmdesk.values import ComputeDevice
from mmdesk.workers import graphics_cards
from mmdesk.workers.graphics_cards import find_cards

PRINT = """import json; print(json.dumps([
    {"id": "cuda:0", "kind": "CUDA", "name": "Card", "memory": 24, "memory_free": 20},
    {"id": "cpu", "kind": "CPU", "name": "Chip", "memory": 16, "memory_free": 8},
]))"""


@pytest.fixture
def may_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "may_have_accelerator", lambda: True)


def child(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(
        graphics_cards, "child_command", lambda module: [sys.executable, "-c", code]
    )


def test_no_child_is_started_where_there_can_be_no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "may_have_accelerator", lambda: False)
    monkeypatch.setattr(graphics_cards, "child_command", None)
    assert find_cards() == ()


def test_the_childs_cards_are_returned_without_the_cpu(
    monkeypatch: pytest.MonkeyPatch, may_be_one: None
) -> None:
    child(monkeypatch, PRINT)
    assert find_cards() == (ComputeDevice("cuda:0", "CUDA", "Card", 24, 20),)


@pytest.mark.parametrize("code", ["raise SystemExit(3)", "print('{')", "print('[{}]')"])
def test_a_child_that_fails_is_no_card(
    monkeypatch: pytest.MonkeyPatch, may_be_one: None, code: str
) -> None:
    child(monkeypatch, code)
    assert find_cards() == ()


def test_the_real_child_says_what_there_is(may_be_one: None) -> None:
    assert all(card.id != "cpu" and card.memory > 0 for card in find_cards())
