"""Letters and words counted, and words spelled backwards, in English and Chinese questions."""

from __future__ import annotations

import re

_QUOTED = r"[\"'“”‘「『]+(?P<{0}>[^\"“”」』]{{1,200}}?)[\"'“”’」』]+"
_TEXT = rf"(?:{_QUOTED.format('quoted')}|(?P<plain>[^\W\d_]+))"
_NOUN = r"(?:the |this )?(?:(?:english )?(?:word|name|sentence|phrase|text|string)s?:? )?"
_LETTER = r"(?:the )?(?:letters? )?[\"'“”‘]?(?P<letter>[^\W\d_])[\"'“”’]?(?:'?s|es)?"
_LETTERS = (
    re.compile(
        rf"^how many (?:times (?:does|is) {_LETTER} (?:appear|occur|used|found|come up|show"
        rf" up)s? in"
        rf"|{_LETTER.replace('<letter>', '<letter2>')} (?:are there|are|is|does|do|occur"
        rf"|appear)(?: there)?(?: you (?:find|see))? in) {_NOUN}{_TEXT}(?: (?:have|contain))?$",
        re.IGNORECASE,
    ),
    re.compile(rf"^count {_LETTER} in {_NOUN}{_TEXT}$", re.IGNORECASE),
    re.compile(
        rf"^(?:英文)?(?:单词|词|单词)?{_TEXT}(?:这个?(?:单?词|句子))?(?:里面?|中)?(?:一共|总共)?(?:有|出现了?)(?:多少|几)"
        rf"(?:个|次)?(?:字母)?[\"'“”‘]?(?P<letter>[a-z])[\"'“”’]?$",
        re.IGNORECASE,
    ),
)
_ALL_LETTERS = (
    re.compile(
        rf"^(?:how many (?P<what>letters|vowels|consonants|characters) (?:are there |are |does "
        rf"|do )?(?:in )?{_NOUN}{_TEXT}(?: (?:have|has|contain))?"
        rf"|count (?:the |all )?(?P<what2>letters|vowels|consonants|characters) (?:in|of)"
        rf" {_NOUN}{_TEXT.replace('<quoted>', '<quoted2>').replace('<plain>', '<plain2>')})$",
        re.IGNORECASE,
    ),
    re.compile(
        rf"^(?:英文)?(?:单词)?{_TEXT}(?:这个?(?:单?词))?(?:里面?|中)?(?:一共|总共)?(?:有|由)(?:多少|几)个(?P<what>字母"
        rf"|元音)(?:组成)?$",
        re.IGNORECASE,
    ),
)
_WORDS = re.compile(
    rf"^(?:how many words (?:are there |are |does |do )?(?:in"
    rf" )?{_NOUN}:?\s?{_QUOTED.format('quoted')}(?: (?:have|has|contain))?"
    rf"|count (?:the |all )?words (?:in|of) {_NOUN}:?\s?{_QUOTED.format('quoted2')}"
    r"|(?:how many words(?: are(?: there)? in (?:this|the following) sentence)?|count the"
    r" words(?: in (?:this|the following) sentence)?): ?(?P<after>[^\s\"“”?][^\"“”?]*))$",
    re.IGNORECASE,
)
_CHARACTERS = re.compile(
    rf"^{_QUOTED.format('quoted')}(?:这句话|这个?句子|这首诗)?(?:里面?|中)?(?:一共|总共)?有(?:多少|几)个(?:汉字|字)$"
)
_BACKWARDS = re.compile(
    rf"^(?:(?:spell|write|say|type) {_NOUN}{_TEXT} (?:backwards?|in reverse)"
    rf"|reverse (?:the )?(?:(?:letters of|word|string|letters in)(?: the word)?"
    rf" ){_TEXT.replace('<quoted>', '<quoted2>').replace('<plain>', '<plain2>')}"
    rf"|(?:what is|how do you (?:spell|write))"
    rf" {_NOUN}{_TEXT.replace('<quoted>', '<quoted3>').replace('<plain>', '<plain3>')} "
    rf"(?:spelled |written )?(?:backwards?|in reverse)"
    rf"|把(?:单词)?{_TEXT.replace('<quoted>', '<quoted4>').replace('<plain>', '<plain4>')}"
    rf"(?:倒过来|反过来)(?:写|拼写)?)$",
    re.IGNORECASE,
)


