"""Commands of `mmdesk eval` for the argument parser."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdesk.errors import InputError
from mmdesk.settings import home, resource
from mmdesk.training.eval.language_commands import add_language_commands
from mmdesk.training.eval.report import print_report, product

if TYPE_CHECKING:
    from mmdesk.training.data.captions import Collection
    from mmdesk.training.data.question_list import EvalQuestion
    from mmdesk.training.eval.answer_scores import JudgedAnswer
    from mmdesk.training.eval.asked_questions import AskedAnswer
    from mmdesk.training.eval.caption_scores import JudgedCaption
    from mmdesk.training.eval.spoken_questions import RecognitionMethods


def add_eval_commands(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands of `mmdesk eval`."""
    commands = parser.add_subparsers(dest="what", required=True)
    _add_text(commands)
    captions, questions = _add_captions(commands), _add_questions(commands)
    for command, run in ((captions, run_captions), (questions, run_questions)):
        _add_data(command)
        command.add_argument(
            "--model", type=Path, help="folder of exported weights (default: the built-in ones)"
        )
        command.add_argument(
            "--features", type=Path, help="folder of cached features, to use instead of pictures"
        )
        command.add_argument(
            "--threads", type=int, default=0, help="number of processor threads (0: automatic)"
        )
        command.add_argument("--json", action="store_true", help="print every answer too")
        command.set_defaults(run=run)
    _add_asked(commands)
    _add_spoken(commands)
    _add_card(commands)
    add_language_commands(commands)


def _add_text(commands: Any) -> None:
    command = commands.add_parser("text", help="OCR recall on pages, screenshots, charts and signs")
    command.add_argument("--pictures", type=int, default=40, help="number of pictures")
    command.add_argument("--json", action="store_true", help="print every picture's text too")
    command.set_defaults(run=run_text)


def _add_captions(commands: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "captions", help="CIDEr-D and BLEU-4 of the captions"
    )
    command.add_argument("--split", default="dev", help="split of the data")
    command.add_argument("--pictures", type=int, default=1000, help="number of pictures")
    command.add_argument(
        "--beams", type=int, default=3, help="beams of the beam search (with --features only)"
    )
    command.add_argument(
        "--length-power",
        type=float,
        default=0.7,
        help="length normalisation of the beam search (with --features only)",
    )
    return command


def _add_questions(commands: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "questions", help="right answers about pictures, by kind of question"
    )
    command.add_argument(
        "--threshold", type=float, help="probability needed for an answer (default: tuned)"
    )
    command.add_argument("--chat", action="store_true", help="let the chat model answer")
    command.add_argument(
        "--blind", action="store_true", help="let the chat model answer without the picture"
    )
    command.add_argument(
        "--words",
        default="labels,caption,text,answer",
        help="what to tell the chat model about a picture (default: labels,caption,text,answer)",
    )
    command.add_argument(
        "--every", type=int, default=1, metavar="N", help="use every N-th question only"
    )
    command.add_argument("--language-model", metavar="ID", help="the chat model")
    return command


def _add_asked(commands: Any) -> None:
    command = commands.add_parser("asked", help="right answers to the questions of a data set")
    _add_data(command)
    command.add_argument(
        "--features", type=Path, required=True, help="folder of the cached features"
    )
    command.add_argument(
        "--model", type=Path, help="folder of a run or of exported weights (default: built-in)"
    )
    command.add_argument("--source", default="VQA v2", help="data set of the questions")
    command.add_argument("--threads", type=int, default=1, help="number of processor threads")
    command.add_argument("--json", action="store_true", help="print every answer too")
    command.set_defaults(run=run_asked)


def _add_spoken(commands: Any) -> None:
    command = commands.add_parser("spoken", help="right answers to spoken questions")
    _add_data(command)
    command.add_argument(
        "--features", type=Path, required=True, help="folder of the cached features"
    )
    command.add_argument(
        "--model", type=Path, help="folder of a run or of exported weights (default: built-in)"
    )
    command.add_argument(
        "--speech-part",
        type=Path,
        default=home() / "models" / "whisper-base",
        help="folder of the speech model",
    )
    command.add_argument(
        "--every", type=int, default=1, metavar="N", help="use every N-th question only"
    )
    command.add_argument(
        "--noise",
        type=float,
        nargs="+",
        default=[40.0, 10.0],
        metavar="DB",
        help="signal-to-noise ratios (default: 40 10)",
    )
    command.add_argument(
        "--threshold", type=float, default=0.5, help="probability needed to recognise a question"
    )
    command.add_argument("--transcripts", type=Path, help="file to keep the transcripts in")
    command.add_argument("--threads", type=int, default=1, help="number of processor threads")
    command.add_argument("--json", action="store_true", help="print every recording too")
    command.set_defaults(run=run_spoken)


