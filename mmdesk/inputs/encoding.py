"""Text decoding: by byte-order mark, then as UTF-8, then by the most plausible encoding."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from mmdesk.errors import InputError
from mmdesk.text import CJK, identify_any
from mmdesk.translatable import TranslatableText

_BYTE_ORDER_MARKS = (  # UTF-32's mark begins with UTF-16's, so it comes first
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Prior of each encoding that is told apart by statistics. Short texts fit several of them equally
# well. An ISO encoding differs from its Windows one in few letters, and where that has quotation
# marks it has control characters, which a text does not contain.
_PRIORS = {
    "cp1252": 1.35,
    **dict.fromkeys(("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256"), 1.0),
    **dict.fromkeys(("cp1257", "cp874"), 1.0),
    **dict.fromkeys(("gb18030", "big5hkscs", "cp932", "euc_jis_2004", "cp949"), 1.0),
    **dict.fromkeys(("iso8859_2", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8"), 0.99),
    **dict.fromkeys(("iso8859_1", "iso8859_9", "iso8859_13", "iso8859_15", "tis_620"), 0.99),
    **dict.fromkeys(("koi8_r", "koi8_u", "cp866", "cp852", "cp1258"), 0.9),
    **dict.fromkeys(("cp737", "cp775", "cp857", "cp862", "cp864"), 0.6),
    **dict.fromkeys(("iso8859_4", "cp850", "cp437", "mac_roman", "mac_latin2"), 0.6),
    **dict.fromkeys(("mac_cyrillic", "mac_greek", "mac_turkish"), 0.6),
}
_MULTI_BYTE = ("gb18030", "big5", "cp932", "euc_jp", "euc_kr")
_SAMPLE = 64_000  # bytes, enough to detect an encoding
_RATED_BYTES = 16_000
_UNDEFINED = b"\x81\x83\x88\x8d\x8f\x90\x98\x9d"  # in some of the Windows encodings
_ALLOWED_CONTROLS = frozenset("\t\n\r\f\v\x1b\x85\u200b")
_MAX_CONTROLS = 0.002  # share of the characters; form feeds and escapes of logs are allowed anyway
_MAX_DAMAGED = 0.05  # share of the characters that are no text in the encoding the mark names
_MAX_DAMAGED_GUESSED = 0.01  # as above, in an encoding that was guessed
_DAMAGED = "\ufffd"
# Letters beyond ASCII, by language: chardet finds Czech in cp1250 and in ISO 8859-2 equally likely.
_ALPHABETS = {
    "ca": "àçèéíïòóúü·",
    "cs": "áčďéěíňóöřšťúůüýž",
    "da": "åæéøöäü",
    "de": "äöüßéèáà",
    "es": "áéíñóúü",
    "et": "äõöüšž",
    "fi": "åäöšž",
    "fr": "àâæçèéêëîïôùûüÿœ",
    "hr": "čćđšž",
    "hu": "áéíóöőúüű",
    "it": "àèéìîòóù",
    "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž",
    "nl": "áèéëïóöü",
    "no": "åæéèøòôöä",
    "pl": "ąćęłńóśźż",
    "pt": "àáâãçéêíóôõúü",
    "ro": "ăâîşţșț",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "sl": "čćđšž",
    "sv": "åäéöüàø",
    "tr": "âçğıîöşüûi̇",
}
_SYMBOL_IN_WORD = re.compile(
    r"(?<=[^\W\d_])(?:[\xa1-\xb6\xb8-\xbf\u2022-\u2fff](?=[^\W\d_])|[¤¦§¨¬¶¸´¹])"
    r"|[¤¦¨©¬®¶¸´¹](?=[^\W\d_])"
)


def decode(data: bytes, name: str) -> str:
    r"""Decode a text file; line ends become "\n".

    Raises:
        InputError: the bytes are not text in any encoding known here.
    """
    return decode_with_notices(data, name)[0]


def decode_with_notices(data: bytes, name: str) -> tuple[str, tuple[TranslatableText, ...]]:
    r"""Decode a text file, and tell how many of its characters are damaged.

    Returns:
        The text, in which line ends are "\n" and damaged characters U+FFFD; the notices.

    Raises:
        InputError: the bytes are not text in any encoding known here.
    """
    text = _decode(data)
    if text is None or not _is_plausible(text):
        raise InputError(
            "{name} is not a text file: its bytes are not text in a known encoding.",
            "Save it as UTF-8 text, or as PDF or DOCX.",
            name=name,
        )
    return text.replace("\r\n", "\n").replace("\r", "\n"), damage_notices(text, name)


def looks_like_text(head: bytes) -> bool:
    """Return whether the first bytes of a file could be text; the last character may be cut."""
    if not head:
        return False
    text = _decode_by_mark(head)
    if text is None and b"\0" in head:
        text = _decode_utf16_without_mark(head)
    if text is None:
        text = head.decode("utf-8", errors="replace")
    return text[:-4].count(_DAMAGED) <= len(text) * 0.3 and _is_plausible(text)


def damage_notices(text: str, name: str) -> tuple[TranslatableText, ...]:
    """Return what to say of characters that could not be decoded."""
    damaged = text.count(_DAMAGED)
    if damaged == 0:
        return ()
    if damaged == 1:
        return (TranslatableText("One character in {name} is damaged.", name=name),)
    return (
        TranslatableText("{count:,} characters in {name} are damaged.", count=damaged, name=name),
    )


def _decode(data: bytes) -> str | None:
    text = _decode_by_mark(data)
    if text is not None:
        return text
    if not _is_plausible(data[:_SAMPLE].decode("latin_1"), is_bytes=True):
        text = _decode_utf16_without_mark(data)
        if text is not None:
            return text
    text = _decode_utf8(data)
    return _guess(data) if text is None else text


def _decode_by_mark(data: bytes) -> str | None:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            text = data.decode(encoding, "replace")
            if text.count(_DAMAGED) <= 1 + _MAX_DAMAGED * len(text):
                return text
    return None


# --- UTF-8 ----------------------------------------------------------------------------------------


def _decode_utf8(data: bytes) -> str | None:
    """Decode UTF-8 in which a few characters are damaged, as a copy that was cut leaves them.

    In another encoding, hardly any bytes are by chance a valid character of several bytes, except
    in Thai and East Asian ones, where fewer than half of them are.
    """
    text = data.decode("utf-8", "replace")
    damaged = text.count(_DAMAGED) - data.count(_DAMAGED.encode())
    if damaged == 0:
        return text
    if _ends_in_half_a_character(data):
        damaged -= 1
    foreign = sum(len(run) for run in re.findall(r"[^\x00-\x7f\ufffd]+", text))
    most = foreign if foreign < 0.2 * len(text) else foreign / 3
    return text if foreign and damaged <= most else None


def _ends_in_half_a_character(data: bytes) -> bool:
    try:
        data[-4:].decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return False


# --- UTF-16 ---------------------------------------------------------------------------------------


def _decode_utf16_without_mark(data: bytes) -> str | None:
    """Decode UTF-16 of any language in the byte order in which its characters belong together."""
    texts = [data[:_SAMPLE].decode(encoding, "replace") for encoding in ("utf-16-le", "utf-16-be")]
    scores = [_coherence(text) for text in texts]
    if max(scores) < 0.6:
        return None
    return data.decode("utf-16-le" if scores[0] >= scores[1] else "utf-16-be", "replace")


def _coherence(text: str) -> float:
    """Return the share 0..1 of characters that are ASCII, common CJK, or of the main script.

    The wrong byte order gives rare characters of many scripts.
    """
    scripts = Counter(ord(char) >> 8 for char in text if _is_of_small_script(char))
    main = scripts.most_common(1)[0][0] if scripts else 0
    scores = []
    for char in text:
        if " " <= char <= "~" or char in "\t\n\r\ufeff" or "\u2010" <= char <= "\u203a":
            scores.append(1.0)
        elif _is_of_small_script(char):
            scores.append(1.0 if ord(char) >> 8 in (main, 0, 1) else 0.0)
        else:
            scores.append(_character_score(char))
    return sum(scores) / len(scores) if scores else 0.0


def _is_of_small_script(char: str) -> bool:
    """Return whether the character belongs to an alphabet: below CJK, and no symbol."""
    return "\xa0" <= char < "\u2000" and unicodedata.category(char)[0] in "LMNPZ"


# --- by statistics --------------------------------------------------------------------------------


def _guess(data: bytes) -> str | None:
    """Decode with the most plausible encoding.

    East Asian encodings are told apart by how common their characters are, all others by chardet's
    statistics of letter pairs.
    """
    candidates = [(_commonness(text), text) for text in _decode_multi_byte(data)]
    if candidates and max(candidates)[0] > 0.45:
        return max(candidates)[1]
    return unicodedata.normalize("NFC", _decode_single_byte(data))  # cp1258 has tones apart


def _decode_single_byte(data: bytes) -> str:
    encodings = [encoding for _, encoding in sorted(_rated(_foreign_words(data)), reverse=True)]
    for encoding in (*encodings, "cp1252"):
        text = data.decode(encoding, "replace")
        if text.count(_DAMAGED) <= 1 + _MAX_DAMAGED_GUESSED * len(text):
            return text
    return data.decode("latin_1")  # it takes any byte; plausibility is checked later


def _foreign_words(data: bytes) -> bytes:
    """Return some 16,000 bytes of the text around its non-ASCII bytes, wherever they begin.

    A byte or two of those that an encoding does not define are damage: chardet would exclude it.
    """
    pieces: list[bytes] = []
    end = size = 0
    for match in re.finditer(rb"[\x80-\xff]", data):
        if match.start() < end:
            continue
        start = max(end, match.start() - 100)
        start = start if start == end else data.find(b" ", start, match.start()) + 1 or start
        end = match.start() + 100
        pieces.append(data[start:end])
        size += end - start
        if size > _RATED_BYTES:
            break
    sample = b"".join(pieces)
    rare = [byte for byte in _UNDEFINED if sample.count(byte) <= len(sample) / 2000]
    return sample.translate(None, bytes(rare))


def _rated(sample: bytes) -> Iterator[tuple[float, str]]:
    """Yield single-byte encodings with how well the sample reads in them.

    chardet alone takes a French sentence with few accents for Latin letters mixed with Hebrew
    ones, hence the check of the words.
    """
    import chardet

    for found in chardet.detect_all(
        sample, ignore_threshold=True, compat_names=False, include_encodings=tuple(_PRIORS)
    ):
        encoding = codecs.lookup(found["encoding"] or "cp1252").name.replace("-", "_")
        text = sample.decode(encoding, "replace")
        fit = found["confidence"] * (1 - _oddity(text)) ** 4 * _alphabet_share(text, found)
        agrees = found["language"] == identify_any(text[:2000])
        yield fit * _PRIORS.get(encoding, 0.5) * (1.4 if agrees else 1.0), encoding


def _alphabet_share(text: str, found: Any) -> float:
    """Return the usual share (0..1) of non-ASCII letters in the detected language, if known."""
    alphabet = _ALPHABETS.get(found["language"])
    letters = [char for char in text.lower() if char > "\x7f" and char.isalpha()]
    if alphabet is None or not letters:
        return 1.0
    return sum(char in alphabet for char in letters) / len(letters)


def _oddity(text: str) -> float:
    """Return the share 0..1 of non-ASCII characters that no word would have where they stand."""
    foreign = sum(char > "\x7f" for char in text)
    odd = sum(map(_odd_characters, re.findall(r"\S+", text)))
    return min(1.0, odd / foreign) if foreign else 0.0


def _odd_characters(word: str) -> int:
    """Count letters of a second alphabet, capitals inside the word, and symbols between letters."""
    scripts = Counter(_script(char) for char in word if char.isalpha())
    odd = sum(scripts.values()) - max(scripts.values(), default=0)
    for before, char in pairwise(word):
        if before < "\x80" and char < "\x80":
            continue
        odd += before.islower() and char.isupper()
    odd += len(_SYMBOL_IN_WORD.findall(word))
    return odd + 2 * sum(unicodedata.category(char) in ("Cc", "Co", "Cn") for char in word)


def _script(letter: str) -> int:
    """Return a number for the letter's alphabet: 0 for Latin."""
    return 0 if letter < "\u0250" or "\u1e00" <= letter <= "\u1eff" else ord(letter) >> 8


