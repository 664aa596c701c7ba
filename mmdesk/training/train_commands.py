"""Commands of `mmdesk train` for the argument parser."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdesk.errors import InputError
from mmdesk.settings import home, resource
from mmdesk.training.eval.eval_commands import add_eval_commands

if TYPE_CHECKING:
    from mmdesk.training.fused_training import TrainingPaths

STOPPED = 130  # exit status of a run that was stopped before its end; the same command resumes it


def add_path_options(parser: argparse.ArgumentParser) -> None:
    """Add --data, --features, --runs, --tower and --threads."""
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        required=True,
        help="folder of captions.jsonl and images/; repeat it to join several",
    )
    parser.add_argument(
        "--features",
        type=Path,
        default=home() / "training" / "features",
        help="folder of the cached features",
    )
    parser.add_argument(
        "--runs",
        type=Path,
        default=home() / "training" / "runs",
        help="folder of the training runs",
    )
    tower = home() / "models" / "efficientnet-lite2"
    parser.add_argument("--tower", type=Path, default=tower, help="folder of the vision model")
    parser.add_argument("--threads", type=int, default=1, help="number of processor threads")


def add_train_commands(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands of `mmdesk train`."""
    commands = parser.add_subparsers(dest="part", required=True)
    for name, run, help_text in (
        ("features", run_features, "compute the vision model's features of all pictures"),
        ("fused", run_fused, "train the fused model with a recipe, or resume training"),
        ("compare", run_compare, "train and compare the five fusion strategies"),
    ):
        command = commands.add_parser(name, help=help_text)
        _add_recipe(command, "scenes")
        add_path_options(command)
        if name == "fused":
            command.add_argument(
                "--processes", type=int, default=1, help="processes that share each step's pictures"
            )
        command.set_defaults(run=run)
    _add_speech(commands)
    _add_curves(commands)
    _add_vocabulary(commands)
    _add_average(commands)
    _add_export(commands)
    _add_import(commands)
    _add_seal(commands)


def _add_recipe(command: argparse.ArgumentParser, default: str) -> None:
    command.add_argument(
        "--recipe",
        type=Path,
        default=resource(f"fused/{default}.toml"),
        help=f"recipe file (default: {default}.toml)",
    )


def _add_speech(commands: Any) -> None:
    command = commands.add_parser("speech", help="synthesise the spoken questions and encode them")
    _add_recipe(command, "spoken")
    add_path_options(command)
    command.add_argument(
        "--speech-part",
        type=Path,
        default=home() / "models" / "whisper-base",
        help="folder of the speech model",
    )
    command.set_defaults(run=run_speech)


def _add_runs(command: argparse.ArgumentParser, others: str) -> None:
    command.add_argument(
        "--run",
        dest="folders",
        type=Path,
        action="append",
        required=True,
        help=f"folder of a run; repeat it for the {others}",
    )


def _add_curves(commands: Any) -> None:
    command = commands.add_parser("curves", help="draw the training curves of consecutive runs")
    _add_runs(command, "runs that followed")
    command.add_argument("--to", type=Path, required=True, help="SVG file to write")
    command.set_defaults(run=run_curves)


def _add_vocabulary(commands: Any) -> None:
    command = commands.add_parser(
        "vocabulary", help="add words of the data to a run's vocabulary; known ids stay"
    )
    command.add_argument("--run", dest="folder", type=Path, required=True, help="folder of the run")
    command.add_argument("--to", type=Path, required=True, help="folder of the new run")
    command.add_argument("--size", type=int, default=4000, help="tokens of the new vocabulary")
    add_path_options(command)
    command.set_defaults(run=run_vocabulary)


def _add_average(commands: Any) -> None:
    command = commands.add_parser("average", help="average the best weights of runs")
    _add_runs(command, "others")
    command.add_argument("--to", type=Path, required=True, help="folder of the new run")
    command.set_defaults(run=run_average)


def _add_export(commands: Any) -> None:
    command = commands.add_parser("export", help="write a run's best weights for release")
    command.add_argument("--run", dest="folder", type=Path, required=True, help="folder of the run")
    command.add_argument("--to", type=Path, required=True, help="folder to write")
    command.add_argument(
        "--speech-from",
        type=Path,
        help="folder of exported weights whose speech encoder still fits, to take it from there",
    )
    command.set_defaults(run=run_export)