def _add_card(commands: Any) -> None:
    command = commands.add_parser("card", help="write the figures for the model card as Markdown")
    _add_data(command)
    command.add_argument(
        "--captions", type=Path, required=True, help="report of eval captions --json"
    )
    command.add_argument("--questions", type=Path, help="report of eval questions --json")
    command.add_argument("--everyday-data", type=Path, help="folder of the everyday photographs")
    command.add_argument(
        "--everyday", type=Path, help="report of eval captions --json on the everyday photographs"
    )
    command.add_argument("--asked", type=Path, help="report of eval asked on them")
    command.add_argument("--blind", type=Path, help="report of eval questions --blind --json")
    command.add_argument(
        "--references", action="store_true", help="include captions written by people"
    )
    command.add_argument("--into", type=Path, help="model card to update (default: print)")
    command.set_defaults(run=run_card)


def _add_data(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data", type=Path, required=True, help="folder of captions.jsonl and images/"
    )


def _load_model(folder: Path | None) -> Any:
    """Return model and tokenizer of a run's folder or of exported weights."""
    from mmdesk.perception import load_fused_model
    from mmdesk.training.export import load_run
    from mmdesk.training.run import RunFolder

    folder = folder or resource("fused")
    if (folder / "best.pt").exists():
        return load_run(RunFolder(folder))
    return load_fused_model(folder)


def run_captions(arguments: argparse.Namespace) -> int:
    """Print the scores of captions."""
    from mmdesk.training.data.captions import read_collection
    from mmdesk.training.eval.answer_scores import choose_threshold
    from mmdesk.training.eval.caption_scores import score_captions
    from mmdesk.training.eval.product import caption_pictures

    collection = read_collection(arguments.data)
    indices = collection.indices(arguments.split)[: arguments.pictures]
    if not indices:
        raise InputError(
            "{folder} has no pictures of the split '{split}'.",
            folder=collection.folder,
            split=arguments.split,
        )
    report: dict[str, Any] = {}
    if arguments.features:
        judged = _captions_from_features(arguments, collection, indices)
        captions = [one.caption for one in judged]
        report["sure_from"] = round(choose_threshold(judged, wrong_costs=2.0), 4)
        report["not_sure"] = sum(one.probability < report["sure_from"] for one in judged)
    else:
        answerer, on_progress = product(arguments)
        captions = caption_pictures(answerer, collection, indices, on_progress)
    report = {**score_captions(collection, indices, captions).to_dict(), **report}
    if arguments.json:
        names = [collection.photos[index].image for index in indices]
        report["captions"] = dict(zip(names, captions, strict=True))
        if arguments.features:
            found = [round(one.probability, 4) for one in judged]
            report["probabilities"] = dict(zip(names, found, strict=True))
    print_report(report)
    return 0


def _captions_from_features(
    arguments: argparse.Namespace, collection: Collection, indices: Sequence[int]
) -> list[JudgedCaption]:
    import torch

    from mmdesk.training.data.feature_cache import FeatureCache
    from mmdesk.training.eval.caption_scores import GREEDY, caption_all, judge_captions, rules_for

    torch.set_num_threads(arguments.threads or 1)
    model, tokenizer = _load_model(arguments.model)
    chosen = {"beams": arguments.beams, "length_power": arguments.length_power}
    rules = rules_for(tokenizer, **{**GREEDY, **chosen})
    features = FeatureCache(arguments.features, ("base",), trunk=model.config.tail)
    texts = [*caption_all(model, features, tokenizer, indices, rules)]
    return judge_captions(texts, tokenizer, collection, indices)


