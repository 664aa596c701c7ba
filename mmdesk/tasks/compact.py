"""Summary of the first part of a conversation, for a prompt that has no room for it any more.

A small model that is asked for a summary of many messages mixes up who said what, and invents. So
the summary has a line for each exchange: what the user stated, in the user's own words, and what
was answered, in a few words of the model's.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator

from mmdesk.engine import Engine
from mmdesk.tasks.task_run import TaskRun
from mmdesk.text import CHINESE, detect, ends_sentence, estimate_tokens, sentences
from mmdesk.values import CancelFlag, Event, Preparing, Sampling, TextChunk, Turn

NOTE_SAMPLING = Sampling(max_tokens=40, repetition_penalty=1.05)
MOST_TOKENS = 900  # of a summary, roughly
_SAID, _ANSWER, _QUESTION = 240, 700, 300  # characters that are read of each
_LEAST, _LONGEST = 8, 200  # characters of a note
_SYSTEM = "You take notes. Say in at most fifteen words what the assistant answered."
_EXCHANGE = "User: {question}\nAssistant: {answer}\n\nNote:"
_EXAMPLES = {
    "en": (
        ("My tomatoes get yellow leaves, what can I do?",
         "Yellow leaves often mean too much water. Water them only when the soil is dry, and "
         "remove the leaves that are yellow already.",
         "Water only when the soil is dry, and remove the yellow leaves."),
        ("Which is faster, the bus or the tram?",
         "The tram takes 12 minutes, the bus about 20 in the morning because of the traffic.",
         "The tram is faster: 12 minutes, the bus needs about 20."),
    ),
    "zh": (
        ("我的西红柿叶子发黄怎么办？",
         "叶子发黄往往是因为浇水太多。土干了再浇水，并摘掉已经发黄的叶子。",
         "土干了再浇水，并摘掉黄叶。"),
        ("公交车和有轨电车哪个快？", "有轨电车要12分钟，早上公交车因为堵车大约要20分钟。",
         "有轨电车更快：12分钟，公交车约20分钟。"),
    ),
}  # fmt: skip
_ASKS = re.compile(r"[?？]\s*$")
_LABEL = re.compile(r"^(?:note|笔记)\s*[:：]\s*", re.IGNORECASE)
_MARKDOWN = re.compile(r"[*_`#]{1,3}")
_LIST = re.compile(r"[:：]?\s+(?:1\.|-)\s")  # of which a note has the introduction alone
_REFUSAL = re.compile(r"(?:i['’]?m |i am )?sorry|as an ai|i can(?:no|['’])t|抱歉|对不起", re.I)


def compact(
    engine: Engine,
    turns: tuple[Turn, ...],
    cancel: CancelFlag,
    model: str | None = None,
    previous: str = "",
) -> Iterator[Event]:
    """Yield a summary of a conversation as one TextChunk.

    Args:
        engine: answers the requests, one for each exchange.
        turns: the part of the conversation that is summarised.
        cancel: stops the work.
        model: id of the language model, None for the default.
        previous: summary of what came before `turns`; the new one goes on from it.
    """
    run = TaskRun(engine, cancel, model)
    return run.stream(_compact(run, turns, previous))


def _compact(run: TaskRun, turns: tuple[Turn, ...], previous: str) -> Generator[Event, None, None]:
    lines = [line for line in previous.splitlines() if line.strip()]
    exchanges = _exchanges(turns)
    for number, (question, answer) in enumerate(exchanges):
        yield Preparing("reading", number / len(exchanges))
        note = yield from _note(run, question, answer)
        lines.append(_line(question, note))
    summary = "\n".join(fitting_lines(lines))
    if summary:
        yield TextChunk(summary)


def _exchanges(turns: tuple[Turn, ...]) -> list[tuple[Turn, str]]:
    """Return the questions with the texts of their answers."""
    found: list[tuple[Turn, str]] = []
    for turn in turns:
        if turn.role == "user":
            found.append((turn, ""))
        elif found:
            found[-1] = (found[-1][0], f"{found[-1][1]}\n{turn.text}".strip())
    return found


def _note(run: TaskRun, question: Turn, answer: str) -> Generator[Event, None, str]:
    """Return in a few words what was answered; the answer's own first words where need be."""
    if not answer:
        return ""
    examples = _EXAMPLES["zh" if detect(answer) == CHINESE else "en"]
    asked = (*((one, other) for one, other, _ in examples), (question.text, answer))
    texts = [
        _EXCHANGE.format(question=_flat(one, _QUESTION), answer=_flat(other, _ANSWER))
        for one, other in asked
    ]
    prompt = [Turn("system", _SYSTEM)]
    for text, (_, _, note) in zip(texts, examples, strict=False):
        prompt += [Turn("user", text), Turn("assistant", note)]
    prompt.append(Turn("user", texts[-1]))
    said = yield from run.generate_text(tuple(prompt), NOTE_SAMPLING, enough=_has_line)
    return good_note(said) or _flat(_MARKDOWN.sub("", answer), _LONGEST // 2)


def _has_line(text: str) -> bool:
    return "\n" in text.strip()


def good_note(text: str) -> str:
    """Return the model's note in one line of whole sentences; "" for what is none."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    note = _LABEL.sub("", _MARKDOWN.sub("", _LIST.split(first)[0]).strip("-• "))
    if not ends_sentence(note):  # cut off at the limit
        note = "".join(sentences(note)[:-1]).strip() or f"{note.rstrip(' ,;:')}…"
    return "" if len(note) < _LEAST or _REFUSAL.match(note) else _flat(note, _LONGEST)


def _line(question: Turn, note: str) -> str:
    """Return the line of an exchange: what the user stated, or else asked, and the note."""
    parts = [sentence.strip() for sentence in sentences(question.text)]
    stated = " ".join(part for part in parts if part and not _ASKS.search(part))
    said = _flat(stated or question.text, _SAID)
    names = [document.name for document in question.documents]
    names += [image.name for image in question.images]
    names += [audio.name for audio in question.audio]
    if names:
        said += f" [{', '.join(names)}]"
    return f"- User: {said} Assistant: {note}" if note else f"- User: {said}"


def fitting_lines(lines: list[str]) -> list[str]:
    """Return the lines of a summary of bounded length.

    The oldest lines lose what was answered first, and are left out last: what the user stated is
    what will be asked for.
    """
    kept = list(lines)
    for at, line in enumerate(kept):
        if estimate_tokens("\n".join(kept)) <= MOST_TOKENS:
            return kept
        kept[at] = line.partition(" Assistant: ")[0]
    while len(kept) > 1 and estimate_tokens("\n".join(kept)) > MOST_TOKENS:
        del kept[0]
    return kept


def _flat(text: str, most: int) -> str:
    """Return a text as one line of at most `most` characters, cut between words."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    cut = flat[:most]
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut).rstrip(" ,;:.") + "…"
