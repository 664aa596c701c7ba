"""Text decoding: by byte-order mark, then as UTF-8, then by the most plausible encoding."""

from __future__ import annotations

import codecs
import unicodedata

from mmdesk.errors import InputError

_BYTE_ORDER_MARKS = (  # UTF-32's mark begins with UTF-16's, so it comes first
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SINGLE_BYTE = ("cp1251", "koi8_r", "cp1253", "cp1255", "cp1256")
_MULTI_BYTE = ("gb18030", "big5", "cp932", "euc_jp", "euc_kr")
_SAMPLE = 64_000  # bytes, enough to detect an encoding
_ALLOWED_CONTROLS = frozenset("\t\n\r\f\v\x1b\x85\u200b")
_MAX_CONTROLS = 0.002  # share of the characters; form feeds and escapes of logs are allowed anyway


def decode(data: bytes, name: str) -> str:
    r"""Decode a text file; line ends become "\n".

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
    return text.replace("\r\n", "\n").replace("\r", "\n")


def looks_like_text(head: bytes) -> bool:
    """Return whether the first bytes of a file could be text; the last character may be cut."""
    if not head:
        return False
    text = _decode_by_mark(head, errors="replace") or head.decode("utf-8", errors="replace")
    return text[:-4].count("\ufffd") <= len(text) * 0.3 and _is_plausible(text)


def _decode(data: bytes) -> str | None:
    text = _decode_by_mark(data)
    if text is not None:
        return text
    if b"\0" in data[:_SAMPLE]:
        return _decode_utf16_without_mark(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _guess(data)


def _decode_by_mark(data: bytes, errors: str = "strict") -> str | None:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding, errors)
            except UnicodeDecodeError:
                return None
    return None


def _decode_utf16_without_mark(data: bytes) -> str | None:
    """Decode UTF-16 of mostly Latin text, in which every second byte is zero."""
    sample = data[:_SAMPLE]
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if sample[start::2].count(0) > 0.4 * len(sample) / 2 and not sample[1 - start :: 2].count(
            0
        ):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                return None
    return None


def _guess(data: bytes) -> str | None:
    """Decode with the most plausible encoding.

    East Asian encodings are told apart by how common their characters are. Text whose letters are
    mostly ASCII is Western. Other alphabets are left to charset-normalizer's statistics.
    """
    candidates = [(_commonness(text), text) for text in _decode_multi_byte(data)]
    if candidates and max(candidates)[0] > 0.45:
        return max(candidates)[1]
    return _decode_single_byte(data)


def _decode_single_byte(data: bytes) -> str:
    sample = data[:_SAMPLE]
    letters = sum(1 for byte in sample if byte > 127 or chr(byte).isalpha())
    encodings = ["cp1252", "latin_1"]
    if sum(byte > 127 for byte in sample) > 0.4 * letters:
        from charset_normalizer import from_bytes

        best = from_bytes(sample, cp_isolation=list(_SINGLE_BYTE + _MULTI_BYTE)).best()
        encodings[:0] = [best.encoding] if best else []
    for encoding in encodings[:-1]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode(encodings[-1])  # Latin-1 takes any byte; plausibility is checked later


def _decode_multi_byte(data: bytes) -> list[str]:
    texts = []
    for encoding in _MULTI_BYTE:
        try:
            texts.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue
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
    foreign = [char for char in text[:20_000] if ord(char) > 127]
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


def _is_plausible(text: str) -> bool:
    if not text:
        return True
    controls = sum(1 for c in text if c < " " or c == "\x7f" or "\x80" <= c <= "\x9f")
    controls -= sum(text.count(c) for c in _ALLOWED_CONTROLS if c != "\u200b")
    return controls <= _MAX_CONTROLS * len(text)
