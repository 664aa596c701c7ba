"""The commands of `mmdesk eval`, ready to be hung into an argument parser."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from mmdesk.errors import InputError
from mmdesk.settings import home, resource


def add_eval_commands(parser: argparse.ArgumentParser) -> None:
    """Hang `captions`, `questions`, `spoken`, `text` and `card` under `mmdesk eval`."""
    commands = parser.add_subparsers(dest="what", required=True)
    text = commands.add_parser("text", help="words read from made pages, windows, charts and signs")
    text.add_argument("--pictures", type=int, default=40)
    text.add_argument("--json", action="store_true")
    text.set_defaults(run=run_text)
    captions = commands.add_parser("captions", help="CIDEr-D and BLEU-4 of `describe`'s captions")
    captions.add_argument("--split", default="dev")
    captions.add_argument("--pictures", type=int, default=1000)
    captions.add_argument("--beams", type=int, default=3, help="with --features only")
    captions.add_argument("--length-power", type=float, default=0.7, help="with --features only")
    questions = commands.add_parser("questions", help="the project's questions, by kind")
    questions.add_argument("--threshold", type=float, help="default: chosen on other questions")
    questions.add_argument("--chat", action="store_true", help="answered by the chat model")
    questions.add_argument("--blind", action="store_true", help="the same without the picture")
    questions.add_argument(
        "--words", default="labels,caption,text,answer", help="what the chat model is told"
    )
    questions.add_argument("--every", type=int, default=1, metavar="N", help="each N-th question")
    questions.add_argument("--language-model", metavar="ID")
    for command, run in ((captions, run_captions), (questions, run_questions)):
        command.add_argument("--data", type=Path, required=True, help="captions.jsonl and images/")
        command.add_argument("--model", type=Path, help="exported weights (default: the shipped)")
        command.add_argument(
            "--features", type=Path, help="cached features, instead of looking at the pictures"
        )
        command.add_argument("--threads", type=int, default=0)
        command.add_argument("--json", action="store_true")
        command.set_defaults(run=run)
    spoken = commands.add_parser("spoken", help="spoken questions: transcribed, and heard")
    spoken.add_argument("--data", type=Path, required=True, help="captions.jsonl and images/")
    spoken.add_argument("--features", type=Path, required=True)
    spoken.add_argument("--model", type=Path, help="a run, or weights (default: the shipped)")
    spoken.add_argument("--speech-part", type=Path, default=home() / "models" / "whisper-base")
    spoken.add_argument("--every", type=int, default=1, metavar="N", help="each N-th question")
    spoken.add_argument("--noise", type=float, nargs="+", default=[40.0, 10.0], metavar="DB")
    spoken.add_argument("--threshold", type=float, default=0.5, help="from which on it is heard")
    spoken.add_argument("--transcripts", type=Path, help="file that keeps them for another run")
    spoken.add_argument("--threads", type=int, default=1)
    spoken.add_argument("--json", action="store_true", help="every recording, too")
    spoken.set_defaults(run=run_spoken)
    card = commands.add_parser("card", help="figures and ten pictures' outputs as Markdown")
    card.add_argument("--data", type=Path, required=True)
    card.add_argument("--captions", type=Path, required=True, help="of eval captions --json")
    card.add_argument("--questions", type=Path, help="of eval questions --json")
    card.add_argument("--blind", type=Path, help="of eval questions --blind --json")
    card.add_argument("--references", action="store_true", help="with people's captions beside")
    card.add_argument("--into", type=Path, help="a file with the marks to write between")
    card.set_defaults(run=run_card)


def _model(folder: Path | None) -> Any:
    """(model, words) of a run's folder or of exported weights."""
    from mmdesk.perception import load_fused_model
    from mmdesk.training.export import load_run
    from mmdesk.training.run import RunFolder

    folder = folder or resource("fused")
    if (folder / "best.pt").exists():
        return load_run(RunFolder(folder))
    return load_fused_model(folder)


def _eyes(arguments: argparse.Namespace) -> tuple[Any, Any]:
    """The product to be judged, and what is told of the progress."""
    if not hasattr(arguments, "eyes"):
        raise InputError(
            "Without --features the whole product is judged.", "Use `mmdesk eval` for that."
        )
    return arguments.eyes, arguments.on_progress


def run_captions(arguments: argparse.Namespace) -> int:
    from mmdesk.training.data.captions import read_collection
    from mmdesk.training.eval.caption_scores import score_captions
    from mmdesk.training.eval.product import all_captions

    collection = read_collection(arguments.data)
    indices = collection.indices(arguments.split)[: arguments.pictures]
    if not indices:
        raise InputError(
            f"There is no picture of the split {arguments.split!r} in {collection.folder}."
        )
    if arguments.features:
        said = _captions_of_features(arguments, collection, indices)
    else:
        eyes, on_progress = _eyes(arguments)
        said = all_captions(eyes, collection, indices, on_progress)
    names = [collection.photos[index].image for index in indices]
    report: dict[str, Any] = {**score_captions(collection, indices, said).to_dict()}
    if arguments.json:
        report["captions"] = dict(zip(names, said, strict=True))
    _tell(report)
    return 0


def _captions_of_features(arguments: argparse.Namespace, collection: Any, indices: Any) -> Any:
    import torch

    from mmdesk.training.data.features import Features
    from mmdesk.training.eval.caption_scores import GREEDY, measure_captions, rules_for

    torch.set_num_threads(arguments.threads or 1)
    model, words = _model(arguments.model)
    chosen = {"beams": arguments.beams, "length_power": arguments.length_power}
    rules = rules_for(words, **{**GREEDY, **chosen})
    features = Features(arguments.features, ("base",), trunk=model.config.tail)
    return measure_captions(model, features, words, collection, indices, rules)[1]


