"""Every fault that is quick to make happen; `python -m tests.faults.all` plays all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.all import FAULTS, main
from tests.faults.fault import Fault, NotHandled, Outcome, must

CHEAP = [fault for fault in FAULTS if fault.cheap and fault.possible]


@pytest.mark.parametrize("fault", CHEAP, ids=lambda fault: f"{fault.kind}, {fault.what}")
def test_a_fault_costs_a_sentence_and_nothing_that_was_kept(
    qapp, tmp_path: Path, fault: Fault
) -> None:
    outcome = fault.run(tmp_path)
    assert outcome.kept
    assert "Errno" not in outcome.sentence
    assert "Traceback" not in outcome.sentence


def test_a_fault_that_is_not_handled_is_in_the_table_and_in_the_exit_status(
    monkeypatch, capsys
) -> None:
    def play(folder: Path) -> Outcome:
        must(False, "it was lost")
        raise AssertionError

    def handled(folder: Path) -> Outcome:
        return Outcome(f"{folder}/history.db is full.", "all")

    faults = (Fault("Kill", "nothing", play), Fault("Full", "nothing", handled))
    monkeypatch.setattr("tests.faults.all.FAULTS", faults)
    assert main(["--markdown"]) == 1
    told = capsys.readouterr().out
    assert "| Kill | nothing | NOT HANDLED: NotHandled: it was lost |" in told
    assert "| Full | nothing | …/history.db is full. | all |" in told
    assert main(["--kind", "Full"]) == 0
    with pytest.raises(NotHandled):
        play(Path())