def _add_import(commands: Any) -> None:
    command = commands.add_parser("import", help="turn exported weights into a run to start from")
    command.add_argument(
        "--from", dest="source", type=Path, required=True, help="folder of the exported weights"
    )
    command.add_argument(
        "--run", dest="folder", type=Path, required=True, help="folder of the new run"
    )
    command.set_defaults(run=run_import)


def _add_seal(commands: Any) -> None:
    command = commands.add_parser("seal", help="write the manifest of exported weights")
    command.add_argument("folder", type=Path, help="folder of the exported weights")
    command.add_argument("--beams", type=int, default=3, help="beams of the beam search")
    command.add_argument(
        "--length-power", type=float, default=0.7, help="length normalisation of the beam search"
    )
    command.add_argument(
        "--questions", type=Path, help="report of `eval questions --json`, for its thresholds"
    )
    command.add_argument(
        "--asked", type=Path, help="report of `eval asked`, for its thresholds of open questions"
    )
    command.add_argument(
        "--caption-sure-from",
        type=float,
        default=0.0,
        help="probability from which a caption is no guess (`eval captions --features`)",
    )
    command.set_defaults(run=run_seal)


def _paths(arguments: argparse.Namespace) -> TrainingPaths:
    from mmdesk.training.fused_training import TrainingPaths

    return TrainingPaths(tuple(arguments.data), arguments.features, arguments.runs, arguments.tower)


def run_features(arguments: argparse.Namespace) -> int:
    """Cache the features of all views of the recipe."""
    import torch

    from mmdesk.perception import load_tower
    from mmdesk.training.data.captions import read_collection
    from mmdesk.training.data.feature_extraction import as_tower, cache_all
    from mmdesk.training.data.synthetic import COUNTS
    from mmdesk.training.recipe import read_recipe

    torch.set_num_threads(arguments.threads)
    recipe = read_recipe(arguments.recipe)
    tower = as_tower(load_tower(arguments.tower))
    for number, (data, folder) in enumerate(
        zip(arguments.data, _paths(arguments).feature_folders(), strict=True)
    ):
        views = recipe.views if number else (*recipe.views, *COUNTS)
        collection = read_collection(data)
        cache_all(collection, views, tower, folder, _print_progress, not recipe.model.tail)
    return 0


def _print_progress(done: int, total: int) -> None:
    print(f"{done} of {total}", file=sys.stderr, flush=True)


def run_speech(arguments: argparse.Namespace) -> int:
    """Synthesise and encode the training clips of spoken questions."""
    from mmdesk.perception import Transcriber
    from mmdesk.training.eval.spoken_questions import speech_encoder
    from mmdesk.training.fused_training import tokenizer_for
    from mmdesk.training.multitask import photo_pools, synthetic_pools
    from mmdesk.training.recipe import read_recipe
    from mmdesk.training.speech.clips import cache_speech, training_clips
    from mmdesk.training.speech.spoken_trainer import questions_of_pools

    recipe, collection = read_recipe(arguments.recipe), _paths(arguments).collection()
    tokenizer = tokenizer_for(recipe, collection, _paths(arguments))
    indices = collection.indices(*recipe.splits)
    photos = photo_pools(collection, indices, tokenizer, recipe.views)
    questions = questions_of_pools([*photos, *synthetic_pools(tokenizer)], tokenizer)
    captions = [caption for index in indices for caption in collection.photos[index].captions]
    clips = training_clips(questions, captions, recipe.seed)
    encode = speech_encoder(Transcriber(arguments.speech_part, arguments.threads))
    cache_speech(clips, encode, arguments.features, _print_progress)
    return 0


def run_fused(arguments: argparse.Namespace) -> int:
    """Train the fused model; a signal stops it with a checkpoint."""
    if arguments.processes == 1:
        return train_share(arguments, 0, Path())
    import multiprocessing
    import tempfile

    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        meeting_point = Path(folder) / "group"
        others = [
            context.Process(target=train_share, args=(arguments, rank, meeting_point))
            for rank in range(1, arguments.processes)
        ]
        for process in others:
            process.start()
        status = train_share(arguments, 0, meeting_point)
        for process in others:
            process.join()
    return status