def _decode_multi_byte(data: bytes) -> list[str]:
    texts = []
    for encoding in _MULTI_BYTE:
        text = data.decode(encoding, "replace")
        if text.count(_DAMAGED) <= 1 + _MAX_DAMAGED_GUESSED * len(text):
            texts.append(text)
    if len(data) > 1:  # Chinese, in which no byte is a control character
        texts += [data.decode(encoding, "replace") for encoding in ("utf-16-le", "utf-16-be")]
    return texts


# The most frequent characters of running text, by script: a wrong encoding gives rare ones.
_COMMON = frozenset(
    "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天"
    "而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长"
    "這個來國說們為時會學對裡後麼沒還發當無開經頭動兩長過著與現實點應關體電機員書樣問題"
    "이다는을를에의가고하지은한로도서사그기어해인나아라있리자수니대것으시들"
    "，。、；：！？「」『』（）《》“”・ー"
)


def _commonness(text: str) -> float:
    """Return the share 0..1 of the non-ASCII text that is kana, common hanzi or common hangul."""
    text = text[:20_000]
    foreign = [char for char in text if ord(char) > 127]
    hangul = sum("\uac00" <= char <= "\ud7a3" for char in foreign)
    han = sum("\u4e00" <= char <= "\u9fff" for char in foreign)
    if min(hangul, han) >= 0.1 * len(foreign):  # today's Korean is written in hangul alone
        return 0.0
    if len(re.findall(f"(?<=[A-Za-z])[{CJK}]|[{CJK}](?=[A-Za-z])", text)) > len(foreign) / 3:
        return 0.0  # Latin words with accents, two bytes taken for one character
    return sum(map(_character_score, foreign)) / len(foreign) if foreign else 0.0


