"""Parts that the evaluations share: the halves of a list, what answers, and the report."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any, Literal

from mmdesk.errors import InputError

Half = Literal["tune", "judged", "all"]  # one half to tune on, one that judges
HALVES: tuple[Half, ...] = ("tune", "judged", "all")


def product(arguments: argparse.Namespace) -> tuple[Any, Any]:
    """Return the answerer and the progress callback that the command line set."""
    if not hasattr(arguments, "answerer"):
        raise InputError("This evaluation needs all of mmdesk.", "Run it with `mmdesk eval`.")
    return arguments.answerer, arguments.on_progress


def print_report(report: dict[str, Any]) -> None:
    """Print a report as JSON."""
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
