"""chrF of the built-in model per direction: `python -m tests.quality.translation [en-de ...]`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from mmdesk.engine.local import LocalEngine
from mmdesk.tasks import translate
from mmdesk.values import NeverCancelled
from tests.quality.chrf import chrf
from tests.tasks.scripts import said

ROWS = json.loads((Path(__file__).parent / "parallel.json").read_text(encoding="utf-8"))
DIRECTIONS = [f"en-{code}" for code in ("zh", "fr", "es", "de")]
DIRECTIONS += [f"{code}-en" for code in ("zh", "fr", "es", "de")]


def mean_chrf(engine: LocalEngine, direction: str) -> float:
    """Return the mean over the sentences; every translation is printed with its score."""
    source, target = direction.split("-")
    scores = []
    for row in ROWS:
        text = said(translate(engine, row[source], target, NeverCancelled()))
        scores.append(chrf(text, row[target]))
        print(f"  {scores[-1]:5.1f}  {text}", flush=True)
    return sum(scores) / len(scores)


def main(directions: list[str]) -> None:
    engine = LocalEngine()
    try:
        for direction in directions or DIRECTIONS:
            print(f"{direction}: chrF {mean_chrf(engine, direction):.1f}", flush=True)
    finally:
        engine.close()


if __name__ == "__main__":
    main(sys.argv[1:])
