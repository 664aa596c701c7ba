"""Evaluation of a language model on everyday prompts whose answers a program can check.

The list is `tests/everyday/prompts.jsonl`: one prompt a line, with its kind and its checks. Prompts
of odd number are the half that system prompts, examples and sampling are tuned on; those of even
number judge. Patterns are regular expressions and ignore case.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmdesk.errors import InputError
from mmdesk.text import detect
from mmdesk.training.eval.report import Half

_SENTENCE_END = re.compile(r"[.!?](?=\s|[\"'”’)]|$)|[。！？]")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+\S", re.MULTILINE)
_SHORT = re.compile(r"\b(?:e\.g|i\.e|Mr|Mrs|Dr|St|a\.m|p\.m)\.", re.IGNORECASE)
_FENCE = re.compile(r"^\s*```\w*\s*|\s*```\s*$")
_LETTER = re.compile(r"[^\W\d_]")
REPEATED_CHARACTERS = 24  # a shorter line or sentence may well stand twice


@dataclass(frozen=True, slots=True)
class EverydayPrompt:
    """Prompt with the checks of its answer.

    Attributes:
        id: the kind and a number, "facts-07".
        kind: of the prompt.
        text: what the model is asked.
        checks: name of each check -> its value; see CHECKS.
    """

    id: str
    kind: str
    text: str
    checks: dict[str, Any]

    @property
    def half(self) -> Half:
        """The half of the list that it belongs to."""
        return "tune" if int(self.id.rpartition("-")[2]) % 2 else "judged"


@dataclass(frozen=True, slots=True)
class EverydayAnswer:
    """Answer to a prompt, with the names of the checks that it fails."""

    prompt: EverydayPrompt
    text: str
    failed: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Return True where the answer passes every check."""
        return not self.failed


def read_prompts(path: Path, half: Half = "all") -> list[EverydayPrompt]:
    """Read a half of a list of prompts, or all of it.

    Raises:
        InputError: the file cannot be read, or a line of it is no prompt with known checks.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(
            "{path} cannot be read: {reason}.", path=path, reason=error.strerror or error
        ) from None
    prompts = [_prompt(line, path, at) for at, line in enumerate(lines, 1) if line.strip()]
    return [prompt for prompt in prompts if half in ("all", prompt.half)]


def _prompt(line: str, path: Path, at: int) -> EverydayPrompt:
    try:
        entry = json.loads(line)
        prompt = EverydayPrompt(entry.pop("id"), entry.pop("kind"), entry.pop("prompt"), entry)
        known = bool(entry) and entry.keys() <= CHECKS.keys() and prompt.half is not None
    except (ValueError, KeyError, AttributeError):
        known = False
    if not known:
        raise InputError(
            "Line {line} of {path} is no prompt with known checks.", line=at, path=path
        )
    return prompt


def judge_answer(prompt: EverydayPrompt, text: str) -> EverydayAnswer:
    """Check an answer."""
    answer = text.strip()
    failed = [name for name, value in prompt.checks.items() if not CHECKS[name](answer, value)]
    return EverydayAnswer(prompt, answer, tuple(failed if answer else ("empty", *failed)))


def evaluate(
    prompts: Sequence[EverydayPrompt],
    answer: Callable[[EverydayPrompt], str],
    on_progress: Callable[[int, int], None] = lambda done, of: None,
) -> list[EverydayAnswer]:
    """Let a model answer every prompt, and check the answers."""
    answers: list[EverydayAnswer] = []
    for index, prompt in enumerate(prompts):
        on_progress(index, len(prompts))
        answers.append(judge_answer(prompt, answer(prompt)))
    return answers


def shares(answers: Iterable[EverydayAnswer]) -> dict[str, dict[str, Any]]:
    """Return the right answers, all answers and their share by kind, and of all kinds together."""
    counts: dict[str, list[int]] = {}
    for answer in answers:
        for kind in (answer.prompt.kind, "all"):
            count = counts.setdefault(kind, [0, 0])
            count[0] += answer.is_right
            count[1] += 1
    total = counts.pop("all", [0, 0])
    return {
        kind: {"right": right, "of": of, "share": round(right / of, 4) if of else 0.0}
        for kind, (right, of) in (*counts.items(), ("all", total))
    }


# --- checks -----------------------------------------------------------------------------------


def _found(text: str, pattern: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None


def word_count(text: str) -> int:
    """Return the number of words; in Chinese, of characters."""
    return len(_WORD.findall(text))


def sentence_count(text: str) -> int:
    """Return the number of sentences; an ending without a full stop counts as one."""
    plain = _SHORT.sub("", text.strip())
    ends = list(_SENTENCE_END.finditer(plain))
    rest = plain[ends[-1].end() :] if ends else plain
    return len(ends) + bool(_LETTER.search(rest))


def line_count(text: str) -> int:
    """Return the number of lines that have text."""
    return sum(1 for line in text.splitlines() if line.strip())


def is_unrepeated(text: str) -> bool:
    """Return whether no line or sentence stands there twice, apart from numbers in it."""
    spans = [
        re.sub(r"[\W\d_]+", " ", span).strip().lower()
        for span in re.split(r"\n|(?<=[.!?])\s|(?<=[。！？])", text)
    ]
    long = [span for span in spans if len(span) >= REPEATED_CHARACTERS]
    return len(long) == len(set(long))


def is_in_language(text: str, code: str) -> bool:
    """Return whether a text is written in a language, by its ISO 639-1 code."""
    return detect(text).code == code


def holds_json(text: str, value: Any) -> bool:
    """Return whether a text is JSON of this value alone; a code fence may surround it."""
    try:
        return bool(json.loads(_FENCE.sub("", text)) == value)
    except ValueError:
        return False


CHECKS: dict[str, Callable[[str, Any], bool]] = {
    "all": lambda text, patterns: all(_found(text, pattern) for pattern in patterns),
    "any": lambda text, patterns: any(_found(text, pattern) for pattern in patterns),
    "none": lambda text, patterns: not any(_found(text, pattern) for pattern in patterns),
    "json": holds_json,
    "language": is_in_language,
    "unrepeated": lambda text, wanted: is_unrepeated(text) == wanted,
    "items": lambda text, count: len([i for i in re.split(r"[,;\n]", text) if i.strip()]) == count,
    "bullets": lambda text, count: len(_BULLET.findall(text)) == count,
    "lines": lambda text, count: line_count(text) == count,
    "sentences": lambda text, count: sentence_count(text) == count,
    "max_words": lambda text, count: word_count(text) <= count,
    "min_words": lambda text, count: word_count(text) >= count,
}
