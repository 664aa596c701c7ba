"""The commands of `mmdesk train` and `mmdesk eval`, ready to be hung into an argument parser."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from mmdesk.settings import home, resource

STOPPED = 130  # a run that was told to stop before its end; the same command goes on with it


def add_places(parser: argparse.ArgumentParser) -> None:
    """--data, --features and --runs: where a run finds what it needs."""
    parser.add_argument("--data", type=Path, required=True, help="captions.jsonl and images/")
    parser.add_argument("--features", type=Path, default=home() / "training" / "features")
    parser.add_argument("--runs", type=Path, default=home() / "training" / "runs")
    parser.add_argument("--threads", type=int, default=1)


def add_train_commands(parser: argparse.ArgumentParser) -> None:
    """Hang `fused`, `compare`, `features`, `curves` and `export` under `mmdesk train`."""
    commands = parser.add_subparsers(dest="part", required=True)
    for name, run, help_text in (
        ("features", run_features, "look at every picture once with the vision tower"),
        ("fused", run_fused, "train the fused model by a recipe, or go on with it"),
        ("compare", run_compare, "train the five ways of fusing on one budget"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.add_argument("--recipe", type=Path, default=resource("fused/answers.toml"))
        add_places(command)
        command.set_defaults(run=run)
        if name == "features":
            tower = home() / "models" / "efficientnet-lite2"
            command.add_argument("--tower", type=Path, default=tower)
    for name, run, help_text in (
        ("curves", run_curves, "draw a run's curves as SVG"),
        ("export", run_export, "write a run's best weights as they ship"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.add_argument("--run", dest="folder", type=Path, required=True)
        command.add_argument("--to", type=Path, required=True)
        command.set_defaults(run=run)


def add_eval_commands(parser: argparse.ArgumentParser) -> None:
    """Hang `captions`, `questions` and `text` under `mmdesk eval`."""
    commands = parser.add_subparsers(dest="what", required=True)
    text = commands.add_parser("text", help="words read from made pages, windows, charts and signs")
    text.add_argument("--pictures", type=int, default=40)
    text.add_argument("--json", action="store_true")
    text.set_defaults(run=run_text)
    for name, run, help_text in (
        ("captions", run_captions, "CIDEr-D and BLEU-4 on the dev pictures"),
        ("questions", run_questions, "the project's questions, by kind"),
    ):
        command = commands.add_parser(name, help=help_text)
        add_places(command)
        command.add_argument("--model", type=Path, default=resource("fused"))
        command.add_argument("--json", action="store_true")
        command.set_defaults(run=run)
        if name == "captions":
            command.add_argument("--pictures", type=int, default=1000)
            command.add_argument("--beams", type=int, default=3)
            command.add_argument("--length-power", type=float, default=0.7)
        else:
            command.add_argument("--threshold", type=float, help="default: chosen on others")


def run_features(arguments: argparse.Namespace) -> int:
    import torch

    from mmdesk.perception.see import load_tower
    from mmdesk.training.captions import read_collection
    from mmdesk.training.looking import as_tower, cache_all
    from mmdesk.training.made import COUNTS
    from mmdesk.training.recipe import read_recipe

    torch.set_num_threads(arguments.threads)
    views = (*read_recipe(arguments.recipe).views, *COUNTS)
    tower = as_tower(load_tower(arguments.tower))
    cache_all(read_collection(arguments.data), views, tower, arguments.features)
    return 0


def run_fused(arguments: argparse.Namespace) -> int:
    from mmdesk.training.fused import Places, train_fused
    from mmdesk.training.recipe import read_recipe
    from mmdesk.training.run import Stopper

    places = Places(arguments.data, arguments.features, arguments.runs)
    stop = Stopper()
    train_fused(read_recipe(arguments.recipe), places, stop, arguments.threads)
    return STOPPED if stop.is_set() else 0


def run_compare(arguments: argparse.Namespace) -> int:
    from mmdesk.training.compare import as_table, compare
    from mmdesk.training.fused import Places
    from mmdesk.training.recipe import read_recipe
    from mmdesk.training.run import Stopper

    places = Places(arguments.data, arguments.features, arguments.runs)
    stop = Stopper()
    rows = compare(read_recipe(arguments.recipe), places, stop, arguments.threads)
    sys.stdout.write(as_table(rows))
    return STOPPED if stop.is_set() else 0


def run_curves(arguments: argparse.Namespace) -> int:
    from mmdesk.training.curves import curves
    from mmdesk.training.run import RunFolder

    svg = curves(RunFolder(arguments.folder).entries(), arguments.folder.name)
    arguments.to.write_text(svg, "utf-8")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    from mmdesk.training.export import export_run
    from mmdesk.training.run import RunFolder

    export_run(RunFolder(arguments.folder), arguments.to)
    return 0


def _model(folder: Path) -> Any:
    """(model, words) of a run's folder or of exported weights."""
    from mmdesk.perception.fused import load_exported
    from mmdesk.training.export import load_run
    from mmdesk.training.run import RunFolder

    if (folder / "best.pt").exists():
        return load_run(RunFolder(folder))
    return load_exported(folder)


