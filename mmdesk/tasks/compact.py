"""Summary of the first part of a conversation, for a prompt that has no room for it any more.

The request for it follows the very messages that it is about, after the prompt that they were
answered with: the KV cache has them, and only the request is prefilled.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import replace

from mmdesk.engine import Engine
from mmdesk.tasks.answer import with_system
from mmdesk.tasks.task_run import TaskRun
from mmdesk.text import CHINESE, detect
from mmdesk.values import CancelFlag, Event, Sampling, TextChunk, Turn

SUMMARY_SAMPLING = Sampling(max_tokens=400, repetition_penalty=1.05)
_LEAST = 30  # characters, below which it is no summary
_REQUEST = (
    "Before we go on, write notes about our conversation so far, so that you can go on without "
    "reading it again. First list every fact about me and my plans that I told you: names, "
    "numbers, dates, places, preferences, decisions. Then list in one line each what you "
    'explained. Write short lines, each beginning with "- ". Invent nothing.'
)
_REQUEST_CHINESE = (
    "在继续之前，请为我们到目前为止的对话写一份笔记，这样你不用再读一遍就能继续。"
    "先列出我告诉你的关于我和我的计划的所有事实：名字、数字、日期、地点、偏好、决定。"
    "然后用一行话分别列出你解释过的内容。每行要短，以“- ”开头。不要编造。"
)
_REFUSAL = re.compile(
    r"(?:i'?m |i am )?(?:sorry|unable)|i (?:can(?:no|')t|do not|don't)|as an ai|抱歉|对不起",
    re.IGNORECASE,
)


def compact(
    engine: Engine,
    turns: tuple[Turn, ...],
    cancel: CancelFlag,
    model: str | None = None,
    system_prompt: str = "",
    system_additions: str = "",
) -> Iterator[Event]:
    """Yield a summary of a conversation as one TextChunk, or none without a good one.

    Args:
        engine: answers the request.
        turns: the part of the conversation that is summarised.
        cancel: stops the work.
        model: id of the language model, None for the default.
        system_prompt: "" for mmdesk's own.
        system_additions: text that follows it, with the summary of what came before `turns`.
    """
    run = TaskRun(engine, cancel, model)
    return run.stream(_compact(run, turns, system_prompt, system_additions))


def _compact(
    run: TaskRun, turns: tuple[Turn, ...], system_prompt: str, additions: str
) -> Generator[Event, None, None]:
    said = " ".join(turn.text for turn in turns if turn.role == "user")
    request = _REQUEST_CHINESE if detect(said) == CHINESE else _REQUEST
    read = with_system(tuple(map(_without_documents, turns)), system_prompt, run.model, additions)
    text = yield from run.generate_text((*read, Turn("user", request)), SUMMARY_SAMPLING)
    summary = good_summary(text)
    if summary:
        yield TextChunk(summary)


def good_summary(text: str) -> str:
    """Return a summary without empty and repeated lines; "" for what is none."""
    lines: dict[str, None] = {}
    for line in text.strip().splitlines():
        if line.strip():
            lines[line.strip()] = None
    summary = "\n".join(lines)
    return "" if len(summary) < _LEAST or _REFUSAL.match(summary) else summary


def _without_documents(turn: Turn) -> Turn:
    """Return a turn with the names of its documents in the place of their texts."""
    if not turn.documents:
        return turn
    names = ", ".join(document.name for document in turn.documents)
    return replace(turn, text=f"[{names}]\n{turn.text}", documents=())
