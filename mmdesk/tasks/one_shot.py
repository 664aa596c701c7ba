"""One-shot examples: an answered request of the same kind, before the user's own."""

from __future__ import annotations

import re

from mmdesk.tasks import prompts
from mmdesk.values import Turn

_EXAMPLE_MAX_CHARACTERS = 8_000  # a quarter of the context window
# "Write a bedtime story", not "write a function that plays songs".
_CREATIVE_REQUESTS = {
    kind: re.compile(
        r"\b(?:write|compose|make up|tell)(?: me| us)?(?: [\w-]+){0,3} "
        rf"(?:{words})\b(?!.*\b(?:class|code|function|html|javascript|program|python|script|sql)\b)",
        re.IGNORECASE | re.DOTALL,
    )
    for kind, words in (
        ("text", "articles?|dialogues?|essays?|history"),
        ("story", "fables?|stor(?:y|ies)|tales?"),
        ("poem", "limericks?|poems?|rhymes?"),
        ("song", "lyrics|songs?"),
    )
} | {
    "plan": re.compile(
        r"^\W*(?:please )?(?:plan|suggest|make|give me)(?: me| us)?(?: [\w-]+){0,4} "
        r"(?:days?|weekends?|weeks?|trips?|itinerary|holidays?|vacations?|tours?)\b",
        re.IGNORECASE,
    )
}
_NUMBER = r"(?:exactly |only |just |at most |no more than |up to )*(?:\d+|two|three|four|five)"
_FORM_REQUESTS = {
    "word": re.compile(
        r"\b(?:(?:one|a single|1) word\b|(?:a|the|as a) number only|yes or no only"
        r"|(?:only|just) (?:yes or no|a number|the (?:word|name|number|date|city|answer)))"
        r"|\b(?:the|a) (?:word|name|number|date|city) only\b|\bonly the (?!json)\w+\W*$"
        r"|\bwrite only it\b",
        re.IGNORECASE,
    ),
    "word_zh": re.compile(r"只(?:写|寫|回答|用|说|說|给出)|[用写]一个[词字]"),
    "words": re.compile(
        r"\b(?:at most|no more than|up to|under|fewer than|less than|exactly) "
        r"(?:\d{1,2}|[a-z]+(?:-[a-z]+)?) words\b",
        re.IGNORECASE,
    ),
    "sentence": re.compile(
        r"\b(?:in|with|write) (?:exactly |only |just )*(?:one|a single|1) sentence\b", re.IGNORECASE
    ),
    "sentence_zh": re.compile(r"[用写寫][一1]句"),
    "sentences": re.compile(rf"\b(?:in|with|write) {_NUMBER} sentences?\b", re.IGNORECASE),
    "sentences_zh": re.compile(r"[用写寫][二两兩三四五\d]句"),
}


def one_shot_example(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Return a one-shot example: for creative requests, which the model refuses, and for forms.

    It is a request of the same kind with its answer, before a conversation without attachments.
    There is none before a conversation so long that its beginning may have to be left out later:
    the notice of that would count the example as the user's own messages.
    """
    if any(turn.documents or turn.images or turn.audio for turn in turns):
        return ()
    if sum(len(turn.text) for turn in turns) > _EXAMPLE_MAX_CHARACTERS:
        return ()
    requests = (turn.text for turn in turns if turn.role == "user")
    kinds = (
        kind
        for request in requests
        for kind, pattern in (*_CREATIVE_REQUESTS.items(), *_FORM_REQUESTS.items())
        if pattern.search(request)
    )
    kind = next(kinds, "")  # of the first one, so that the KV cache of later turns fits
    return prompts.CREATIVE_EXAMPLES.get(kind) or prompts.FORM_EXAMPLES.get(kind) or ()
