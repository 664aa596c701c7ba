"""`python -m tests.fuzz.all --cases N`: damaged input for everything that reads foreign bytes.

Files for every decoder (in a child with its limits), settings.json, imports, databases, models of
the user's own, the manifest, answers of servers, of the decoder child and of a model. Each case
must end in a value or in one sentence. What does not is a finding: it is counted by its kind, the
first of each kind is written to `--keep`, and the exit status is 1. Prints a table of the totals.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import logging
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from mmdesk.workers import decoder_limits
from tests.fuzz.targets import Defect, Target, all_targets, decoders

CASE_LIMIT_S = 60  # after which a case hangs
MAX_CASE = 1 << 20  # bytes


class Findings:
    """Counts of one target's cases; of each kind of failure the first case is kept."""

    def __init__(self, target: str, folder: Path) -> None:
        self._target, self._folder = target, folder
        self.outcomes: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()

    def add(self, kind: str, data: bytes) -> None:
        """Count a failure, and keep the first case of its kind."""
        self.outcomes["failed"] += 1
        if not self.kinds[kind]:
            self._folder.mkdir(parents=True, exist_ok=True)
            name = f"{self._target}-{hashlib.sha256(data).hexdigest()[:12]}"
            (self._folder / name).write_bytes(data)
            print(f"{name}: {kind}", file=sys.stderr, flush=True)
        self.kinds[kind] += 1


def _kind(error: Exception) -> str:
    """Return an exception's type and the line that raised it."""
    if isinstance(error, Defect):
        return str(error)
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}" if frame else ""
    return f"{type(error).__name__} at {where}"


def fuzz(target: Target, cases: int, start: int, folder: Path) -> Findings:
    """Run so many cases of a target."""
    findings = Findings(target.name, folder)

    def tell(outcome: str, data: bytes) -> None:
        if outcome in ("accepted", "refused"):
            findings.outcomes[outcome] += 1
        else:
            findings.add(outcome, data)

    try:
        if target.in_child:
            _run_in_child(target.name, cases, start, tell)
        else:
            run(target, cases, start, tell)
    finally:
        target.close()
    return findings


def run(target: Target, cases: int, start: int, tell: Callable[[str, bytes], object]) -> None:
    """Run the cases; tell how each ended, with its data if it failed."""

    @seed(start)
    @settings(
        max_examples=cases,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(target.cases())
    def check(data: bytes) -> None:
        _begin_limit()
        try:
            outcome = target.check(data)
        except Exception as error:  # noqa: BLE001  whatever the fuzzing finds
            _end_limit()
            tell(_kind(error), data)
        else:
            _end_limit()
            tell(outcome, b"")

    check()


# --- decoders, in a child -------------------------------------------------------------------------


def _run_in_child(name: str, cases: int, start: int, tell: Callable[[str, bytes], object]) -> None:
    """Run a decoder's cases in a child; where one takes it along, go on in another."""
    context = multiprocessing.get_context("spawn")
    current = context.RawArray("c", MAX_CASE)
    size, done = context.RawValue("l", 0), 0
    while done < cases:
        ours, theirs = context.Pipe(duplex=False)
        arguments = (name, cases - done, start + done, theirs, current, size)
        child = context.Process(target=_child, args=arguments, daemon=True)
        child.start()
        theirs.close()
        before = done
        with contextlib.suppress(EOFError):
            while True:
                tell(*ours.recv())
                done += 1
        child.join()
        if child.exitcode == 0:
            return
        if done == before and not size.value:
            raise SystemExit(f"{name}: the child cannot start")
        tell(f"crashed, status {child.exitcode}", current.raw[: size.value])
        done += 1


def _child(name: str, cases: int, start: int, out: Any, current: Any, size: Any) -> None:
    """Run the cases of one decoder under the limits of the child that decodes files."""
    logging.disable()
    (target,) = (target for target in decoders() if target.name == name)
    cases_of = target.cases()
    target.cases = lambda: cases_of  # the samples are written before writing is taken away
    decoder_limits.end_with_parent()
    decoder_limits.limit_resources()
    check = target.check

    def noted(data: bytes) -> str:
        current[: len(data)] = data
        size.value = len(data)
        decoder_limits.limit_cpu(CASE_LIMIT_S)
        return check(data)

    target.check = noted
    run(target, cases, start, lambda outcome, data: out.send((outcome, data)))


def _begin_limit() -> None:
    if hasattr(signal, "SIGALRM"):
        signal.alarm(CASE_LIMIT_S)


def _end_limit() -> None:
    if hasattr(signal, "SIGALRM"):
        signal.alarm(0)


def _hang(_number: int, _frame: object) -> None:
    raise Defect("hangs")


def prepare() -> object:
    """Make what drawing an answer needs, and let a case that hangs be a finding."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    logging.disable()
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, _hang)
    from PySide6.QtWidgets import QApplication

    return QApplication.instance() or QApplication([])


def main(arguments: list[str] | None = None) -> int:
    """Fuzz and print the totals; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=5000, help="in all, over all targets")
    parser.add_argument("--target", action="append", help="only this one; may be repeated")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"))
    options = parser.parse_args(arguments)
    application = prepare()
    targets = all_targets()
    chosen = [target for target in targets if target.name in (options.target or [target.name])]
    whole = sum(target.share for target in chosen)
    totals, failed = Counter[str](), 0
    print("| target | cases | accepted | refused | failed | s |\n|---|---|---|---|---|---|")
    for target in chosen:
        began = time.monotonic()
        cases = max(1, options.cases * target.share // whole)
        outcomes = fuzz(target, cases, options.seed, options.keep).outcomes
        totals.update(outcomes)
        failed += outcomes["failed"]
        print(_line(target.name, outcomes, time.monotonic() - began), flush=True)
    print(_line("all", totals, 0.0))
    del application
    return 1 if failed else 0


def _line(name: str, counts: Counter[str], seconds: float) -> str:
    cells = [f"{counts[kind]:,}" for kind in ("accepted", "refused", "failed")]
    return f"| {name} | {counts.total():,} | {' | '.join(cells)} | {seconds:.0f} |"


if __name__ == "__main__":
    sys.exit(main())