def run_captions(arguments: argparse.Namespace) -> int:
    import torch

    from mmdesk.training.captions import read_collection
    from mmdesk.training.features import Features
    from mmdesk.training.measure import GREEDY, measure_captions, rules_for

    torch.set_num_threads(arguments.threads)
    model, words = _model(arguments.model)
    collection = read_collection(arguments.data)
    indices = collection.indices("dev")[: arguments.pictures]
    chosen = {"beams": arguments.beams, "length_power": arguments.length_power}
    rules = rules_for(words, **{**GREEDY, **chosen})
    features = Features(arguments.features, ("base",))
    scores, said = measure_captions(model, features, words, collection, indices, rules)
    names = [collection.photos[index].image for index in indices]
    report = {**scores.to_dict(), **chosen, "captions": dict(zip(names, said, strict=True))}
    _tell(report if arguments.json else {k: v for k, v in report.items() if k != "captions"})
    return 0


def run_questions(arguments: argparse.Namespace) -> int:
    import torch

    from mmdesk.training.captions import read_collection
    from mmdesk.training.features import Features
    from mmdesk.training.judge import answer_all, choose_threshold, score
    from mmdesk.training.made import JUDGED
    from mmdesk.training.question_list import question_list

    torch.set_num_threads(arguments.threads)
    model, words = _model(arguments.model)
    collection = read_collection(arguments.data)
    features = Features(arguments.features, ("base", JUDGED))
    threshold = arguments.threshold
    if threshold is None:
        others = question_list(collection, held_out=True)
        threshold = choose_threshold(answer_all(model, features, words, others))
    answered = answer_all(model, features, words, question_list(collection))
    report = score(answered, threshold)
    if arguments.json:
        report["answers"] = [
            {
                "picture": f"{one.asked.view}/{one.asked.index}",
                "kind": one.asked.question.kind,
                "question": one.asked.question.text,
                "accepted": one.asked.question.accepted,
                "answer": one.answer,
                "probability": round(one.probability, 3),
                "right": one.right,
            }
            for one in answered
        ]
    _tell(report)
    return 0


def run_text(arguments: argparse.Namespace) -> int:
    from mmdesk.perception.read import Reader
    from mmdesk.training.reading import measure_reading

    report = measure_reading(Reader(), arguments.pictures)
    _tell(report if arguments.json else {k: v for k, v in report.items() if k != "pictures_read"})
    return 0


def _tell(report: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(report, indent=1) + "\n")


def main(argv: list[str]) -> int:
    """Run one command: `eval ...`, or a part of `train`; `argv` without the program's name."""
    judging = argv[:1] == ["eval"]
    parser = argparse.ArgumentParser(prog="mmdesk eval" if judging else "mmdesk train")
    (add_eval_commands if judging else add_train_commands)(parser)
    arguments = parser.parse_args(argv[1:] if judging else argv)
    return int(arguments.run(arguments))
