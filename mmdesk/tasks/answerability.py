"""Check whether documents answer a question at all, before an answer is written.

Asked what a document does not say, a small model invents it. Asked "Does the document contain the
answer? Yes or No", it nearly always prefers "Yes", but how much it prefers it tells the two kinds
of questions apart: what counts is the log-probability of "Yes" less that of "No", against a bound
that was calibrated for each model (`mmdesk eval documents --half tune --margins`). The document is
in the KV cache for the answer, so the check costs about forty tokens of prefill.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, replace

from mmdesk.engine import Engine
from mmdesk.tasks import prompts
from mmdesk.tasks.answer_check import MAX_QUESTION_CHARACTERS
from mmdesk.tasks.task_run import TaskRun
from mmdesk.text import CHINESE, detect
from mmdesk.values import CancelFlag, Event, Turn

# Questions for one thing that a text says or does not say. Those for yes or no are left out: "Does
# the document contain the answer?" is answered with the answer to the question itself.
_FACTUAL = re.compile(
    r"^\W*(?:(?:and|so|please tell me|tell me)\s+)?(?:(?:at|by|for|from|in|on|of|to|until"
    r"|with)\s+)?"
    r"(?:who(?:m|se)?|when|where|why|which|what(?:'s|’s)?"
    r"|how\s+(?:many|much|long|old|far|high|tall|large|big|wide|deep|heavy|hot|often|late"
    r"|soon|is\s+\w+\s+spelled)"
    r"|wer|wen|wem|wessen|wann|warum|wo|woher|wohin|welche[rsmn]?|wie\s+(?:viele?|lange|alt|hoch"
    r"|groß|weit|oft|heißt|heißen|lautet|teuer)"
    r"|was\s+(?:kostet|kosten|ist|sind|war|muss)|(?:in|an|auf|von|mit|zu|bei|bis)\s+"
    r"(?:welche[rsmn]?|wann)"
    r"|qui|quand|pourquoi|où|combien|quel(?:le)?s?|[àd]e?\s+(?:qui|quel(?:le)?s?)"
    r"|quién(?:es)?|cuándo|dónde|cuánt[oa]s?|cuál(?:es)?|qué"
    r"|chi|quando|dove|quant[oaie]|qual[ei]?|quem|onde|quantos?|quais"
    r"|waar|wanneer|hoeveel|welke?|kto|kiedy|gdzie|ile|jaki(?:e|ej|m)?|jaka|który|która|które"
    r"|кто|когда|где|сколько|како[йе]|какая|какие)\b"
    r"|谁|誰|为什么|怎么办|怎么解决|哪|几|幾|多少|何时|何時|什么|什麼|いつ|どこ|だれ|いくつ|いくら|何|언제|어디|누구|누가|얼마|몇|무엇",
    re.IGNORECASE,
)
# Questions for an opinion, an explanation, an interpretation or a count: not to be looked up.
_OPEN = re.compile(
    r"\b(?:you|your|think|opinion|feel|improve|better|best|recommend\w*|advice|advise|suggest\w*"
    r"|mean|means|meaning|explain|summar\w+|gist|translat\w+|write|draft|repl(?:y|ies)|respond"
    r"|rewrite|mistakes?|errors?|tone|style|sounds?|purpose|topic|subject|language|average"
    r"|altogether|in\s+total|differ\w*|compar\w+|similar|conclu\w+"
    r"|(?:should|could|would|might|can|shall)\s+(?:i|we|one|it|this)"
    r"|(?:main|key)\s+(?:points?|ideas?|messages?|takeaways?|arguments?|findings?|results?)"
    r"|soll(?:te)?\s+(?:ich|man)|könnte|würde\w*|meinst|findest|bedeute\w*|zusammen\w*|schreib\w*"
    r"|devr\w+|pourrai\w*|penses?|signifie|résum\w*|debería|podría|significa|resum\w*|dovre\w*"
    r"|potre\w*|deveria)\b"
    r"|\bhow\s+many\s+(?:words|letters|sentences|paragraphs|pages|characters|lines|items|times)\b"
    r"|^\W*what\s+(?:does|do|did)\s+(?:it|(?:the|this|that|my|these)\s+\w+)\s+(?:say|contain)\W*$"
    r"|\babout\W*$|怎么看|应该|應該|建议|意思|总结|總結|概括|翻译|翻譯|主要|你|多少字",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of the margin by which a model prefers "Yes".

    Attributes:
        refuse: below it, the documents do not say it, unless a sentence with a number has all words
            of a question for a number, and the margin is not more than `WORDS_COUNT_FOR` lower.
        sure: from here on, the answer needs no second look.
    """

    refuse: float
    sure: float


