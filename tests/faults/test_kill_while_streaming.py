"""A short run of the harness; `python -m tests.faults.kill_while_streaming --runs 200` is long."""

from __future__ import annotations

import json

from tests.faults.kill_while_streaming import main


def test_complaint_2_history_lost(capsys) -> None:
    """Killed in the middle of an answer: the database is sound and every kept message is there."""
    main(["--runs", "4"])
    told = json.loads(capsys.readouterr().out)
    assert told["runs"] == 4
    assert told["corrupt"] == 0
    assert told["lost_messages"] == 0
    assert told["max_lost_seconds"] < 10  # the bound of a second is the long run's: no times here


def test_an_encrypted_history_survives_the_same_kills(capsys) -> None:
    main(["--runs", "3", "--encrypted"])
    told = json.loads(capsys.readouterr().out)
    assert told["runs"] == 3
    assert told["corrupt"] == 0
    assert told["lost_messages"] == 0
    assert told["max_lost_seconds"] < 10
