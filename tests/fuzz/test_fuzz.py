"""A short run of the fuzzing; `python -m tests.fuzz.all --cases 100000` is a long one."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import find, settings
from hypothesis import strategies as st

from tests.fuzz.all import fuzz, run
from tests.fuzz.mutations import damaged_bytes, with_checksums
from tests.fuzz.samples import pictures
from tests.fuzz.targets import Defect, Target, all_targets

CRASHES = Path(__file__).parent / "crashes"
IN_PROCESS = (
    "settings", "import", "database", "rows", "model-folder", "manifest", "decoder-answers",
    "download", "answers",
)  # fmt: skip
SHORT = 25  # cases of each target; the long run has thousands


@pytest.fixture(scope="module")
def targets() -> Iterator[dict[str, Target]]:
    made = all_targets()
    yield {target.name: target for target in made}
    for target in made:
        target.close()


@pytest.fixture(autouse=True)
def _quiet():
    logging.disable()  # the damage is meant
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("name", IN_PROCESS)
def test_damaged_input_costs_at_most_a_sentence(qapp, targets, name: str) -> None:
    found: list[tuple[str, bytes]] = []
    run(targets[name], SHORT, 11, lambda outcome, data: found.append((outcome, data)))
    assert {outcome for outcome, _data in found} <= {"accepted", "refused"}
    assert len(found) >= SHORT // 2


@pytest.mark.parametrize("name", ["txt"])
def test_so_do_damaged_files_in_a_child_with_its_limits(tmp_path: Path, targets, name: str) -> None:
    outcomes = fuzz(targets[name], SHORT, 12, tmp_path).outcomes
    assert outcomes["failed"] == 0
    assert outcomes.total() == SHORT


@pytest.mark.parametrize("path", sorted(CRASHES.iterdir()), ids=lambda path: path.name)
def test_a_case_that_once_failed_does_so_no_more(qapp, targets, path: Path) -> None:
    check = targets[path.name.rpartition("-")[0]].check
    assert check(path.read_bytes()) in ("accepted", "refused")


def test_failures_are_counted_by_kind_and_kept(tmp_path: Path) -> None:
    def check(data: bytes) -> str:
        if data.startswith(b"a"):
            raise Defect("an a")
        return str(1 // (len(data) % 3) > 5) and "accepted"

    cases = st.sampled_from([b"abc", b"ab", b"bcd", b"b"])
    findings = fuzz(Target("toy", 1, lambda: cases, check), 60, 1, tmp_path)
    other, known = sorted(findings.kinds)
    assert known == "an a"
    assert other.startswith("ZeroDivisionError at test_fuzz.py:")
    assert len(list(tmp_path.glob("toy-*"))) == 2


def test_what_is_fuzzed_reaches_the_reader(targets) -> None:
    """Checksums are right again, so that damage is looked for behind them."""
    cases = damaged_bytes(pictures("PNG")).map(with_checksums)
    check = targets["png"].check
    options = settings(database=None, max_examples=2000, deadline=None)
    find(cases, lambda data: data != pictures("PNG")[0] and check(data) == "accepted",
         settings=options)  # fmt: skip
