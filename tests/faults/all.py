"""`python -m tests.faults.all [--markdown]`: every fault, what the user reads, and what is kept.

Each fault is made to happen to the real program: processes are killed and stopped, disks are full,
files are damaged, clocks jump, a second window holds the lock, devices are gone. Exit status 1 when
one of them was not handled.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
from pathlib import Path

from tests.faults import history_faults, process_faults
from tests.faults.fault import Fault, Outcome

FAULTS = (*history_faults.FAULTS, *process_faults.FAULTS)


def run(fault: Fault) -> Outcome:
    """Make a fault happen in a folder of its own."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        outcome = fault.run(Path(folder))
        return Outcome(outcome.sentence.replace(folder, "…"), outcome.kept)


def main(arguments: list[str] | None = None) -> int:
    """Run the faults and print a table; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--markdown", action="store_true", help="as a table for the documentation")
    parser.add_argument("--kind", help="only faults of this kind")
    options = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    logging.disable()
    try:
        return _run_all(options.kind, options.markdown)
    finally:
        logging.disable(logging.NOTSET)


def _run_all(kind: str | None, as_markdown: bool) -> int:
    failed = 0
    if as_markdown:
        print("| Fault | What it hits | What the user reads | What is kept |\n|---|---|---|---|")
    for fault in sorted(FAULTS, key=lambda fault: fault.kind):
        if not fault.possible or kind not in (None, fault.kind):
            continue
        try:
            outcome = run(fault)
        except Exception as error:  # noqa: BLE001  the others are to run, too
            failed += 1
            outcome = Outcome(f"NOT HANDLED: {type(error).__name__}: {error}", "")
        cells = (fault.kind, fault.what, outcome.sentence or "(nothing)", outcome.kept)
        if as_markdown:
            print(f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |", flush=True)
        else:
            print(f"{cells[0]}: {cells[1]}\n  reads: {cells[2]}\n  kept:  {cells[3]}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