def train_share(arguments: argparse.Namespace, rank: int, meeting_point: Path) -> int:
    """Train as process `rank` of those that `--processes` wants."""
    from mmdesk.training.data_parallel import join_group
    from mmdesk.training.fused_training import train_fused
    from mmdesk.training.recipe import read_recipe
    from mmdesk.training.run import StopOnSignal

    stop = StopOnSignal()
    group = join_group(meeting_point, rank, arguments.processes)
    recipe = read_recipe(arguments.recipe)
    train_fused(recipe, _paths(arguments), stop, arguments.threads, group)
    return STOPPED if stop.is_set() else 0


def run_compare(arguments: argparse.Namespace) -> int:
    """Train the five fusion strategies and print their table."""
    from mmdesk.training.compare_fusions import as_table, compare
    from mmdesk.training.recipe import read_recipe
    from mmdesk.training.run import StopOnSignal

    stop = StopOnSignal()
    rows = compare(read_recipe(arguments.recipe), _paths(arguments), stop, arguments.threads)
    sys.stdout.write(as_table(rows))
    return STOPPED if stop.is_set() else 0


def run_curves(arguments: argparse.Namespace) -> int:
    """Write the curves of consecutive runs as SVG."""
    from mmdesk.training.eval.curves import concatenate_runs, curves_svg
    from mmdesk.training.run import RunFolder

    runs = [RunFolder(folder).entries() for folder in arguments.folders]
    title = ", then ".join(folder.name for folder in arguments.folders)
    arguments.to.write_text(curves_svg(concatenate_runs(runs), title), "utf-8")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Export a run's best weights."""
    from mmdesk.training.export import export_run
    from mmdesk.training.run import RunFolder

    export_run(RunFolder(arguments.folder), arguments.to, arguments.speech_from)
    return 0


def run_vocabulary(arguments: argparse.Namespace) -> int:
    """Add words to a run's vocabulary."""
    from mmdesk.training.export import grow_vocabulary
    from mmdesk.training.run import RunFolder

    grow_vocabulary(
        RunFolder(arguments.folder),
        RunFolder(arguments.to),
        _paths(arguments).collection(),
        arguments.size,
    )
    return 0


def run_average(arguments: argparse.Namespace) -> int:
    """Average runs."""
    from mmdesk.training.export import average_runs
    from mmdesk.training.run import RunFolder

    average_runs([RunFolder(folder) for folder in arguments.folders], RunFolder(arguments.to))
    return 0


def run_import(arguments: argparse.Namespace) -> int:
    """Import exported weights as a run."""
    from mmdesk.training.export import import_run
    from mmdesk.training.run import RunFolder

    import_run(arguments.source, RunFolder(arguments.folder))
    return 0


def run_seal(arguments: argparse.Namespace) -> int:
    """Write the manifest, with the thresholds of the reports that were given."""
    from mmdesk.perception import CAPTION_KIND, Thresholds, seal_fused_weights

    thresholds = dict(Thresholds().sure_from)
    for report in (arguments.questions, arguments.asked):
        thresholds |= _thresholds(report) if report else {}
    if arguments.caption_sure_from:
        thresholds[CAPTION_KIND] = arguments.caption_sure_from
    seal_fused_weights(
        arguments.folder, Thresholds(arguments.beams, arguments.length_power, thresholds)
    )
    return 0


def _thresholds(path: Path) -> dict[str, float]:
    """Return the thresholds of a report.

    Raises:
        InputError: it is none of `mmdesk eval questions` or `mmdesk eval asked`.
    """
    from mmdesk.training.eval.card import read_report

    thresholds = read_report(path).get("thresholds")
    if not isinstance(thresholds, dict):
        raise InputError("{path} is not a report of mmdesk eval questions.", path=path)
    return thresholds


def main(argv: list[str]) -> int:
    """Run one command, `eval …` or a part of `train`, and return its exit status.

    Args:
        argv: arguments without the program's name.
    """
    is_eval = argv[:1] == ["eval"]
    parser = argparse.ArgumentParser(prog="mmdesk eval" if is_eval else "mmdesk train")
    (add_eval_commands if is_eval else add_train_commands)(parser)
    arguments = parser.parse_args(argv[1:] if is_eval else argv)
    return int(arguments.run(arguments))
