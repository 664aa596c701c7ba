"""Commands of `mmdesk eval` that evaluate the language model: everyday prompts and documents."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from mmdesk.training.eval.report import HALVES, print_report, product

TESTS = Path(__file__).parents[3] / "tests"


def add_language_commands(commands: Any) -> None:
    """Add `everyday` and `documents`."""
    everyday = commands.add_parser(
        "everyday", help="right answers of the language model to everyday prompts, by kind"
    )
    _add_options(everyday)
    everyday.add_argument("--prompts", type=Path, help="list of prompts (default: mmdesk's own)")
    everyday.add_argument("--kind", help="prompts of one kind only")
    everyday.add_argument(
        "--greedy", action="store_true", help="greedy decoding instead of the model's sampling"
    )
    everyday.add_argument("--seed", type=int, default=0, help="of the sampling (default: 0)")
    everyday.add_argument("--max-tokens", type=int, default=320, help="length limit of an answer")
    everyday.add_argument("--failures", action="store_true", help="print the wrong answers too")
    everyday.set_defaults(run=run_everyday)
    documents = commands.add_parser(
        "documents", help="questions about documents: refused where the text does not say"
    )
    _add_options(documents)
    documents.add_argument("--data", type=Path, help="folder of documents and questions.txt")
    documents.add_argument(
        "--margins", action="store_true", help="measure the margins of the check, to calibrate it"
    )
    documents.set_defaults(run=run_documents)


def _add_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--model", metavar="ID", help="the language model")
    command.add_argument(
        "--half",
        choices=HALVES,
        default="judged",
        help="the half for tuning, the half that judges (default), or all",
    )
    command.add_argument("--cache", type=Path, help="file that keeps results for the next run")
    command.add_argument("--threads", type=int, default=0, help="processor threads (0: automatic)")
    command.add_argument("--json", action="store_true", help="print JSON, with every answer")


def run_documents(arguments: argparse.Namespace) -> int:
    """Print how many questions about documents were refused, and how many were right."""
    from mmdesk.training.eval.document_questions import JudgedReply, read_questions, shares
    from mmdesk.values import DocumentInput

    answerer, on_progress = product(arguments)
    folder = arguments.data or TESTS / "quality" / "documents"
    questions = read_questions(folder, arguments.half)
    replies: list[JudgedReply] = []
    margins: list[float | None] = []
    for done, question in enumerate(questions, 1):
        text = (folder / question.document).read_text(encoding="utf-8")
        document = DocumentInput(question.document, text)
        margins.append(answerer.margin(document, question.text))
        replies.append(JudgedReply(question, answerer.answer_question(document, question.text)))
        on_progress(done, len(questions))
    report: dict[str, Any] = {"half": arguments.half, **shares(replies)}
    if arguments.json:
        report["answers"] = [
            {
                "document": reply.question.document,
                "question": reply.question.text,
                "answerable": bool(reply.question.right),
                "refused": reply.is_refused,
                "right": reply.is_right,
                "margin": margin,
                "text": reply.text,
            }
            for reply, margin in zip(replies, margins, strict=True)
        ]
        print_report(report)
        return 0
    for name, share in report.items():
        if isinstance(share, dict):
            print(f"{name:22} {share['count']:4} of {share['of']:4}  {share['share']:6.1%}")
    return 0


def run_everyday(arguments: argparse.Namespace) -> int:
    """Print the shares of right answers to everyday prompts."""
    from mmdesk.training.eval.everyday import evaluate, read_prompts, shares

    answerer, on_progress = product(arguments)
    path = arguments.prompts or TESTS / "everyday" / "prompts.jsonl"
    prompts = [
        prompt
        for prompt in read_prompts(path, arguments.half)
        if arguments.kind in (None, prompt.kind)
    ]
    answers = evaluate(prompts, lambda prompt: answerer.answer_prompt(prompt.text), on_progress)
    report: dict[str, Any] = {"half": arguments.half, "shares": shares(answers)}
    if arguments.json:
        report["answers"] = [
            {"id": answer.prompt.id, "failed": answer.failed, "text": answer.text}
            for answer in answers
        ]
        print_report(report)
        return 0
    for kind, share in report["shares"].items():
        print(f"{kind:14} {share['right']:4} of {share['of']:4}  {share['share']:6.1%}")
    for answer in answers:
        if arguments.failures and not answer.is_right:
            print(f"\n{answer.prompt.id} ({', '.join(answer.failed)}): {answer.prompt.text}")
            print(answer.text)
    return 0
