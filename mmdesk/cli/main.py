"""Entry point of the command line: its grammar, and the exit status.

Only the standard library and the value modules are imported until a verb has been chosen, so
that `--help` and `models list` answer at once.

Exit status: 0 done; 2 wrong usage or bad input; 3 a model is missing or damaged; 130 stopped with
Ctrl+C; 1 anything else.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from mmdesk import __version__
from mmdesk.cli.output import Console
from mmdesk.desktop import WINDOW_COMMANDS
from mmdesk.errors import Cancelled, MMDeskError
from mmdesk.network import guard_network
from mmdesk.private_files import restrict_home
from mmdesk.settings import DEVICES, PRECISIONS, home
from mmdesk.text import printable

STOPPED = 130
FILE_OR_STDIN = "a document, or - for standard input"
EPILOG = (
    "Without a command, mmdesk opens its window. Answers go to standard output, progress and "
    "notices to standard error. Exit status: 0 done, 2 wrong usage or bad input, 3 a model is "
    "missing or damaged, 130 stopped."
)


class _Parser(argparse.ArgumentParser):
    """Parser that explains wrong usage in one line instead of a page."""

    def error(self, message: str) -> NoReturn:
        """Exit with status 2."""
        self.exit(2, f"{self.prog}: {printable(message)} (see {self.prog} --help)\n")


def is_meant(arguments: list[str]) -> bool:
    """Return true if arguments are for the command line; options alone are the window's."""
    own = {"-h", "--help", "--version"}
    return (
        any(argument in own for argument in arguments)
        or not arguments[0].startswith("-")
        or (not VERBS.isdisjoint(arguments))
    )


def is_for_window(arguments: list[str]) -> bool:
    """Return true if the one argument is a command for the window that is open."""
    return len(arguments) == 1 and arguments[0] in WINDOW_COMMANDS


def send_to_window(command: str, open_window: Callable[[list[str]], int]) -> int:
    """Give the open window a command, or open one that begins with it."""
    from mmdesk.cli.window_commands import send

    try:
        return 0 if send(command) else open_window(["--open", command])
    except MMDeskError as problem:
        Console().error(problem)
        return problem.exit_status


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; return the exit status. Never raises for what the user did wrong."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    try:
        options = build_parser().parse_args(arguments)
    except SystemExit as leaving:  # argparse has explained it
        return int(leaving.code or 0)
    sources = getattr(options, "sources", False)
    console = Console(getattr(options, "json", False), options.verbose, sources)
    if not options.verbose:  # what is logged is for --verbose: the user gets one sentence
        logging.getLogger("mmdesk").addHandler(logging.NullHandler())
    try:
        with _stoppable() as cancel:
            status = _run(options, console, cancel)
            sys.stdout.flush()
            return status
    except MMDeskError as problem:
        console.error(problem)
        return problem.exit_status
    except (Cancelled, KeyboardInterrupt):
        console.end_line()
        return STOPPED
    except BrokenPipeError:
        # The reader has gone (`| head`), so nobody would see an error. What Python would still
        # flush at exit goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


@contextmanager
def _stoppable() -> Iterator[threading.Event]:
    """Yield a flag that Ctrl+C sets, so that work ends cleanly; a second Ctrl+C does not wait."""
    cancel = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield cancel
        return

    def on_interrupt(number: int, frame: Any) -> None:
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)


def _run(options: argparse.Namespace, console: Console, cancel: threading.Event) -> int:
    restrict_home(home())
    guard_network()
    if options.verb == "models":
        from mmdesk.cli import models

        return models.run(options, console, cancel)
    if options.verb == "history":
        from mmdesk.cli import history

        return history.run(options, console, cancel)
    if options.verb in WINDOW_COMMANDS:
        raise MMDeskError("{command} goes alone: mmdesk {command}", command=options.verb)
    if options.verb == "doctor":
        from mmdesk.cli import doctor

        return doctor.run(options, console, cancel)
    if options.verb == "bench":
        from mmdesk.cli import bench

        return bench.run(options, console, cancel)
    if options.verb == "speak":
        from mmdesk.cli import speak

        return speak.run(options, console, cancel)
    if options.verb in ("train", "eval"):
        from mmdesk.cli import training

        return training.run(options, console, cancel)
    if options.verb in ("transcribe", "minutes"):
        from mmdesk.cli import recording_commands

        return recording_commands.run(options, console, cancel)
    from mmdesk.cli import tasks

    return tasks.run(options, console, cancel)