def run_questions(arguments: argparse.Namespace) -> int:
    """Print the scores of answers."""
    from mmdesk.training.data.captions import read_collection
    from mmdesk.training.data.question_list import question_list
    from mmdesk.training.eval.answer_scores import score

    collection = read_collection(arguments.data)
    asked = question_list(collection)[:: arguments.every]
    answered = _answers(arguments, collection, asked)
    report = score(answered, _thresholds(arguments, collection))
    if arguments.json:
        report["answers"] = [_answer_entry(one) for one in answered]
    print_report(report)
    return 0


def _thresholds(arguments: argparse.Namespace, collection: Collection) -> dict[str, float]:
    """Return the thresholds: given, or chosen on the held-out questions."""
    from mmdesk.training.data.question_list import question_list
    from mmdesk.training.eval.answer_scores import choose_thresholds

    if arguments.chat or arguments.blind:
        return {"": 0.5}  # sentences have probability 1, or 0 for 'not sure'
    if arguments.threshold is not None:
        return {"": arguments.threshold}
    others = question_list(collection, held_out=True)
    others = [one for one in others if one.question.kind != "text"][:: arguments.every]
    return choose_thresholds(_answers(arguments, collection, others))


def _answer_entry(one: JudgedAnswer) -> dict[str, Any]:
    return {
        "picture": f"{one.asked.view}/{one.asked.index}",
        "kind": one.asked.question.kind,
        "question": one.asked.question.text,
        "accepted": one.asked.question.accepted,
        "answer": one.answer,
        "probability": round(one.probability, 3),
        "right": one.right,
    }


def _answers(
    arguments: argparse.Namespace, collection: Collection, asked: Sequence[EvalQuestion]
) -> list[JudgedAnswer]:
    """Return the answers of the model that the arguments choose."""
    from mmdesk.training.eval.product import (
        CONTEXT,
        PictureFolder,
        answer_questions,
        ask_chat_model,
    )

    if arguments.features:
        return _answers_from_features(arguments, asked)
    answerer, on_progress = product(arguments)
    pictures = PictureFolder(collection)
    if not (arguments.chat or arguments.blind):
        return answer_questions(answerer, pictures, asked, on_progress)
    context = [word for word in arguments.words.split(",") if word]
    unknown = sorted(set(context) - set(CONTEXT))
    if unknown:
        raise InputError(
            "--words accepts {known}, not {unknown}.",
            known=", ".join(CONTEXT),
            unknown=", ".join(unknown),
        )
    return ask_chat_model(answerer, pictures, asked, context, arguments.blind, on_progress)


def _answers_from_features(
    arguments: argparse.Namespace, asked: Sequence[EvalQuestion]
) -> list[JudgedAnswer]:
    """Return the fused model's answers, without the questions that only OCR answers."""
    import torch

    from mmdesk.training.data.feature_cache import FeatureCache
    from mmdesk.training.data.synthetic import SYNTHETIC_DEV
    from mmdesk.training.eval.answer_scores import answer_all

    torch.set_num_threads(arguments.threads or 1)
    model, tokenizer = _load_model(arguments.model)
    features = FeatureCache(arguments.features, ("base", SYNTHETIC_DEV), trunk=model.config.tail)
    visual = [one for one in asked if one.question.kind != "text"]
    return answer_all(model, features, tokenizer, visual)


def run_asked(arguments: argparse.Namespace) -> int:
    """Print the scores on a data set's dev questions.

    `all`: every answer counts. `judged`: on every second photograph, with the thresholds chosen on
    the others. `blind`: each question with another photograph.
    """
    import torch

    from mmdesk.training.data.captions import read_collection
    from mmdesk.training.data.feature_cache import FeatureCache
    from mmdesk.training.eval.asked_questions import (
        answer_asked,
        asked_report,
        choose_open_thresholds,
        other_picture,
    )

    torch.set_num_threads(arguments.threads)
    collection = read_collection(arguments.data)
    indices = collection.indices("dev")
    model, tokenizer = _load_model(arguments.model)
    features = FeatureCache(arguments.features, ("base",), trunk=model.config.tail)
    what = (model, features, tokenizer, collection, indices, arguments.source)
    answers, blind = answer_asked(*what), answer_asked(*what, other_picture(indices))
    if not answers:
        raise InputError(
            "{folder} has no questions of {source}.",
            folder=collection.folder,
            source=arguments.source,
        )
    judged = set(indices[::2])
    thresholds = choose_open_thresholds([one for one in answers if one.index not in judged])
    report = {
        **asked_report(answers),
        "blind": asked_report(blind),
        "thresholds": thresholds,
        "judged": asked_report([one for one in answers if one.index in judged], thresholds),
    }
    if arguments.json:
        report["answers"] = [_asked_entry(collection, one) for one in answers]
    print_report(report)
    return 0