def letter_result(text: str) -> str | None:
    """Return the count or the reversed word that a question asks for."""
    return _one_letter(text) or _all_letters(text) or _words(text) or _backwards(text)


def _group(match: re.Match[str], *names: str) -> str:
    """Return the first of these groups that matched, with a number after the name or without."""
    groups = match.groupdict()
    found = (groups.get(f"{name}{end}") for end in ("", "2", "3", "4") for name in names)
    return next((text for text in found if text), "")


def _one_letter(text: str) -> str | None:
    for pattern in _LETTERS:
        if match := pattern.match(text):
            letter, word = _group(match, "letter"), _group(match, "quoted", "plain")
            if word.lower() in _NO_WORDS:
                return None
            count = word.lower().count(letter.lower())
            where = [str(at) for at, one in enumerate(word, 1) if one.lower() == letter.lower()]
            if re.search("[一-鿿]", text):
                return f"“{word}”里有{count}个{letter}"
            plural = "" if count == 1 else "s"
            spelled = (
                f": {'-'.join(word)}, places {', '.join(where)}"
                if where and " " not in word
                else ""
            )
            return f"the letter {letter} occurs {count} time{plural} in “{word}”{spelled}"
    return None


# "How many letters are there in total?", "in it": no word to be counted.
_NO_WORDS = frozenset(
    [
        "total",
        "it",
        "this",
        "that",
        "them",
        "english",
        "alphabet",
        "french",
        "german",
        "spanish",
        "word",
        "sentence",
        "text",
        "general",
        "here",
        "there",
        "all",
        "each",
        "chinese",
        "russian",
        "greek",
        "latin",
        "hebrew",
        "arabic",
        "document",
        "file",
    ]
)


def _all_letters(text: str) -> str | None:
    for pattern in _ALL_LETTERS:
        match = pattern.match(text)
        if match is None:
            continue
        what, word = _group(match, "what").lower(), _group(match, "quoted", "plain")
        if word.lower() in _NO_WORDS and not _group(match, "quoted"):
            return None
        count = len(_counted(what, word))
        if what in ("字母", "元音"):
            return f"“{word}”里有{count}个{what}"
        return f"“{word}” has {count} {what if count != 1 else what[:-1]}"
    return None


def _counted(what: str, word: str) -> list[str]:
    if what == "characters":
        return list(word)
    letters = [one for one in word if one.isalpha()]
    if what in ("vowels", "元音"):
        return [one for one in letters if one.lower() in "aeiou"]
    if what == "consonants":
        return [one for one in letters if one.lower() not in "aeiou"]
    return letters


def _words(text: str) -> str | None:
    if match := _CHARACTERS.match(text):
        count = len(re.findall("[㐀-鿿]", match["quoted"]))
        return f"“{match['quoted']}”有{count}个字" if count else None
    match = _WORDS.match(text)
    if match is None:
        return None
    sentence = (_group(match, "quoted") or match["after"] or "").strip()
    count = len(re.findall(r"\w[\w'-]*", sentence))
    if not count or re.search("[一-鿿]", sentence):
        return None
    return f"“{sentence}” has {count} word{'' if count == 1 else 's'}"


def _backwards(text: str) -> str | None:
    match = _BACKWARDS.match(text)
    if match is None:
        return None
    word = _group(match, "quoted", "plain")
    if word.lower() in _NO_WORDS:
        return None
    return f"“{word}” {'倒过来是' if re.search('[一-鿿]', text) else 'backwards is'} “{word[::-1]}”"
