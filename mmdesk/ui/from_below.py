"""Sentences that come from below the window, in the language in force.

The engine, the tasks and the readers of files know no languages: they say English sentences with
values in them. Here a sentence is found again by its template (`sentences`), and its values are put
into the template's translation. A sentence that is in no list is shown as it came.
"""

from __future__ import annotations

import re
from functools import cache

from mmdesk.translatable import TranslatableText
from mmdesk.ui import i18n
from mmdesk.ui.i18n import TranslatedText, tr, translated

_PLACE = re.compile(r"\{(\d+)\}")


def below(sentence: str) -> TranslatedText:
    """A sentence from below as words that follow the language."""
    if isinstance(sentence, TranslatedText):
        return sentence
    if isinstance(sentence, TranslatableText):
        return translated(sentence)
    return TranslatedText(lambda: _translated(sentence))


def _translated(sentence: str) -> str:
    if i18n.language() == "en" or not sentence.strip():
        return sentence
    whole = _whole().get(sentence)
    if whole is not None:
        return whole
    return _filled(sentence, _patterns())


def _filled(sentence: str, patterns: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, template in patterns:
        found = pattern.fullmatch(sentence)
        if found is not None:
            return str(tr(template)).format(*map(_value, found.groups()))
    return sentence


def _value(value: str) -> str:
    """A value may be a phrase of its own ("3 pages are pictures"), but never a whole sentence: a
    file may be called anything.
    """
    phrases = tuple(entry for entry in _patterns() if not entry[1].endswith("."))
    return _whole().get(value) or _filled(value, phrases)


def _whole() -> dict[str, str]:
    """The sentences without values, translated."""
    return _whole_in(i18n.language())


@cache
def _whole_in(language: str) -> dict[str, str]:
    from mmdesk.ui.sentences import SENTENCES

    return {source: str(tr(source)) for source in SENTENCES if not _PLACE.search(source)}


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The templates with values, those that say most first."""
    from mmdesk.ui.sentences import SENTENCES

    templates = [source for source in SENTENCES if _PLACE.search(source)]
    templates.sort(key=lambda source: len(_PLACE.sub("", source)), reverse=True)
    return tuple((pattern_of(template), template) for template in templates)


def pattern_of(template: str) -> re.Pattern[str]:
    """What matches every sentence that was made from a template."""
    parts, seen = [], set[str]()
    for at, part in enumerate(_PLACE.split(template)):
        if at % 2 == 0:
            parts.append(re.escape(part))
        elif part in seen:
            parts.append(f"(?P=v{part})")
        else:
            seen.add(part)
            parts.append(f"(?P<v{part}>.+?)")
    return re.compile("".join(parts), re.DOTALL)
