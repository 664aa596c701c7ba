"""One sound plays at a time, in a thread of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mmdesk import inputs
from mmdesk.errors import MMDeskError
from mmdesk.values import AudioInput, CancelFlag
from mmdesk.workers import Player

FIRST, SECOND = (AudioInput(name, b"\0" * 64, name) for name in ("first", "second"))


@pytest.fixture
def player(qtbot) -> Iterator[Player]:
    made = Player()
    yield made
    assert made.close()


def play_for_ever(_audio: AudioInput, cancel: CancelFlag, *_of: object) -> None:
    cancel.wait(30)  # type: ignore[attr-defined]


def test_a_second_press_stops_the_sound(qtbot, monkeypatch, player: Player) -> None:
    monkeypatch.setattr(inputs, "play", play_for_ever)
    with qtbot.waitSignal(player.started) as begun:
        player.toggle(FIRST)
    assert begun.args == ["first"]
    with qtbot.waitSignal(player.stopped) as over:
        player.toggle(FIRST)
    assert over.args == ["first"]


def test_another_sound_takes_the_place_of_the_first(qtbot, monkeypatch, player: Player) -> None:
    monkeypatch.setattr(inputs, "play", play_for_ever)
    player.toggle(FIRST)
    with qtbot.waitSignal(player.stopped) as over:
        player.toggle(SECOND)
    assert over.args == ["first"]
    with qtbot.waitSignal(player.stopped) as over:
        player.toggle(SECOND)
    assert over.args == ["second"]


def test_a_sound_that_cannot_be_played_is_told(qtbot, monkeypatch, player: Player) -> None:
    def refuse(*_of: object) -> None:
        raise MMDeskError("The sound can’t be played.", "Check the output.")

    monkeypatch.setattr(inputs, "play", refuse)
    with qtbot.waitSignal(player.failed) as failed:
        player.toggle(FIRST)
    assert [str(part) for part in failed.args] == [
        "The sound can’t be played.",
        "Check the output.",
    ]


def test_a_sound_plays_from_another_second_without_having_stopped(
    qtbot, monkeypatch, player: Player
) -> None:
    def tell(_audio: AudioInput, cancel: CancelFlag, start_s: float, on_position) -> None:
        on_position(start_s)
        play_for_ever(_audio, cancel)

    monkeypatch.setattr(inputs, "play", tell)
    stopped: list[str] = []
    player.stopped.connect(stopped.append)
    with qtbot.waitSignal(player.moved) as at:
        player.play_from(FIRST, 2.5)
    assert at.args == ["first", 2.5]
    with qtbot.waitSignal(player.moved) as at:
        player.play_from(FIRST, 7.0)
    assert at.args == ["first", 7.0]
    assert stopped == []
    with qtbot.waitSignal(player.stopped):
        player.stop()
    assert stopped == ["first"]
