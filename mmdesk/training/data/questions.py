"""Questions with known answers, derived by rule from what five people said about a picture.

Nothing is asked where the captions disagree or say nothing: a wrong lesson is worse than none.
`agreed` counts the captions behind an answer, so that a test can ask for more than one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mmdesk.perception import normalise_text
from mmdesk.training.data.question_words import (
    COLOURS,
    GROUPS,
    HALF,
    INSIDE,
    JOINING,
    NOT_DOING,
    NUMBERS,
    OUTSIDE,
    PEOPLE,
    PLACES,
    PLURAL,
    PRESENT,
    STOPS,
    THINGS,
    VERBS,
)

_COLOURED = re.compile(
    rf"\b({'|'.join(COLOURS.split())})((?:,? and |, )(?:{'|'.join(COLOURS.split())}))?"
    rf" (?:\w+ )?({'|'.join(THINGS.split())})\b"
)
_DOING = re.compile(
    rf"\b({'|'.join(PEOPLE.split())}) (?:is |are )?(\w{{2,}}ing|{'|'.join(sorted(VERBS))})\b"
    r"((?: [a-z-]+)*)"
)
_PLACED = re.compile(
    r"\b(in|on|at|through|into|over|down|along|across|by|near|under) ((?:the|a|an|some) )?"
    rf"((?:\w+ )?(?:{'|'.join(PLACES.split())}))\b"
)
_MOUTH = re.compile(r"\b((?:a|an|the) (?:\w+ ){1,3}?)in (?:its|his|her|the) mouth")
_WORN = "shirt|jacket|hat|dress|coat|helmet|uniform|sweater|jersey|suit|wetsuit|costume|vest|top"
_WEARING = re.compile(
    r"\b(man|woman|boy|girl|child|person) (?:\w+ )?(?:wearing|in) "
    rf"(an? (?:[a-z-]+ ){{0,2}}(?:{_WORN}))\b"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a picture and what may be answered.

    Attributes:
        kind: colour, count, activity, place, inside, presence, who, wearing, text, kind.
        text: the question.
        answer: what is learned.
        accepted: what counts as right, when it occurs in an answer as whole words.
        agreed: captions that say so.
    """

    kind: str
    text: str
    answer: str
    accepted: tuple[str, ...]
    agreed: int = 1

    def is_right(self, given: str) -> bool:
        """Whether an answer holds one of the accepted ones."""
        said = f" {normalise_text(given)} "
        return any(f" {right} " in re.sub(r"[,.]", " ", said) for right in self.accepted)


def questions_of(captions: Sequence[str]) -> list[Question]:
    """All questions the captions of one picture answer."""
    texts = [normalise_text(caption) for caption in captions]
    rules = (_colours, _counts, _activities, _places, _inside, _presence, _mouths, _wearing)
    return [question for rule in rules for question in rule(texts)]


def _colours(texts: Sequence[str]) -> Iterator[Question]:
    seen: dict[str, list[frozenset[str]]] = {}
    for text in texts:
        for first, second, thing in {m.groups() for m in _COLOURED.finditer(text)}:
            colours = [first, *re.findall(r"[a-z]+", (second or "").replace("and", ""))]
            seen.setdefault(thing, []).append(frozenset(_same(c) for c in colours))
    for thing, sets in seen.items():
        shared = frozenset.intersection(*sets)
        if not shared or re.search(
            rf"\b(another|other|two|three|one) (\w+ )?{thing}s?\b", " ".join(texts)
        ):
            continue
        fullest = max(sets, key=lambda colours: len(colours))
        answer = " and ".join(sorted(fullest))
        verb, noun = ("are", thing) if thing in PLURAL else ("is", thing)
        accepted = tuple(sorted(shared | ({"gold", "golden"} if "tan" in shared else set())))
        yield Question("colour", f"what color {verb} the {noun}?", answer, accepted, len(sets))


def _same(colour: str) -> str:
    return {"grey": "gray", "blonde": "blond", "golden": "tan"}.get(colour, colour)


def _counts(texts: Sequence[str]) -> Iterator[Question]:
    joined = " ".join(texts)
    for group, names in GROUPS.items():
        pattern = rf"\b({'|'.join(NUMBERS)}) (?:[a-z-]+ ){{0,2}}?(?:{'|'.join(names.split())})\b"
        found = [m[1] for text in texts for m in [re.search(pattern, text)] if m]
        mixed = re.search(
            rf"\b(and|other|with|while) (\w+ )?({'|'.join(NUMBERS)})\b|(?<!each )other", joined
        )
        alone = _singular_dogs(texts) if group == "dogs" else 0
        if len(found) > alone and len(set(found)) == 1 and not mixed:
            yield _counted(group, found[0], len(found))
    dogs = _singular_dogs(texts)
    if dogs >= 3 and not re.search(r"\b(dogs|another|other|two|both|puppies)\b", joined):
        yield _counted("dogs", "one", dogs)


