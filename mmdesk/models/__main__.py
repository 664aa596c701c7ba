"""Command `python -m mmdesk.models`, with which the set-up downloads the models.

    python -m mmdesk.models get default|larger|ID... [--decide|--small] [--record FILE]

`--decide` decides in a new installation, by the machine, whether the larger language model is to
answer; `--small` decides for the default one. `larger` is that model where it is wanted and not
there yet.

Prints progress to standard error, one line per part. `--record` writes the paths of the installed
default parts' records to FILE as a JSON list: while they exist the set-up need not ask again. Exit
status: 0 everything is installed; 2 an unknown part; 3 a part could not be downloaded;
130 interrupted (the next call resumes).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from mmdesk.errors import InputError
from mmdesk.models.fetch_parts import FetchReport, ProgressLines, fetch, fetch_defaults
from mmdesk.models.install_record import RECORD
from mmdesk.models.larger import decide_larger, missing_larger
from mmdesk.models.model_store import ModelStore
from mmdesk.network import guard_network
from mmdesk.private_files import restrict_home
from mmdesk.settings import home
from mmdesk.values import NeverCancelled


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m mmdesk.models")
    parser.add_argument("verb", choices=["get"])
    parser.add_argument("parts", nargs="+", metavar="default|larger|ID")
    parser.add_argument("--decide", action="store_true")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--record", type=Path)
    options = parser.parse_args(arguments)
    restrict_home(home())
    guard_network()
    store, lines = ModelStore(), ProgressLines(sys.stderr)
    try:
        if options.decide or options.small:
            for line in decide_larger(store, small=options.small):
                print(line, file=sys.stderr)
        report = _get(store, options.parts, lines)
    except KeyboardInterrupt:
        print("\nStopped. The next call resumes from here.", file=sys.stderr)
        return 130
    except InputError as problem:
        print(problem, file=sys.stderr)
        return problem.exit_status
    for told in (*report.notices, *report.failures):
        print(told, file=sys.stderr)
    if report.failures:
        return report.failures[0].exit_status
    if options.record:
        _write_record(store, options.record)
    return 0


def _get(store: ModelStore, parts: list[str], lines: ProgressLines) -> FetchReport:
    if parts == ["default"]:
        return fetch_defaults(store, lines, NeverCancelled())
    if parts == ["larger"]:
        return fetch(store, missing_larger(store), lines, NeverCancelled())
    defaults = store.missing_defaults()
    wanted = [id for name in parts for id in (defaults if name == "default" else (name,))]
    return fetch(store, tuple(dict.fromkeys(wanted)), lines, NeverCancelled())


def _write_record(store: ModelStore, path: Path) -> None:
    ids = [part.id for part in store.manifest.defaults if store.is_installed(part.id)]
    ids += [store.default_language(), *missing_larger(store)]
    records = [str((store.root / part_id / RECORD).absolute()) for part_id in dict.fromkeys(ids)]
    path.write_text(json.dumps(records), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
