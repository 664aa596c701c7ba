"""Prompts, cues and headings of minutes, in English and Chinese.

A cue is a way of speaking in which people decide, take over a task, or leave something open. What
has none is asked for with a prompt, and found sentence by sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from mmdesk.text import CHINESE, Language
from mmdesk.values import Turn

ItemKind = Literal["decision", "task", "question"]
KINDS: tuple[ItemKind, ...] = ("decision", "task", "question")

_DECISION = re.compile(
    r"\b(?:(?:we|they|i|it|was|were|is|are|been|have|has|ve|'ve|'s|’ve|’s) (?:\w+ ){0,2}?"
    r"(?:decided|agreed|settled|approved|voted)|decision is|let['’]s (?:go with|use|take|do it|say"
    r"|keep|stick|make it|meet)"
    r"|(?:we|we['’]ll|we will|we are|we['’]re) (?:\w+ ){0,2}?(?:going|go) with"
    r"|(?:then|so|okay|good),? (?:we['’]ll|we will|it['’]s|that['’]s) (?:\w+ ){0,3}?"
    r"(?:decided|settled|agreed|go with|take|use|keep|move)"
    r"|that['’]s (?:decided|settled|agreed)|agreed[.!]?$|wir haben (?:\w+ ){0,6}?"
    r"(?:beschlossen|entschieden)|(?:beschlossen|abgemacht|einigen wir uns))",
    re.IGNORECASE,
)
_TASK = re.compile(
    r"\b(?:(?:i|you|he|she|we|they|[A-Z]\w+)(?:['’]ll| will| shall| am going to| is going to"
    r"| are going to|['’]s going to|['’]m going to)"
    r"|(?:i|you|we|they|someone|somebody|[A-Z]\w+) (?:\w+ )?(?:need|needs|have|has|ought) to"
    r"|(?:can|could|would|will) (?:you|somebody|someone) \w+|please \w+|action item|to[- ]do\b"
    r"|(?:take|takes|took) (?:care of|over)|(?:i|we) must"
    r"|i can (?:do|take|make|send|ask|write|call)"
    r"|(?:wird|werde|muss|soll|kümmer\w+)\b)",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:(?:still|yet) (?:\w+ ){0,3}?(?:open|unclear|undecided|unknown|to be"
    r"|need to find|have to find)|open question|(?:not|isn['’]t) (?:yet )?(?:clear|decided|known)"
    r"|(?:don['’]t|do not|doesn['’]t|didn['’]t) (?:yet )?know|find out|figure out|to be (?:decided"
    r"|clarified)|offen(?:e)? frage|noch (?:offen|unklar))\b",
    re.IGNORECASE,
)
_DECISION_ZH = re.compile(
    r"决定|同意|达成一致|就这么定|定下来|确定(?:了|下来|采用)|通过了|采用|说好了"
)
_TASK_ZH = re.compile(
    r"(?:我|你|他|她|我们|你们|[\u4e00-\u9fff]{2,3})(?:来|会|要|负责|得|需要)|负责|请[你您\u4e00-\u9fff]"
    r"|我.{0,4}去|之前(?:完成|提交|交|发)|待办|任务|麻烦"
)
_OPEN_ZH = re.compile(r"还(?:不|没)(?:清楚|知道|确定|定)|待定|未定|尚未|有待|不确定")

_ASKS = re.compile(r"[?？]\s*$")
# A question that gives somebody a task, unlike "Who is going to pay?".
_REQUEST = re.compile(
    r"\b(?:can|could|would|will) (?:you|somebody|someone)\b|请|麻烦", re.IGNORECASE
)
_CUES: dict[bool, dict[ItemKind, re.Pattern[str]]] = {
    False: {"decision": _DECISION, "task": _TASK, "question": _OPEN},
    True: {"decision": _DECISION_ZH, "task": _TASK_ZH, "question": _OPEN_ZH},
}


def has_cue(kind: ItemKind, sentence: str, language: Language) -> bool:
    """Return whether a sentence is worded as an item of this kind often is."""
    asks = _ASKS.search(sentence) is not None
    if kind == "question" and asks:
        return _REQUEST.search(sentence) is None
    if kind != "question" and asks and not (kind == "task" and _REQUEST.search(sentence)):
        return False
    return _CUES[language.base == CHINESE][kind].search(sentence) is not None


def says_open(sentence: str, language: Language) -> bool:
    """Return whether a sentence says that something is not known or not decided."""
    return (_OPEN_ZH if language.base == CHINESE else _OPEN).search(sentence) is not None


# --- checks ---------------------------------------------------------------------------------------

_CHECKER = "You read minutes of meetings and answer with Yes or No."
_CHECKS: dict[ItemKind, str] = {
    "decision": "In a meeting somebody says:\n{context}\n\nDoes the sentence “{sentence}” say "
    "what the meeting has decided? Answer Yes or No.",
    "task": "In a meeting somebody says:\n{context}\n\nDoes the sentence “{sentence}” say that "
    "a person will do a piece of work after the meeting? Answer Yes or No.",
    "question": "In a meeting somebody says:\n{context}\n\nDoes the sentence “{sentence}” name "
    "something that nobody in the meeting knows or answers? Answer Yes or No.",
}
_CHECKER_ZH = "你阅读会议记录，只回答“是”或“否”。"
_CHECKS_ZH: dict[ItemKind, str] = {
    "decision": "会议上有人说：\n{context}\n\n“{sentence}”这句话说的是会议已经作出的决定吗？"
    "请回答“是”或“否”。",
    "task": "会议上有人说：\n{context}\n\n“{sentence}”这句话说的是某人会后要做的工作吗？"
    "请回答“是”或“否”。",
    "question": "会议上有人说：\n{context}\n\n“{sentence}”这句话说的是会上没有人能回答的问题吗？"
    "请回答“是”或“否”。",
}


def check_item(
    kind: ItemKind, sentence: str, context: str, language: Language
) -> tuple[tuple[Turn, ...], str, str]:
    """Return the prompt that asks whether a sentence is an item, and the two answers."""
    chinese = language.base == CHINESE
    form = (_CHECKS_ZH if chinese else _CHECKS)[kind]
    system = Turn("system", _CHECKER_ZH if chinese else _CHECKER)
    asked = Turn("user", form.format(context=context, sentence=sentence))
    yes, no = ("是", "否") if chinese else ("Yes", "No")
    return (system, asked), yes, no


# --- headings -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Headings:
    """Headings of minutes, and the sentences for what was not named."""

    titles: dict[ItemKind, str]
    nothing: dict[ItemKind, str]


_ENGLISH = Headings(
    {"decision": "Decisions", "task": "Tasks", "question": "Open questions"},
    {
        "decision": "No decisions were named.",
        "task": "No tasks were named.",
        "question": "No open questions were named.",
    },
)
_HEADINGS = {
    "en": _ENGLISH,
    "zh": Headings(
        {"decision": "决定", "task": "任务", "question": "未决问题"},
        {
            "decision": "没有提到决定。",
            "task": "没有提到任务。",
            "question": "没有提到未决问题。",
        },
    ),
    "de": Headings(
        {"decision": "Beschlüsse", "task": "Aufgaben", "question": "Offene Fragen"},
        {
            "decision": "Es wurden keine Beschlüsse genannt.",
            "task": "Es wurden keine Aufgaben genannt.",
            "question": "Es wurden keine offenen Fragen genannt.",
        },
    ),
}


def headings_in(language: Language) -> Headings:
    """Return the headings in a language, in English where there are none."""
    return _HEADINGS.get(language.code, _ENGLISH)