# --- grammar ----------------------------------------------------------------------------------


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all verbs."""
    parser = _Parser(
        prog="mmdesk", description="A private assistant on your own computer.", epilog=EPILOG
    )
    parser.add_argument("--version", action="version", version=f"mmdesk {__version__}")
    parser.add_argument("--threads", type=_count, default=0, metavar="N", help="CPU threads")
    parser.add_argument(
        "--precision", choices=PRECISIONS, default="auto", help="of the language model's weights"
    )
    parser.add_argument(
        "--device", choices=DEVICES, default="auto", help="that computes (default: where it fits)"
    )
    parser.add_argument(
        "--verbose", action="store_true", help="show progress even without a terminal"
    )
    verbs = parser.add_subparsers(
        dest="verb", required=True, metavar="COMMAND", parser_class=_Parser
    )
    for name, (help_text, add_arguments) in _GRAMMAR.items():
        verb = verbs.add_parser(name, help=help_text, description=help_text)
        verb.add_argument("--threads", type=_count, default=argparse.SUPPRESS, help="CPU threads")
        verb.add_argument("--precision", choices=PRECISIONS, default=argparse.SUPPRESS)
        verb.add_argument("--device", choices=DEVICES, default=argparse.SUPPRESS)
        verb.add_argument("--verbose", action="store_true", default=argparse.SUPPRESS)
        add_arguments(verb)
    return parser


def _ask(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "question",
        nargs="?",
        help="your question, or - for standard input; not needed with --audio",
    )
    for kind, what in (("image", "a picture"), ("audio", "a recording"), ("file", "a document")):
        verb.add_argument(
            f"--{kind}", action="append", default=[], metavar="FILE", help=f"{what} (repeatable)"
        )
    verb.add_argument(
        "--folder",
        action="append",
        default=[],
        metavar="DIR",
        help="a folder whose documents are searched (repeatable)",
    )
    _add_model(verb)
    _add_server(verb)
    verb.add_argument("--max-tokens", type=_positive, default=768, metavar="N")
    verb.add_argument("--seed", type=_count, default=0, metavar="N")
    verb.add_argument(
        "--temperature",
        type=_temperature,
        metavar="T",
        help="0 is the same answer every time (default: as the model advises)",
    )
    verb.add_argument(
        "--no-thinking",
        action="store_true",
        help="have a reasoning model answer without thinking first, where it allows that",
    )
    _add_sources(verb)
    _add_json(verb)


def _describe(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("files", nargs="+", metavar="FILE", help="pictures")
    verb.add_argument("--style", choices=("caption", "detailed"), default="caption")
    verb.add_argument(
        "--language", default="English", metavar="L", help="language of the description"
    )
    _add_model(verb)
    _add_json(verb)


def _transcribe(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("files", nargs="+", metavar="FILE", help="recordings")
    verb.add_argument("--language", metavar="L", help="spoken language (default: detect)")
    form = verb.add_mutually_exclusive_group()
    form.add_argument(
        "--format",
        choices=("txt", "srt", "vtt", "json"),
        help="with time stamps: text, SRT or WebVTT subtitles, JSON (default: one line of text)",
    )
    _add_json(form)


def _minutes(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "file", metavar="FILE", help="a recording, its transcript, or - for standard input"
    )
    verb.add_argument(
        "--language", metavar="L", help="language of the minutes (default: the recording's)"
    )
    _add_model(verb)
    _add_server(verb)
    _add_json(verb)


def _summarize(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("file", metavar="FILE", help=FILE_OR_STDIN)
    verb.add_argument(
        "--words",
        type=_positive,
        default=150,
        metavar="N",
        help="length in words (Chinese: characters)",
    )
    verb.add_argument(
        "--language", metavar="L", help="language of the summary (default: the document's)"
    )
    _add_model(verb)
    _add_server(verb)
    _add_sources(verb)
    _add_json(verb)


def _translate(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("file", metavar="FILE", help=FILE_OR_STDIN)
    verb.add_argument("--to", required=True, metavar="LANG", help="zh, Chinese, 中文, ...")
    _add_model(verb)
    _add_server(verb)
    _add_json(verb)


def _speak(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("file", metavar="FILE", help=FILE_OR_STDIN)
    verb.add_argument("--to", metavar="FILE.wav", help="write the sound instead of playing it")
    verb.add_argument(
        "--voice",
        default="",
        metavar="ID",
        help='a voice of mmdesk models list, or "system" (default: the best for the language)',
    )
    verb.add_argument(
        "--speed", type=_speed, default=100, metavar="N", help="in per cent, 50 to 200"
    )


def _models(verb: argparse.ArgumentParser) -> None:
    actions = verb.add_subparsers(
        dest="action", required=True, metavar="ACTION", parser_class=_Parser
    )
    _add_json(actions.add_parser("list", help="list all models and whether they are installed"))
    for name, nargs, help_text in (
        ("get", None, 'download a model, all missing standard ones ("default"), or OWNER/NAME'),
        ("verify", "?", "verify the files of one model, or of all that are installed"),
        ("remove", None, "remove a model"),
        ("path", None, "print the folder of a model"),
    ):
        action = actions.add_parser(name, help=help_text)
        action.add_argument("id", nargs=nargs, metavar="ID")
        if name == "get":
            size = action.add_mutually_exclusive_group()
            size.add_argument(
                "--small", action="store_true", help="with default: the small language model only"
            )
            size.add_argument(
                "--larger", action="store_true", help="with default: the larger language model, too"
            )
            _get_from_hub(action)
    add = actions.add_parser("add", help="use a model folder or a GGUF file of your own")
    add.add_argument("path", metavar="PATH")
    add.add_argument("--name", metavar="NAME", default="", help="name in the list of models")
    _add_json(
        actions.add_parser("discover", help="list models that other programs left on this computer")
    )
    _add_json(
        actions.add_parser("catalogue", help="list models of the hub that suit this computer")
    )
    actions.add_parser("token", help="keep the access token of the model hub in the keyring")


def _get_from_hub(action: argparse.ArgumentParser) -> None:
    action.epilog = (
        "From the model hub: OWNER/NAME, OWNER/NAME@REVISION, OWNER/NAME:FILE.gguf, or the address "
        "of the model's page. Gated models need the access token of an account: models token, or "
        "HF_TOKEN."
    )
    action.add_argument(
        "--dry-run", action="store_true", help="with OWNER/NAME: list the files, download nothing"
    )
    action.add_argument(
        "--online", action="store_true", help="with OWNER/NAME: contact the hub, offline or not"
    )


def _history(verb: argparse.ArgumentParser) -> None:
    actions = verb.add_subparsers(
        dest="action", required=True, metavar="ACTION", parser_class=_Parser
    )
    _add_json(actions.add_parser("list", help="list all conversations, newest first"))
    search = actions.add_parser("search", help="search messages, documents and pictures")
    search.add_argument("words")
    search.add_argument("--project", metavar="NAME", help="search this project alone")
    _add_json(search)
    export = actions.add_parser(
        "export", help="save conversations as PDF, HTML, DOCX, Markdown or JSON"
    )
    export.add_argument(
        "id", nargs="*", metavar="ID", help="conversations to export (default: all)"
    )
    export.add_argument(
        "--format", choices=("markdown", "md", "pdf", "html", "docx", "json"), default="markdown"
    )
    export.add_argument("--to", metavar="PATH", help="target folder, or JSON file")
    take = actions.add_parser(
        "import", help="add conversations from a file of export --format json"
    )
    take.add_argument("files", nargs="+", metavar="FILE")
    actions.add_parser("encrypt", help="encrypt all conversations with a passphrase")
    actions.add_parser("decrypt", help="store all conversations in readable form again")
    actions.add_parser("passphrase", help="change the passphrase")


def _train(verb: argparse.ArgumentParser) -> None:
    from mmdesk.training import add_train_commands

    add_train_commands(verb)


def _eval(verb: argparse.ArgumentParser) -> None:
    from mmdesk.training import add_eval_commands

    add_eval_commands(verb)


def _bench(verb: argparse.ArgumentParser) -> None:
    _add_model(verb)
    _add_json(verb)


def _nothing(verb: argparse.ArgumentParser) -> None:
    """Add no arguments."""


def _add_model(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--model", metavar="ID", help="language model (see mmdesk models list)")


def _add_server(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--server",
        metavar="URL",
        help="ask a model on another computer: any OpenAI-compatible server; --model is one of "
        "its models (default: the first), MMDESK_API_KEY its key",
    )


def _add_sources(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--sources", action="store_true", help="number the passages of documents and list them"
    )


def _add_json(verb: argparse._ActionsContainer) -> None:
    verb.add_argument("--json", action="store_true", help="print JSON")


_GRAMMAR = {
    "ask": ("Ask a question about pictures, recordings, documents or anything else.", _ask),
    "describe": ("Describe pictures.", _describe),
    "transcribe": ("Turn speech into text.", _transcribe),
    "minutes": ("Summarise a recording: decisions, tasks, open questions.", _minutes),
    "summarize": ("Summarise a document.", _summarize),
    "translate": ("Translate a document.", _translate),
    "speak": ("Read a text aloud.", _speak),
    "models": ("Manage models: list, get, add, discover, verify, remove, path.", _models),
    "history": ("Manage conversations: list, search, export, import, encrypt.", _history),
    "train": ("Train the image model from its recipes.", _train),
    "eval": ("Evaluate the image model: captions, questions, text; write its card.", _eval),
    "quick": ("Ask a quick question in a small window over all others.", _nothing),
    "capture": ("Ask about a part of the screen.", _nothing),
    "doctor": ("Check this computer and the installation.", _add_json),
    "bench": ("Measure how fast the model loads and answers.", _bench),
}
VERBS = frozenset(_GRAMMAR)


def _number(text: str, least: int, kind: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if value < least:
        raise argparse.ArgumentTypeError(f"{text!r} is not {kind}")
    return value


def _count(text: str) -> int:
    return _number(text, 0, "a whole number (0 or more)")


def _positive(text: str) -> int:
    return _number(text, 1, "a whole number (1 or more)")


def _speed(text: str) -> int:
    speed = _number(text, 50, "a speed (50 to 200)")
    if speed > 200:
        raise argparse.ArgumentTypeError(f"{text!r} is not a speed (50 to 200)")
    return speed


def _temperature(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a temperature (0 or more)")
    return value
