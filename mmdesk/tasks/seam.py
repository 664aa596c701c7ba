"""Seam between an answer that was cut off and its continuation: nothing is said twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mmdesk.text import SPACELESS
from mmdesk.values import Event, TextChunk

_TAIL = 300  # characters of the answer in which the beginning of the continuation is looked for
_WORD = re.compile(r"[^\W\d_]+")
_SPACELESS = re.compile(f"[{SPACELESS}]")
_WORDS, _CHARACTERS = 3, 8  # that are said again on purpose by nobody; less is left alone


def continuation(events: Iterator[Event], before: str, prefill: str) -> Iterator[Event]:
    """Yield the events of an answer without what was said already.

    Args:
        events: of the language model, which may begin with `prefill` itself.
        before: the answer as far as it is known, as it is shown.
        prefill: what the model was made to begin with.
    """
    pending: str | None = ""  # text that may still be known; None once something new was said
    for event in events:
        if pending is None or not isinstance(event, TextChunk):
            yield event
            continue
        pending += event.text
        if _may_be_known(pending, before, prefill):
            continue
        new, pending = _without_known(pending, before, prefill), None
        if new:
            yield TextChunk(new)
    if pending:
        new = _without_known(pending, before, prefill)
        if new:
            yield TextChunk(new)


def _may_be_known(text: str, before: str, prefill: str) -> bool:
    """Return whether more text is needed to say where the new text begins."""
    if prefill.startswith(text):
        return True
    return text.removeprefix(prefill).strip() in before[-_TAIL:]


def _without_known(text: str, before: str, prefill: str) -> str:
    text = text.removeprefix(prefill)
    bare, tail = text.lstrip(), before[-_TAIL:].rstrip()
    for length in range(min(len(bare), len(tail)), 0, -1):
        known = bare[:length]
        if tail.endswith(known) and _is_repetition(known):
            text = bare[length:]
            break
    return text.lstrip(" ") if before[-1:].isspace() else text


def _is_repetition(text: str) -> bool:
    """Return whether a text is too long to be the same as the one before it by chance."""
    return len(_WORD.findall(text)) >= _WORDS or len(_SPACELESS.findall(text)) >= _CHARACTERS
