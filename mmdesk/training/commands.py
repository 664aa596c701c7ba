"""The commands of `mmdesk train` and `mmdesk eval`, ready to be hung into an argument parser."""

from __future__ import annotations

import argparse
from pathlib import Path

from mmdesk.settings import home, resource


def add_places(parser: argparse.ArgumentParser) -> None:
    """--data, --features and --runs: where a run finds what it needs."""
    parser.add_argument("--data", type=Path, required=True, help="captions.jsonl and images/")
    parser.add_argument("--features", type=Path, default=home() / "training" / "features")
    parser.add_argument("--runs", type=Path, default=home() / "training" / "runs")
    parser.add_argument("--threads", type=int, default=1)


def add_train_commands(parser: argparse.ArgumentParser) -> None:
    """Hang `fused` under `mmdesk train`."""
    commands = parser.add_subparsers(dest="part", required=True)
    fused = commands.add_parser("fused", help="train the fused model by a recipe")
    fused.add_argument("--recipe", type=Path, default=resource("fused/caption.toml"))
    add_places(fused)
    fused.set_defaults(run=run_train_fused)


def run_train_fused(arguments: argparse.Namespace) -> int:
    from mmdesk.training.fused import Places, train_fused
    from mmdesk.training.recipe import read_recipe
    from mmdesk.training.run import Stopper

    places = Places(arguments.data, arguments.features, arguments.runs)
    train_fused(read_recipe(arguments.recipe), places, Stopper(), arguments.threads)
    return 0


def main(argv: list[str]) -> int:
    """Run one command; `argv` without the program's name."""
    parser = argparse.ArgumentParser(prog="mmdesk train")
    add_train_commands(parser)
    arguments = parser.parse_args(argv)
    return int(arguments.run(arguments))
