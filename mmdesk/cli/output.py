"""Output of the command line: the answer on standard output, all else on standard error."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from mmdesk.errors import MMDeskError
from mmdesk.text import printable
from mmdesk.values import (
    AudioInput,
    Citation,
    Cited,
    DocumentInput,
    Event,
    Finished,
    ImageAnswer,
    ImageDescribed,
    ImageDescription,
    ImageInput,
    Notice,
    Preparing,
    ReasoningChunk,
    Stats,
    TextChunk,
    Transcribed,
    Transcript,
    cited_sources,
    merge_citations,
    plain_mark,
    source_name,
    with_marks,
)

_JSON_CONTROLS = re.compile("[\x7f-\x9f]")  # what json.dumps does not escape by itself


@dataclass
class Outcome:
    """Everything that a stream of events reported."""

    text: str = ""
    stats: Stats = field(default_factory=Stats)
    notices: list[str] = field(default_factory=list)
    image_descriptions: list[ImageDescription] = field(default_factory=list)
    transcripts: list[Transcript] = field(default_factory=list)
    looks: list[ImageAnswer] = field(default_factory=list)
    reasoning: str = ""
    citations: tuple[Citation, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints: the text, the fields of Stats, the findings."""
        return {
            "text": self.text,
            **asdict(self.stats),
            "notices": self.notices,
            "sights": [_description_data(one) for one in self.image_descriptions],
            "transcripts": [asdict(transcript) for transcript in self.transcripts],
            "looks": [asdict(look) for look in self.looks],
            **({"reasoning": self.reasoning} if self.reasoning else {}),
        }

    def citations_json(self) -> dict[str, Any]:
        """Return the citations of an answer about documents, as `--json` prints them.

        `source` is the number of the passage, from 1; null where a sentence was not found.
        """
        numbers = {source.passage: n for n, source in enumerate(cited_sources(self.citations), 1)}
        return {
            "citations": [
                {"source": numbers.get(citation.passage), **asdict(citation)}
                for citation in self.citations
            ]
        }


class Console:
    """Standard output and standard error of a command.

    Control characters in a text from outside never reach the terminal (`text.printable`).

    Args:
        json: only JSON objects go to standard output.
        verbose: progress is shown even where standard error is no terminal; notices always are.
        sources: an answer is printed when it is complete, with numbers and a list of its sources.
    """

    def __init__(self, json: bool = False, verbose: bool = False, sources: bool = False) -> None:
        self.json = json
        self.sources = sources
        self._terminal = sys.stderr.isatty()
        self._shows_progress = verbose or self._terminal
        self._stage = ""
        self._line_open = False

    def follow(
        self,
        events: Iterator[Event],
        files: Iterable[ImageInput | AudioInput | DocumentInput] = (),
    ) -> Outcome:
        """Show events as they come; return all that they reported.

        Args:
            events: of a task.
            files: that the task is about; their notices come first.
        """
        outcome = Outcome()
        for file in files:
            for text in file.notices:
                outcome.notices.append(text if file.name in text else f"{file.name}: {text}")
                self.notice(outcome.notices[-1])
        for event in events:
            self._add(event, outcome)
        if self.sources:
            self._print_sources(outcome)
        self.end_line()
        return outcome

    def _print_sources(self, outcome: Outcome) -> None:
        self._show(with_marks(outcome.text, outcome.citations, plain_mark))
        self.end_line()
        for number, source in enumerate(cited_sources(outcome.citations), 1):
            self._show(f"{'' if number > 1 else chr(10)}[{number}] {source_name(source)}\n")

    def _add(self, event: Event, outcome: Outcome) -> None:
        if isinstance(event, TextChunk):
            outcome.text += event.text
            self.write(event.text)
        elif isinstance(event, ReasoningChunk):
            outcome.reasoning += event.text
            self.stage(Preparing("thinking"))
        elif isinstance(event, Preparing):
            self.stage(event)
        elif isinstance(event, Notice):
            outcome.notices.append(event.text)
            self.notice(event.text)
        elif isinstance(event, ImageDescribed):
            outcome.image_descriptions.append(event.description)
        elif isinstance(event, ImageAnswer):
            outcome.looks.append(event)
        elif isinstance(event, Transcribed):
            outcome.transcripts.append(event.transcript)
        elif isinstance(event, Cited):
            outcome.citations = merge_citations(outcome.citations, event.citations)
        elif isinstance(event, Finished):
            outcome.stats = event.stats

    def write(self, text: str) -> None:
        """Show a piece of the answer at once, or at the end with its sources."""
        if not self.sources:
            self._show(text)

    def _show(self, text: str) -> None:
        if self.json or not text:
            return
        self._clear_stage()
        sys.stdout.write(printable(text))
        sys.stdout.flush()
        self._line_open = not text.endswith("\n")

    def print(self, line: str) -> None:
        """Print a whole line of output."""
        self._clear_stage()
        print(printable(line), flush=True)

    def object(self, value: dict[str, Any]) -> None:
        """Print one JSON object on one line."""
        text = json.dumps(value, ensure_ascii=False)
        self._clear_stage()
        print(_JSON_CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text), flush=True)

    def end_line(self) -> None:
        """End an open line, so that the next one or the prompt starts at the margin."""
        self._clear_stage()
        if self._line_open:
            self._line_open = False
            sys.stdout.write("\n")
            sys.stdout.flush()

    def stage(self, event: Preparing) -> None:
        """Show progress: one line renewed in place on a terminal."""
        if not self._shows_progress:
            return
        percent = "" if event.fraction is None else f" {round(event.fraction * 100)} %"
        line = printable(f"{event.stage}{percent}")
        if not self._terminal:
            if line != self._stage:
                print(line, file=sys.stderr, flush=True)
        elif not self._line_open:
            print(f"\r\x1b[K{line}…", end="", file=sys.stderr, flush=True)
        self._stage = line

    def notice(self, text: str) -> None:
        """Show a notice about the answer, also where standard error is no terminal.

        "No speech found" and "already in English" are results: without them a script takes an
        empty or unchanged text for a good one.
        """
        self._clear_stage()
        print(f"{self._break()}mmdesk: {printable(text)}", file=sys.stderr, flush=True)

    def error(self, problem: MMDeskError) -> None:
        """Show an error in one sentence, and what can be done on a second line."""
        self._clear_stage()
        hint = f"\n{_one_line(problem.hint)}" if problem.hint else ""
        text = f"{self._break()}mmdesk: {_one_line(problem.user_message)}{hint}"
        print(text, file=sys.stderr, flush=True)

    def _break(self) -> str:
        """Return a newline if half an answer is on the same terminal line."""
        return "\n" if self._line_open and sys.stdout.isatty() else ""

    def _clear_stage(self) -> None:
        if self._stage and self._terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        self._stage = ""


def _description_data(description: ImageDescription) -> dict[str, Any]:
    labels = [label.to_dict() for label in description.labels]
    return asdict(description) | {"labels": labels}


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))