def _asked_entry(collection: Collection, one: AskedAnswer) -> dict[str, Any]:
    return {
        "picture": collection.photos[one.index].image,
        "kind": one.asked.kind,
        "question": one.asked.text,
        "expected": one.asked.answer,
        "answer": one.answer,
        "probability": round(one.probability, 3),
        "right": one.right,
    }


def run_spoken(arguments: argparse.Namespace) -> int:
    """Print the scores of spoken questions, by voices and noise."""
    import torch

    from mmdesk.perception import load_known_questions
    from mmdesk.training.data.captions import read_collection
    from mmdesk.training.data.feature_cache import FeatureCache
    from mmdesk.training.data.question_list import question_list
    from mmdesk.training.data.synthetic import SYNTHETIC_DEV
    from mmdesk.training.eval.spoken_questions import judge_others, judge_questions, recognize_clips
    from mmdesk.training.speech.clips import evaluation_clips
    from mmdesk.training.speech.paraphrases import other_sentences
    from mmdesk.training.speech.voices import HELD_OUT_VOICES

    torch.set_num_threads(arguments.threads)
    methods = _recognition_methods(arguments)
    collection = read_collection(arguments.data)
    asked = [one for one in question_list(collection) if one.question.kind != "text"]
    asked = asked[:: arguments.every]
    captions = [text for i in collection.indices("dev") for text in collection.photos[i].captions]
    texts = other_sentences(captions, len(asked) // 2, 5, held_out=True)
    model, tokenizer = _load_model(arguments.model)
    known = load_known_questions(arguments.model or resource("fused"))
    features = FeatureCache(arguments.features, ("base", SYNTHETIC_DEV), trunk=model.config.tail)
    threshold = arguments.threshold
    report: dict[str, Any] = {}
    for voices in HELD_OUT_VOICES:
        for noise in arguments.noise:
            spoken, others = (
                recognize_clips(
                    model, tokenizer, known, evaluation_clips(sentences, voices, noise), methods
                )
                for sentences in ([one.question.text for one in asked], texts)
            )
            entry = judge_questions(model, features, tokenizer, asked, spoken, threshold)
            entry["others"] = judge_others(tokenizer, others, threshold)
            if arguments.json:
                entry["recordings"] = [one.to_dict(tokenizer) for one in (*spoken, *others)]
            report[f"{voices}, {noise:.0f} dB"] = entry
    print_report(report)
    return 0


def _recognition_methods(arguments: argparse.Namespace) -> RecognitionMethods:
    from mmdesk.training.eval.spoken_questions import TranscriptCache, product_methods

    methods = product_methods(arguments.speech_part, arguments.threads)
    if arguments.transcripts:
        cached = TranscriptCache(methods.transcribe, arguments.transcripts)
        methods = replace(methods, transcribe=cached)
    return methods


def run_card(arguments: argparse.Namespace) -> int:
    """Print the measured part of the model card, or write it into the card."""
    from mmdesk.training.data.captions import read_collection
    from mmdesk.training.eval.card import (
        everyday_part,
        measured_part,
        read_report,
        replace_measured_part,
    )

    reports = {
        name: read_report(path)
        for name in ("captions", "questions", "blind")
        if (path := getattr(arguments, name))
    }
    text = measured_part(read_collection(arguments.data), reports, arguments.references)
    if arguments.everyday:
        captions = read_report(arguments.everyday)
        asked = read_report(arguments.asked) if arguments.asked else None
        text += "\n" + everyday_part(read_collection(arguments.everyday_data), captions, asked)
    if arguments.into:
        replace_measured_part(arguments.into, text)
    else:
        sys.stdout.write(text)
    return 0


def run_text(arguments: argparse.Namespace) -> int:
    """Print the recall of OCR."""
    from mmdesk.perception import TextReader
    from mmdesk.training.eval.ocr_recall import measure_ocr

    report = measure_ocr(TextReader(), arguments.pictures)
    if not arguments.json:
        report.pop("pictures_read")
    print_report(report)
    return 0