# Calibrated on the tuning half of tests/quality/documents. A model that is not listed is not asked:
# the 0.5B model denies what is there (of 31 questions about long documents, all of which can be
# answered, it got 9 right with a bound of 0, and 26 without the check).
_BOUNDS = {
    ("qwen2.5-coder-1.5b", False): Bounds(2.0, 3.0),
    ("qwen2.5-coder-1.5b", True): Bounds(1.9, 3.0),
}
WORDS_COUNT_FOR = 0.5


def asks_for_fact(question: str) -> bool:
    """Return whether a question asks for one thing that a text says or does not say."""
    if len(question) > MAX_QUESTION_CHARACTERS or "\n" in question.strip():
        return False
    return _FACTUAL.search(question) is not None and _OPEN.search(question) is None


def answer_margin(
    run: TaskRun, turns: tuple[Turn, ...], question: str
) -> Generator[Event, None, float]:
    """Return by how much the model prefers "Yes" to "No": a difference of log-probabilities.

    Args:
        run: of the task.
        turns: the conversation with its documents.
        question: of its last turn.
    """
    check, yes, no = prompts.contains_answer(question)
    asked = (*turns[:-1], replace(turns[-1], text=check))
    liked = yield from run.score(asked, yes)
    denied = yield from run.score(asked, no)
    return liked.log_probability - denied.log_probability


def measure_margin(
    engine: Engine, turn: Turn, cancel: CancelFlag, model: str | None = None
) -> float:
    """Return the margin of a question with its document, for calibration.

    Args:
        engine: answers the requests.
        turn: the question with its document.
        cancel: stops the work.
        model: id of the language model, None for the default.
    """
    steps = answer_margin(
        TaskRun(engine, cancel, model), (Turn("system", prompts.ASSISTANT), turn), turn.text
    )
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return float(done.value)


def bounds_for(model: str, question: str) -> Bounds | None:
    """Return the bounds for a model's id and the question's language; None without any."""
    return _BOUNDS.get((model, detect(question) == CHINESE))


_REFUSALS = {
    "en": "The text does not say.",
    "zh": "文中没有提到。",
    "de": "Das steht nicht im Text.",
    "fr": "Le texte ne le dit pas.",
    "es": "El texto no lo dice.",
    "it": "Il testo non lo dice.",
    "pt": "O texto não diz isso.",
    "nl": "Dat staat niet in de tekst.",
    "pl": "Tekst tego nie podaje.",
    "ru": "В тексте об этом не говорится.",
    "ja": "本文には書かれていません。",
    "ko": "본문에 나와 있지 않습니다.",
}
_PARTIAL_REFUSALS = {
    "en": "The part of the text that was read does not say.",
    "zh": "读到的部分没有提到。",
    "de": "In dem Teil, der gelesen wurde, steht das nicht.",
    "fr": "La partie du texte qui a été lue ne le dit pas.",
}


def refusal(question: str, partly_read: bool) -> str:
    """Return the sentence that the documents do not say it, in the question's language.

    Args:
        question: the user's.
        partly_read: something of the documents was not read, or only passages of them were.
    """
    code = detect(question).code
    if partly_read and code in _PARTIAL_REFUSALS:
        return _PARTIAL_REFUSALS[code]
    return _REFUSALS.get(code, _REFUSALS["en"])
