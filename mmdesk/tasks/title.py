"""Title of a conversation, in the language model's words, from its first exchange.

A small model copies the question, puts scaffolding around its words, or answers once more. What it
says is a title only where `good_title` finds nothing of that in it.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator

from mmdesk.engine import Engine
from mmdesk.tasks.task_run import TaskRun
from mmdesk.text import SPACELESS, detect, detect_surely
from mmdesk.values import CancelFlag, Event, Sampling, TextChunk, Turn

TITLE_SAMPLING = Sampling(max_tokens=24)
MAX_WORDS, MAX_CHARACTERS = 6, 48
MAX_SPACELESS = 14  # characters of a title in a script without spaces
_QUESTION_CHARACTERS, _ANSWER_CHARACTERS = 400, 300  # of the exchange that the model reads
_SYSTEM = (
    "You name conversations. The name has three to six words, says what the conversation is "
    "about, and is in {language}."
)
_EXCHANGE = "Question: {question}\nAnswer: {answer}\n\nName:"
# In the language of the question: examples in another one were taken up ("Kochzeit mit Eggs").
_EXAMPLES = {
    "en": (
        ("My tomatoes get yellow leaves, what can I do?",
         "Yellow leaves often mean too much water.", "Yellow leaves on tomatoes"),
        ("How do I open a CSV file in Python?",
         "Use the csv module or pandas.", "Reading CSV files in Python"),
        ("Write a birthday card for my aunt.",
         "Dear aunt, happy birthday!", "Birthday card for an aunt"),
    ),
    "zh": (
        ("我的西红柿叶子发黄怎么办？", "叶子发黄往往是因为浇水太多。", "西红柿叶子发黄"),
        ("怎么用Python读取一个CSV文件？", "可以使用csv模块或者pandas库。", "用Python读取CSV文件"),
        ("给我的阿姨写一张生日贺卡。", "亲爱的阿姨，生日快乐！", "给阿姨的生日贺卡"),
    ),
    "de": (
        ("Meine Tomaten bekommen gelbe Blätter, was kann ich tun?",
         "Gelbe Blätter bedeuten oft zu viel Wasser.", "Gelbe Blätter an Tomaten"),
        ("Schreib eine Geburtstagskarte für meine Tante.",
         "Liebe Tante, alles Gute!", "Geburtstagskarte für die Tante"),
    ),
    "fr": (
        ("Mes tomates ont des feuilles jaunes, que faire ?",
         "C'est souvent un excès d'eau.", "Feuilles jaunes sur les tomates"),
        ("Écris une carte d'anniversaire pour ma tante.",
         "Chère tante, joyeux anniversaire !", "Carte d'anniversaire pour une tante"),
    ),
    "es": (
        ("Mis tomates tienen hojas amarillas, ¿qué hago?",
         "Suele ser un exceso de agua.", "Hojas amarillas en los tomates"),
        ("Escribe una tarjeta de cumpleaños para mi tía.",
         "Querida tía, ¡feliz cumpleaños!", "Tarjeta de cumpleaños para una tía"),
    ),
}  # fmt: skip
_QUOTES = "\"'`“”‘’«»„「」『』*_#"
_LABEL = re.compile(
    r"^(?:name|title|topic|conversation|标题|名称|titel|titre|título)\s*[:：]\s*", re.I
)
_SCAFFOLDING = re.compile(
    r"\b(?:question|answer|assistant|user|conversation|name|title|sorry|here is|as an ai)\b"
    r"|[:：{}<>|\\]|https?|问题|回答|标题|对话",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(r"\w\.[A-Za-z]{2,4}\b")
_WORD = re.compile(r"[^\W_]+")
_SPACELESS = re.compile(f"[{SPACELESS}]")
_STEM = 4  # letters that words of one family have in common


def make_title(
    engine: Engine,
    question: str,
    answer: str,
    cancel: CancelFlag,
    model: str | None = None,
    names: tuple[str, ...] = (),
) -> Iterator[Event]:
    """Yield a title for an exchange as one TextChunk, or none without a good one, then Finished.

    Args:
        engine: answers the request.
        question: the first one of the conversation; "" where it is not in the user's words.
        answer: to it.
        cancel: stops the work.
        model: id of the language model, None for the default.
        names: of attached files, which are no titles.
    """
    run = TaskRun(engine, cancel, model)
    return run.stream(_make(run, question, answer, names))


def _make(
    run: TaskRun, question: str, answer: str, names: tuple[str, ...]
) -> Generator[Event, None, None]:
    prompt = title_prompt(question, answer)
    text = yield from run.generate_text(prompt, TITLE_SAMPLING)
    title = good_title(text, question, answer, names)
    if title:
        yield TextChunk(title)


def title_prompt(question: str, answer: str) -> tuple[Turn, ...]:
    """Return the prompt for a title, after examples in the same language if there are any."""
    language = detect(question or answer)
    turns = [Turn("system", _SYSTEM.format(language=language.name))]
    for asked, answered, title in _EXAMPLES.get(language.code, ()):
        turns.append(Turn("user", _EXCHANGE.format(question=asked, answer=answered)))
        turns.append(Turn("assistant", title))
    exchange = _EXCHANGE.format(
        question=_shortened(question, _QUESTION_CHARACTERS),
        answer=_shortened(answer, _ANSWER_CHARACTERS),
    )
    return (*turns, Turn("user", exchange))


def good_title(text: str, question: str, answer: str, names: tuple[str, ...] = ()) -> str:
    """Return what the model said as a title; "" where it is none.

    Args:
        text: what it said.
        question: the first one of the conversation.
        answer: to it.
        names: of attached files, which are no titles.
    """
    title = text.strip().splitlines()[0] if text.strip() else ""
    title = _LABEL.sub("", title.strip(_QUOTES + " ")).strip(_QUOTES + " .。!！?？,，;；-–—…")
    title = " ".join(title.split())
    words = [word.lower() for word in _WORD.findall(title)]
    wrong = (
        not words
        or _SCAFFOLDING.search(title) is not None
        or any(quote in title for quote in '"“”«»„「」')
        or _FILE_NAME.search(title) is not None
        or any(name.lower() in title.lower() for name in names if name)
        or not _has_fitting_length(title, words)
        or _repeats(title, words)
        or not _is_grounded(words, f"{question}\n{answer}")
        or not _is_in_language_of(title, question or answer)
    )
    return "" if wrong else title


def _shortened(text: str, most: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[:most] + "…"


def _has_fitting_length(title: str, words: list[str]) -> bool:
    spaceless = len(_SPACELESS.findall(title))
    if spaceless > len(title) / 3:
        return 2 <= spaceless <= MAX_SPACELESS and len(title) <= MAX_CHARACTERS
    return 2 <= len(words) <= MAX_WORDS and len(title) <= MAX_CHARACTERS


def _repeats(title: str, words: list[str]) -> bool:
    """Return whether a longer word, or a run of characters, stands twice in a title."""
    long = [word for word in words if len(word) >= _STEM]
    flat = "".join(_SPACELESS.findall(title))
    return len(set(long)) < len(long) or re.search(r"(.{2,})\1", flat) is not None


def _is_grounded(words: list[str], exchange: str) -> bool:
    """Return whether at least half of what a title is about stands in the exchange."""
    known = exchange.lower()
    characters = [character for word in words for character in _SPACELESS.findall(word)]
    long = [word[: max(_STEM, len(word) - 3)] for word in words if len(word) >= _STEM]
    parts = characters or long or words
    return sum(part in known for part in parts) * 2 >= len(parts)


def _is_in_language_of(title: str, text: str) -> bool:
    """Return whether a title is in the language of a text, as far as that can be seen."""
    if _is_spaceless(title) != _is_spaceless(text):
        return False
    languages = detect_surely(title), detect_surely(text)
    return None in languages or languages[0] == languages[1]


def _is_spaceless(text: str) -> bool:
    """Return whether a text is in a language that is written without spaces."""
    letters = sum(character.isalpha() for character in text) or 1
    return len(_SPACELESS.findall(text)) / letters > 0.25
