"""The commands of `mmdesk train`, ready to be hung into an argument parser."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from mmdesk.errors import InputError
from mmdesk.settings import home, resource
from mmdesk.training.eval.eval_commands import add_eval_commands

STOPPED = 130  # a run that was told to stop before its end; the same command goes on with it


def add_places(parser: argparse.ArgumentParser) -> None:
    """--data, --features and --runs: where a run finds what it needs."""
    parser.add_argument("--data", type=Path, required=True, help="captions.jsonl and images/")
    parser.add_argument("--features", type=Path, default=home() / "training" / "features")
    parser.add_argument("--runs", type=Path, default=home() / "training" / "runs")
    tower = home() / "models" / "efficientnet-lite2"
    parser.add_argument("--tower", type=Path, default=tower, help="folder of the vision part")
    parser.add_argument("--threads", type=int, default=1)


def add_train_commands(parser: argparse.ArgumentParser) -> None:
    """Hang `features`, `speech`, `fused`, `compare`, `curves`, `export`, `import` and `seal` under
    `mmdesk train`.
    """
    commands = parser.add_subparsers(dest="part", required=True)
    for name, run, help_text in (
        ("features", run_features, "look at every picture once with the vision tower"),
        ("fused", run_fused, "train the fused model by a recipe, or go on with it"),
        ("compare", run_compare, "train the five ways of fusing on one budget"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.add_argument("--recipe", type=Path, default=resource("fused/scenes.toml"))
        add_places(command)
        command.set_defaults(run=run)
    command = commands.add_parser("speech", help="speak the questions, and encode them once")
    command.add_argument("--recipe", type=Path, default=resource("fused/spoken.toml"))
    add_places(command)
    command.add_argument("--speech-part", type=Path, default=home() / "models" / "whisper-base")
    command.set_defaults(run=run_speech)
    command = commands.add_parser("curves", help="draw the curves of runs that followed each other")
    command.add_argument("--run", dest="folders", type=Path, action="append", required=True)
    command.add_argument("--to", type=Path, required=True)
    command.set_defaults(run=run_curves)
    command = commands.add_parser("export", help="write a run's best weights as they ship")
    command.add_argument("--run", dest="folder", type=Path, required=True)
    command.add_argument("--to", type=Path, required=True)
    command.set_defaults(run=run_export)
    command = commands.add_parser("import", help="make a run to start from of exported weights")
    command.add_argument("--from", dest="source", type=Path, required=True)
    command.add_argument("--run", dest="folder", type=Path, required=True)
    command.set_defaults(run=run_import)
    command = commands.add_parser("seal", help="write the manifest of exported weights")
    command.add_argument("folder", type=Path)
    command.add_argument("--beams", type=int, default=3)
    command.add_argument("--length-power", type=float, default=0.7)
    command.add_argument(
        "--questions", type=Path, help="report of `eval questions --json`, for its thresholds"
    )
    command.set_defaults(run=run_seal)


def run_features(arguments: argparse.Namespace) -> int:
    import torch

    from mmdesk.perception import load_tower
    from mmdesk.training.data.captions import read_collection
    from mmdesk.training.data.feature_extraction import as_tower, cache_all
    from mmdesk.training.data.synthetic import COUNTS
    from mmdesk.training.recipe import read_recipe

    torch.set_num_threads(arguments.threads)
    views = (*read_recipe(arguments.recipe).views, *COUNTS)
    tower = as_tower(load_tower(arguments.tower))
    cache_all(read_collection(arguments.data), views, tower, arguments.features, _told)
    return 0


def _told(done: int, total: int) -> None:
    print(f"{done} of {total}", file=sys.stderr, flush=True)


def run_speech(arguments: argparse.Namespace) -> int:
    from mmdesk.perception import Transcriber
    from mmdesk.training.data.captions import read_collection
    from mmdesk.training.eval.spoken_questions import encoder
    from mmdesk.training.fused_training import TrainingPaths, words_for
    from mmdesk.training.multitask import made_pools, photo_pools
    from mmdesk.training.recipe import read_recipe
    from mmdesk.training.speech.clips import cache_speech, clips_of
    from mmdesk.training.speech.spoken_trainer import taught_questions

    recipe, collection = read_recipe(arguments.recipe), read_collection(arguments.data)
    places = TrainingPaths(arguments.data, arguments.features, arguments.runs, arguments.tower)
    words = words_for(recipe, collection, places)
    learned = collection.indices(*recipe.splits)
    pools = [*photo_pools(collection, learned, words, recipe.views), *made_pools(words)]
    captions = [caption for index in learned for caption in collection.photos[index].captions]
    spoken = clips_of(taught_questions(pools, words), captions, recipe.seed)
    encode = encoder(Transcriber(arguments.speech_part, arguments.threads))
    cache_speech(spoken, encode, arguments.features, _told)
    return 0


def run_fused(arguments: argparse.Namespace) -> int:
    from mmdesk.training.fused_training import TrainingPaths, train_fused
    from mmdesk.training.recipe import read_recipe
    from mmdesk.training.run import Stopper

    places = TrainingPaths(arguments.data, arguments.features, arguments.runs, arguments.tower)
    stop = Stopper()
    train_fused(read_recipe(arguments.recipe), places, stop, arguments.threads)
    return STOPPED if stop.is_set() else 0


def run_compare(arguments: argparse.Namespace) -> int:
    from mmdesk.training.compare_fusions import as_table, compare
    from mmdesk.training.fused_training import TrainingPaths
    from mmdesk.training.recipe import read_recipe
    from mmdesk.training.run import Stopper

    places = TrainingPaths(arguments.data, arguments.features, arguments.runs, arguments.tower)
    stop = Stopper()
    rows = compare(read_recipe(arguments.recipe), places, stop, arguments.threads)
    sys.stdout.write(as_table(rows))
    return STOPPED if stop.is_set() else 0


def run_curves(arguments: argparse.Namespace) -> int:
    from mmdesk.training.eval.curves import curves, one_after_another
    from mmdesk.training.run import RunFolder

    runs = [RunFolder(folder).entries() for folder in arguments.folders]
    names = ", then ".join(folder.name for folder in arguments.folders)
    arguments.to.write_text(curves(one_after_another(runs), names), "utf-8")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    from mmdesk.training.export import export_run
    from mmdesk.training.run import RunFolder

    export_run(RunFolder(arguments.folder), arguments.to)
    return 0


def run_import(arguments: argparse.Namespace) -> int:
    from mmdesk.training.export import import_run
    from mmdesk.training.run import RunFolder

    import_run(arguments.source, RunFolder(arguments.folder))
    return 0


def run_seal(arguments: argparse.Namespace) -> int:
    from mmdesk.perception import Thresholds, seal_fused_weights

    thresholds: Any = {}
    if arguments.questions:
        from mmdesk.training.eval.card import read_report

        thresholds = read_report(arguments.questions).get("thresholds")
        if not isinstance(thresholds, dict):
            raise InputError(f"{arguments.questions} is not a report of mmdesk eval questions.")
    thresholds = {**Thresholds().sure_from, **thresholds}
    seal_fused_weights(
        arguments.folder, Thresholds(arguments.beams, arguments.length_power, thresholds)
    )
    return 0


def main(argv: list[str]) -> int:
    """Run one command: `eval ...`, or a part of `train`; `argv` without the program's name."""
    judging = argv[:1] == ["eval"]
    parser = argparse.ArgumentParser(prog="mmdesk eval" if judging else "mmdesk train")
    (add_eval_commands if judging else add_train_commands)(parser)
    arguments = parser.parse_args(argv[1:] if judging else argv)
    return int(arguments.run(arguments))
