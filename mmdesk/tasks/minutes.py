"""Minutes of a recording: decisions, tasks and open questions.

Nothing is invented: every item is a sentence that was said, with its time. Which sentences are
items is found in two steps. Ways of speaking in which people decide, take over a task or leave
something open give the candidates; the model is then asked about each of them, and its preference
for "Yes" over "No" counts. Where nothing is found, the minutes say so.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from mmdesk.engine import Engine
from mmdesk.errors import InputError
from mmdesk.tasks.grounding import repeats
from mmdesk.tasks.minutes_prompts import (
    KINDS,
    ItemKind,
    check_item,
    has_cue,
    headings_in,
    says_open,
)
from mmdesk.tasks.task_run import TaskRun
from mmdesk.tasks.translate import translate_sentences
from mmdesk.text import Language, detect, find_language, join, length, sentences
from mmdesk.values import CancelFlag, DocumentInput, Event, Preparing, TextChunk, clock

_STAMP = re.compile(r"^\s*\[((?:\d+:)?\d{1,2}:\d{2})\]\s*")
_CUE = re.compile(r"(?m)^(?:(\d+):)?(\d{1,2}):(\d{2})[.,]\d{3} +-->.*$")
_BEFORE, _AFTER = 2, 2  # sentences around a candidate that the model reads with it
_MIN_LENGTH = 4  # words of an item
# Least preference for "Yes", calibrated on three meetings: there decisions had 1.6 and more, tasks
# 0.6, open questions 1.2, and what only sounds like one mostly less. A model that is not listed is
# not asked: the 0.5B model prefers "No" for all, by as much for the one as for the other.
_MARGINS: dict[str, dict[ItemKind, float]] = {
    "qwen2.5-coder-1.5b": {"decision": 1.2, "task": 0.5, "question": 1.15},
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """Sentence that was said; `time` as "1:05", "" where it is not known."""

    text: str
    time: str = ""


def minutes(
    engine: Engine,
    document: DocumentInput,
    cancel: CancelFlag,
    language: str | None = None,
    model: str | None = None,
) -> Iterator[Event]:
    """Write minutes as Markdown.

    Args:
        engine: answers the requests.
        document: a transcript, whose lines may begin with a time as in "[1:05]", or subtitles.
        cancel: stops the task.
        language: of the minutes, a code or a name; None for the transcript's own.
        model: id of the language model, None for the default.

    Raises:
        InputError: there is no text, or the language is not known.
    """
    spoken = spoken_sentences(document.text)
    if not spoken:
        raise InputError("{name} has no text to summarise.", name=document.name)
    text = join([one.text for one in spoken])
    source = detect(text)
    target = find_language(language) if language else source
    run = TaskRun(engine, cancel, model)
    return run.stream(_steps(run, spoken, text, source, target))


def spoken_sentences(text: str) -> list[Spoken]:
    """Return the sentences of a transcript with the times of their lines.

    A sentence that goes on in the next line has the time of its beginning.
    """
    lines = _subtitle_lines(text) if _CUE.search(text) else _timed_lines(text)
    whole, starts = "", []
    for time, said in lines:
        joined = join([whole, said]) if whole else said
        starts.append((len(joined) - len(said), time))
        whole = joined
    found, at = [], 0
    for sentence in sentences(whole):
        bare = sentence.strip()
        at = max(at, whole.find(bare, at))
        time = next((time for start, time in reversed(starts) if start <= at), "")
        if bare:
            found.append(Spoken(bare, time))
        at += len(bare)
    return found


def _timed_lines(text: str) -> list[tuple[str, str]]:
    """Return (time, text) of lines that may begin with a time."""
    lines: list[tuple[str, str]] = []
    for line in text.split("\n"):
        stamp = _STAMP.match(line)
        said = line[stamp.end() :].strip() if stamp else line.strip()
        if said:
            lines.append((stamp[1] if stamp else "", said))
    return lines


def _subtitle_lines(text: str) -> list[tuple[str, str]]:
    """Return (time, text) of the cues of SRT or WebVTT subtitles."""
    lines: list[tuple[str, str]] = []
    _head, *cues = _CUE.split(text)
    for hours, minute, second, body in zip(*(iter(cues),) * 4, strict=True):
        time = clock(int(hours or 0) * 3600 + int(minute) * 60 + int(second))
        # The number of the next cue, or its name, stands after an empty line.
        said = " ".join(body.strip("\n").split("\n\n", 1)[0].split())
        if said:
            lines.append((time, said))
    return lines


def _steps(
    run: TaskRun, spoken: list[Spoken], text: str, source: Language, target: Language
) -> Iterator[Event]:
    headings = headings_in(target)
    yield from run.count_tokens((text[:200],))  # tells which model answers
    found = yield from find_items(run, spoken, source)
    for kind, items in found.items():
        gap = "" if kind == KINDS[0] else "\n\n"
        yield TextChunk(f"{gap}## {headings.titles[kind]}\n\n")
        if not items:
            yield TextChunk(headings.nothing[kind])
        for index, item in enumerate(items):
            said = yield from _in_language(run, item.text, source, target)
            time = f" ({item.time})" if item.time else ""
            begin = "\n- " if index else "- "
            yield TextChunk(f"{begin}{said}{time}")


def _in_language(
    run: TaskRun, sentence: str, source: Language, target: Language
) -> Generator[Event, None, str]:
    if target.base == source:
        return sentence
    translated: list[str] = []
    for item in translate_sentences(run, sentence, source, target.base):
        if isinstance(item, str):
            translated.append(item)
        else:
            yield item
    return join(translated)


def find_items(
    run: TaskRun, spoken: list[Spoken], language: Language
) -> Generator[Event, None, dict[ItemKind, list[Spoken]]]:
    """Return the sentences that are items, by their kind, each of one kind and in order.

    What is left open is often worded as a task, and so is what was decided: tasks come last.
    """
    margins = _MARGINS.get(run.stats().model)
    found: dict[ItemKind, list[Spoken]] = {kind: [] for kind in KINDS}
    taken: set[int] = set()
    kinds: tuple[ItemKind, ...] = ("decision", "question", "task")
    for step, kind in enumerate(kinds):
        candidates = [at for at in _candidates(spoken, kind, language) if at not in taken]
        for index, at in enumerate(candidates):
            done = (step + index / len(candidates)) / len(kinds)
            yield Preparing("looking for decisions and tasks", done)
            if margins is None:
                is_item = _is_certain(spoken, at, kind, language)
            else:
                is_item = (yield from item_margin(run, spoken, at, kind, language)) > margins[kind]
            if is_item and not repeats(spoken[at].text, [one.text for one in found[kind]], 0.8):
                taken.add(at)
                found[kind].append(spoken[at])
    return found


def _candidates(spoken: list[Spoken], kind: ItemKind, language: Language) -> list[int]:
    """Return the indices of the sentences that are worded as items of a kind often are."""
    return [
        at
        for at, one in enumerate(spoken)
        if length(one.text) >= _MIN_LENGTH and has_cue(kind, one.text, language)
    ]


def _is_certain(spoken: list[Spoken], at: int, kind: ItemKind, language: Language) -> bool:
    """Return whether a candidate is an item by its wording alone.

    A question is open where the sentence after it says so.
    """
    if kind != "question":
        return True
    after = spoken[at + 1].text if at + 1 < len(spoken) else ""
    return says_open(spoken[at].text, language) or says_open(after, language)


def item_margin(
    run: TaskRun, spoken: list[Spoken], at: int, kind: ItemKind, language: Language
) -> Generator[Event, None, float]:
    """Return by how much the model prefers "Yes" for a sentence: log-probabilities."""
    around = spoken[max(0, at - _BEFORE) : at + 1 + _AFTER]
    context = join([one.text for one in around])
    turns, yes, no = check_item(kind, spoken[at].text, context, language)
    liked = yield from run.score(turns, yes)
    denied = yield from run.score(turns, no)
    return liked.log_probability - denied.log_probability