def _singular_dogs(texts: Sequence[str]) -> int:
    return sum(bool(re.search(r"\b(?:a|the) (?:[\w,-]+ ){0,4}dog\b", text)) for text in texts)


def _counted(group: str, number: str, agreed: int) -> Question:
    digit = str(NUMBERS.index(number) + 1)
    return Question("count", f"how many {group} are there?", number, (number, digit), agreed)


def _activities(texts: Sequence[str]) -> Iterator[Question]:
    found: dict[str, list[tuple[str, str]]] = {}
    for text in texts:
        for subject, said, rest in _DOING.findall(text):
            verb = VERBS.get(said, said)
            if verb not in NOT_DOING:
                found.setdefault(subject, []).append((verb, f"{verb}{_until_stop(rest)}"))
    verbs = tuple(sorted({verb for pairs in found.values() for verb, _ in pairs}))
    for subject, pairs in found.items():
        often = Counter(verb for verb, _ in pairs).most_common(1)[0]
        phrase = min((p for verb, p in pairs if verb == often[0]), key=len)
        be = (
            "are"
            if subject in {"people", "men", "women", "children", "kids", "boys", "girls", "dogs"}
            else "is"
        )
        yield Question("activity", f"what {be} the {subject} doing?", phrase, verbs, often[1])


def _until_stop(rest: str) -> str:
    """What follows a verb, up to five words and to no half phrase."""
    kept: list[str] = []
    for word in rest.split():
        if word in STOPS or word in PEOPLE.split():
            break
        kept.append(word)
    if len(kept) > 5:
        cuts = [i for i, word in enumerate(kept[:6]) if word in JOINING and i]
        kept = kept[: cuts[-1]] if cuts else []
    while kept and kept[-1] in HALF | JOINING:
        kept.pop()
    return "".join(f" {word}" for word in kept)


def _places(texts: Sequence[str]) -> Iterator[Question]:
    found = [m for text in texts for m in [_PLACED.search(text)] if m]
    nouns = Counter(m[3].split()[-1] for m in found)
    if not nouns:
        return
    noun, count = nouns.most_common(1)[0]
    first = next(m for m in found if m[3].split()[-1] == noun)
    phrase = f"{first[1]} {first[2] or ''}{first[3]}"
    yield Question("place", "where is this?", phrase, tuple(sorted(nouns)), count)


def _inside(texts: Sequence[str]) -> Iterator[Question]:
    def said(names: str) -> int:
        return sum(bool(set(names.split()) & set(re.findall(r"\w+", text))) for text in texts)

    outside, inside = said(OUTSIDE), said(INSIDE)
    if outside and not inside:
        accepted: tuple[str, ...] = ("outdoors", "outside")
    elif inside and not outside:
        accepted = ("indoors", "inside")
    else:
        return
    if outside + inside >= 2:
        yield Question(
            "inside", "is this indoors or outdoors?", accepted[0], accepted, outside + inside
        )


def _presence(texts: Sequence[str]) -> Iterator[Question]:
    for thing, names in PRESENT.items():
        exact = sum(bool(re.search(rf"\b{thing}s?\b", text)) for text in texts)
        near = sum(bool(set(names.split()) & set(re.findall(r"\w+", text))) for text in texts)
        question = f"is there a {thing} in the picture?"
        if exact >= 2:
            yield Question("presence", question, "yes", ("yes",), exact)
        elif near == 0:
            yield Question("presence", question, "no", ("no",), len(texts))


def _mouths(texts: Sequence[str]) -> Iterator[Question]:
    found = [m[1].strip() for text in texts for m in [_MOUTH.search(text)] if m]
    if found and re.search(r"\bdog\b", " ".join(texts)):
        nouns = Counter(phrase.split()[-1] for phrase in found)
        phrase = min((p for p in found if p.endswith(nouns.most_common(1)[0][0])), key=len)
        yield Question(
            "holding",
            "what does the dog have in its mouth?",
            phrase,
            tuple(sorted(nouns)),
            nouns.most_common(1)[0][1],
        )


def _wearing(texts: Sequence[str]) -> Iterator[Question]:
    found: dict[str, list[str]] = {}
    for text in texts:
        for subject, phrase in _WEARING.findall(text):
            found.setdefault(subject, []).append(phrase)
    for subject, worn in found.items():
        nouns = tuple(sorted({phrase.split()[-1] for phrase in worn}))
        yield Question("wearing", f"what is the {subject} wearing?", worn[0], nouns, len(worn))