def _character_score(char: str) -> float:
    if char in _COMMON:
        return 1.0
    if "\u3041" <= char <= "\u30fa":
        return 0.9
    if "\u4e00" <= char <= "\u9fff":
        return 0.5 if _is_first_level(char) else 0.0
    if "\uac00" <= char <= "\ud7a3":
        return 0.3
    return -3.0 if unicodedata.category(char) in ("Co", "Cn", "Cc") else 0.0


def _is_first_level(char: str) -> bool:
    """Return whether GB 2312 or Big5 has the character in its level 1, those in daily use."""
    for encoding, last in (("gb2312", 0xD7), ("big5", 0xC6)):
        try:
            return char.encode(encoding)[0] <= last
        except UnicodeEncodeError:
            continue
    return False


def _is_plausible(text: str, is_bytes: bool = False) -> bool:
    """Return whether hardly any character is a control; C1 ones are letters where text is bytes."""
    if not text:
        return True
    controls = sum(1 for c in text if c < " " or c == "\x7f")
    if not is_bytes:
        controls += sum(1 for c in text if "\x80" <= c <= "\x9f")
    allowed = _ALLOWED_CONTROLS - ({"\x85"} if is_bytes else set())
    controls -= sum(text.count(c) for c in allowed if c != "\u200b")
    return controls <= _MAX_CONTROLS * len(text)
