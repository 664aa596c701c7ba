"""Remembered facts: the wish that something be remembered, the list, and what fits into a prompt.

The list is a text of the settings, one fact a line, the newest last. Nothing gets into it that the
user did not ask for.
"""

from __future__ import annotations

import re

from mmdesk.text.token_estimate import estimate_tokens

MOST_FACTS = 30  # in a prompt
MOST_TOKENS = 400  # of them together, roughly
LONGEST = 300  # characters of a fact
_KEPT = 500  # facts in the list; the oldest go first

# "Remember that I live in Graz", not "Do you remember that day?" nor "Remember to breathe".
_MINE = r"(?=(?:i|i['’]m|my|we|our)\b)"
_ENGLISH = re.compile(
    r"(?:(?:please|hey|hi|ok(?:ay)?|and|also)[ ,]+)*"
    r"(?P<polite>(?:can|could|would|will) you (?:please )?)?"
    r"(?:(?:remember|memori[sz]e)(?: for me|,? please)?"
    rf"(?:(?: that\b|:|,| -)\s*|\s+{_MINE})"
    rf"|(?:do not|don['’]t|never) forget(?: that)?\s+{_MINE})"
    r"(?P<fact>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_CHINESE = re.compile(
    r"(?:请|請|麻烦|麻煩|另外|还有|還有)?(?:你)?(?:帮我|幫我|替我)?(?:一定要|要)?"
    r"(?:(?:记住|記住|记下|記下|记一下|記一下)(?:一下)?"
    r"|(?:记得|記得|别忘了|別忘了|不要忘记|不要忘記)(?=[\s，,：:]*(?:我|咱)))"
    r"[\s，,：:]*(?P<fact>\S.*)",
    re.DOTALL,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)|(?<=[。！？])|\n")
_FURTHER_WISH = re.compile(  # "… that I live in Spain and suggest a dish"
    r"[,;:]?\s(?:and|then|so|but)\s+(?:please |now |then |also )*"
    r"(?:answer|ask|compare|explain|find|give|help|list|make|name|plan|recommend|say|show|suggest"
    r"|summari[sz]e|tell|translate|use|write|what|who|when|where|why|how|can|could|will|would)\b"
    r"|(?:然后|然後|并且?|並且?|再|[，,；;]\s*[请請帮幫])"
    r"(?:请|請|帮|幫|告诉|告訴|给|給|写|寫|推荐|推薦|建议|建議|解释|解釋|翻译|翻譯|列|问|問|用)",
    re.IGNORECASE,
)
_QUESTION_END = re.compile(r"[?？吗嗎么麼呢]\s*$")


def remember_wish(text: str) -> str:
    """Return the fact that a message asks to be remembered; "" where it asks for nothing such."""
    text = text.strip()
    english = _ENGLISH.match(text)
    if english is not None:
        fact = _first_sentence(english["fact"])
        if _QUESTION_END.search(fact) and not english["polite"]:
            return ""  # "Remember my name?"
        return clean_fact(fact.rstrip("?？ "))
    chinese = _CHINESE.match(text)
    if chinese is not None:
        fact = _first_sentence(chinese["fact"])
        return "" if _QUESTION_END.search(fact) else clean_fact(fact)
    return ""


def is_only_wish(text: str) -> bool:
    """Return whether a message that asks to remember a fact asks for nothing else."""
    whole = text.strip()
    return _first_sentence(whole) == whole and _FURTHER_WISH.search(whole) is None


def clean_fact(text: str) -> str:
    """Return a text as one fact: one line, of bounded length, with a capital letter."""
    fact = " ".join(text.split()).strip(' "“”')
    if len(fact) > LONGEST:
        fact = fact[:LONGEST].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
    return fact[:1].upper() + fact[1:]


def fact_list(facts: str) -> tuple[str, ...]:
    """Return the facts of the settings, the newest last."""
    return tuple(line for line in map(str.strip, facts.splitlines()) if line)


def with_fact(facts: str, fact: str) -> str:
    """Return the list with another fact; one that is known becomes the newest."""
    known = [line for line in fact_list(facts) if line.casefold() != fact.casefold()]
    return "\n".join((*known, fact)[-_KEPT:])


def facts_for_prompt(facts: str) -> tuple[str, ...]:
    """Return the newest facts that fit into a prompt, the newest last."""
    fitting: list[str] = []
    tokens = 0.0
    for fact in reversed(fact_list(facts)):
        tokens += estimate_tokens(fact) + 2
        if len(fitting) >= MOST_FACTS or tokens > MOST_TOKENS:
            break
        fitting.append(fact)
    return tuple(reversed(fitting))


def _first_sentence(text: str) -> str:
    return _SENTENCE_END.split(text.strip(), maxsplit=1)[0].strip()