def run_questions(arguments: argparse.Namespace) -> int:
    from mmdesk.training.data.captions import read_collection
    from mmdesk.training.data.question_list import question_list
    from mmdesk.training.eval.answer_scores import choose_thresholds, score

    collection = read_collection(arguments.data)
    asked = question_list(collection)[:: arguments.every]
    in_sentences = arguments.chat or arguments.blind
    answered = _answered(arguments, collection, asked)
    if in_sentences:
        thresholds = {"": 0.5}  # what is said is said; 'not sure' has no probability
    elif arguments.threshold is not None:
        thresholds = {"": arguments.threshold}
    else:
        others = question_list(collection, held_out=True)
        others = [one for one in others if one.question.kind != "text"][:: arguments.every]
        thresholds = choose_thresholds(_answered(arguments, collection, others))
    report = score(answered, thresholds)
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


def _answered(arguments: argparse.Namespace, collection: Any, asked: Any) -> Any:
    """Answers by whoever the arguments name."""
    from mmdesk.training.eval.product import WORDS, PictureFolder, all_asked, all_looked

    if arguments.features:
        return _answered_from_features(arguments, asked)
    eyes, on_progress = _eyes(arguments)
    if not (arguments.chat or arguments.blind):
        return all_looked(eyes, PictureFolder(collection), asked, on_progress)
    words = [word for word in arguments.words.split(",") if word]
    unknown = sorted(set(words) - set(WORDS))
    if unknown:
        raise InputError(f"--words knows {', '.join(WORDS)}; not {', '.join(unknown)}.")
    return all_asked(eyes, PictureFolder(collection), asked, words, arguments.blind, on_progress)


def _answered_from_features(arguments: argparse.Namespace, asked: Any) -> Any:
    """Without the questions that only reading answers."""
    import torch

    from mmdesk.training.data.features import Features
    from mmdesk.training.data.synthetic import JUDGED
    from mmdesk.training.eval.answer_scores import answer_all

    torch.set_num_threads(arguments.threads or 1)
    model, words = _model(arguments.model)
    features = Features(arguments.features, ("base", JUDGED), trunk=model.config.tail)
    seen = [one for one in asked if one.question.kind != "text"]
    return answer_all(model, features, words, seen)


def run_spoken(arguments: argparse.Namespace) -> int:
    import torch

    from mmdesk.perception import load_known_questions
    from mmdesk.training.data.captions import read_collection
    from mmdesk.training.data.features import Features
    from mmdesk.training.data.question_list import question_list
    from mmdesk.training.data.synthetic import JUDGED
    from mmdesk.training.eval.spoken_questions import (
        CachedEncoder,
        judge_others,
        judge_questions,
        product_ways,
        record,
    )
    from mmdesk.training.speech.clips import clips_to_judge
    from mmdesk.training.speech.paraphrases import other_sentences
    from mmdesk.training.speech.voices import UNHEARD_VOICES

    torch.set_num_threads(arguments.threads)
    ways = product_ways(arguments.speech_part, arguments.threads)
    if arguments.transcripts:
        ways = replace(ways, transcribe=CachedEncoder(ways.transcribe, arguments.transcripts))
    collection = read_collection(arguments.data)
    asked = [one for one in question_list(collection) if one.question.kind != "text"]
    asked = asked[:: arguments.every]
    captions = [text for i in collection.indices("dev") for text in collection.photos[i].captions]
    texts = other_sentences(captions, len(asked) // 2, 5, judged=True)
    model, words = _model(arguments.model)
    known = load_known_questions(arguments.model or resource("fused"))
    features = Features(arguments.features, ("base", JUDGED), trunk=model.config.tail)
    report: dict[str, Any] = {}
    for voices in UNHEARD_VOICES:
        for noise in arguments.noise:
            name = f"{voices}, {noise:.0f} dB"
            questions = clips_to_judge([one.question.text for one in asked], voices, noise)
            asides = clips_to_judge(texts, voices, noise)
            spoken, others = (
                record(model, words, known, clips, ways) for clips in (questions, asides)
            )
            report[name] = judge_questions(
                model, features, words, asked, spoken, arguments.threshold
            ) | {"others": judge_others(words, others, arguments.threshold)}
            if arguments.json:
                report[name]["recordings"] = [one.told(words) for one in (*spoken, *others)]
    _tell(report)
    return 0


def run_card(arguments: argparse.Namespace) -> int:
    from mmdesk.training.data.captions import read_collection
    from mmdesk.training.eval.card import card, put_between_marks, read_report

    reports = {
        name: read_report(path)
        for name in ("captions", "questions", "blind")
        if (path := getattr(arguments, name))
    }
    text = card(read_collection(arguments.data), reports, arguments.references)
    if arguments.into:
        put_between_marks(arguments.into, text)
    else:
        sys.stdout.write(text)
    return 0


def run_text(arguments: argparse.Namespace) -> int:
    from mmdesk.perception import TextReader
    from mmdesk.training.eval.ocr_recall import measure_reading

    report = measure_reading(TextReader(), arguments.pictures)
    _tell(report if arguments.json else {k: v for k, v in report.items() if k != "pictures_read"})
    return 0


def _tell(report: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
