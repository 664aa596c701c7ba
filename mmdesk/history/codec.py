"""Values as JSON data and back; what another version wrote differently is left out."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from itertools import zip_longest
from string import Formatter
from types import UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from mmdesk.translatable import TranslatableText
from mmdesk.values import (
    ChatSettings,
    Citation,
    DocumentInput,
    ImageDescription,
    Label,
    PictureKind,
    Segment,
    Stats,
    StoredMessage,
    Task,
    Transcript,
    Word,
)

T = TypeVar("T", Stats, Task, ChatSettings, Citation)
# Allowed between the braces of a template. An imported file may come from anywhere: attributes of
# values and widths of a thousand million characters are refused.
_FIELD = re.compile(r"[a-z_]\w*", re.IGNORECASE)
_FORMAT_SPEC = re.compile(r"0?\d?,?(?:\.\d)?[a-z%]?", re.IGNORECASE)
_MAX_NESTING = 4  # of templates in the values of templates
_MAX_FIELDS = 50  # of one template
MAX_NUMBER = 10**15  # of any stored number: Qt and C can hold it, and it can be shown
MAX_TIME = 32_503_680_000.0  # the year 3000, the last that every system's calendar knows
_NOTICE_KEYS = ("notices", "templates")
MAX_CITATIONS = 2_000  # of one answer
_BOUNDS = {  # of fields for which not every number makes sense
    "temperature": (0, 100),
    "top_p": (0, 1),
    "max_tokens": (1, 1_000_000),
    "words": (0, 1_000_000),
}


def to_json(data: Any) -> str:
    """Return JSON text, short and readable in any language."""
    return replace_surrogates(json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def from_json(text: str) -> dict[str, Any]:
    """Return the object in a JSON text; empty when there is none."""
    if text in ("", "{}"):
        return {}
    try:
        value = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def replace_surrogates(text: str) -> str:
    """Replace half surrogate pairs (from a clipboard, say), which cannot be stored, by "?"."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def encode(value: Any) -> dict[str, Any]:
    """Return a frozen value as JSON data, without the fields that have their default."""
    default = type(value)()
    return {
        name: entry
        for name, entry in asdict(value).items()
        if getattr(value, name) != getattr(default, name)
    }


def decode(kind: type[T], data: Any) -> T:
    """Return a value of `kind` from the fields that fit, with defaults for all others."""
    known = data if isinstance(data, dict) else {}
    fields: Any = kind
    names = [name for name in _hints(fields) if name in known and fits(kind, name, known)]
    return kind(**{name: known[name] for name in names})


def fits(kind: Any, name: str, data: dict[str, Any]) -> bool:
    """Return whether an entry of the data has the type and the bounds of a field of `kind`."""
    value = data[name]
    low, high = _BOUNDS.get(name, (-MAX_NUMBER, MAX_NUMBER))
    if _is_number(value) and not low <= value <= high:
        return False
    return _has_type(value, _hints(kind)[name])


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _has_type(value: object, hint: Any) -> bool:
    if get_origin(hint) is Literal:
        return isinstance(value, str) and value in get_args(hint)
    if get_origin(hint) is UnionType:
        return any(_has_type(value, one) for one in get_args(hint))
    return _is_number(value) if hint is float else type(value) is hint


def _is_number(value: object) -> bool:
    """Return whether a value is a number that can be computed with; a bool is none."""
    return type(value) is int or (type(value) is float and math.isfinite(value))


def number(value: object) -> float:
    """Return a stored number; 0 for what is none."""
    return float(value) if _is_number(value) and abs(value) <= MAX_NUMBER else 0.0  # type: ignore[arg-type]


def moment(value: object) -> float:
    """Return a stored time in seconds since 1970; 0 for what no calendar can show."""
    return float(value) if _is_number(value) and 0 <= value <= MAX_TIME else 0.0  # type: ignore[arg-type, operator]


def text_of(value: object) -> str:
    """Return a stored text; empty for what is none."""
    return value if isinstance(value, str) else ""


def _dicts(value: object) -> list[dict[str, Any]]:
    """Return the objects in a JSON list; empty for what is no list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def encode_description(value: ImageDescription | None) -> dict[str, Any]:
    """Return a description as JSON data; empty for None."""
    if value is None:
        return {}
    data = encode(value) | {"kind": value.kind.value}
    return data | {"labels": [label.to_dict() for label in value.labels]} if value.labels else data


def decode_description(data: dict[str, Any]) -> ImageDescription | None:
    """Return the description of a picture; None where there is none."""
    if not data:
        return None
    kind, correction = data.get("kind"), data.get("correction")
    return ImageDescription(
        kind=PictureKind(kind) if kind in list(PictureKind) else PictureKind.PHOTO,
        labels=tuple(
            Label.parse(text_of(entry.get("name")), number(entry.get("probability")))
            for entry in _dicts(data.get("labels"))
        ),
        caption=text_of(data.get("caption")),
        text=text_of(data.get("text")),
        correction=correction if isinstance(correction, str) else None,
    )


def encode_transcript(value: Transcript | None) -> dict[str, Any]:
    """Return a transcript as JSON data; empty for None."""
    if value is None:
        return {}
    data = asdict(value)
    data["segments"] = [_encode_segment(segment) for segment in value.segments]
    return data


def _encode_segment(segment: Segment) -> dict[str, Any]:
    data: dict[str, Any] = {"start": segment.start, "end": segment.end, "text": segment.text}
    if segment.words:  # short: a recording of an hour has nine thousand
        data["words"] = [[word.start, word.end, word.text] for word in segment.words]
    return data


def _decode_words(data: object) -> tuple[Word, ...]:
    entries = data if isinstance(data, list) else []
    return tuple(
        Word(number(entry[0]), number(entry[1]), text_of(entry[2]))
        for entry in entries
        if isinstance(entry, list | tuple) and len(entry) == 3
    )


def decode_transcript(data: dict[str, Any]) -> Transcript | None:
    """Return the transcript of a sound; None where there is none."""
    if not data:
        return None
    return Transcript(
        text=text_of(data.get("text")),
        language=text_of(data.get("language")),
        language_probability=number(data.get("language_probability")),
        segments=tuple(
            Segment(
                number(entry.get("start")),
                number(entry.get("end")),
                text_of(entry.get("text")),
                _decode_words(entry.get("words")),
            )
            for entry in _dicts(data.get("segments"))
        ),
        question=text_of(data.get("question")),
    )


def encode_citations(citations: Sequence[Citation]) -> list[dict[str, Any]]:
    """Return the citations of an answer as JSON data."""
    return [encode(citation) for citation in citations]


def decode_citations(data: object, text: str) -> tuple[Citation, ...]:
    """Return the citations of an answer; those that are not of this text are left out."""
    found = (decode(Citation, entry) for entry in _dicts(data)[:MAX_CITATIONS])
    return tuple(
        citation
        for citation in found
        if 0 <= citation.start < citation.end <= len(text)
        and 0 <= citation.passage_start <= citation.passage_end
    )


# --- notices and errors ---------------------------------------------------------------------------


def encode_texts(message: StoredMessage) -> dict[str, Any]:
    """Return the notices, the error and the hint of a message as JSON data.

    They are in English, as in every version of the format. An additional key `templates` has the
    same texts as templates and values, so that the window can translate them after a
    restart; it is missing where no text has a template.
    """
    templates = {
        "notices": [_encode_template(notice) for notice in message.notices],
        "error": _encode_template(message.error),
        "hint": _encode_template(message.hint),
    }
    if not any(templates["notices"] or ()):
        del templates["notices"]
    return {
        "notices": list(message.notices),
        "error": message.error,
        "hint": message.hint,
        "templates": {name: value for name, value in templates.items() if value},
    }


def encode_notices(notices: Sequence[str]) -> dict[str, Any]:
    """Return the notices of a file as JSON data, as `encode_texts` does; empty without notices."""
    if not notices:
        return {}
    templates = {"notices": [_encode_template(notice) for notice in notices]}
    return {"notices": list(notices), "templates": templates}


def only_notices(data: dict[str, Any]) -> dict[str, Any]:
    """Return the keys that `encode_notices` writes."""
    return {name: value for name, value in data.items() if name in _NOTICE_KEYS}


def without_notices(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data without the keys that `encode_notices` writes."""
    return {name: value for name, value in data.items() if name not in _NOTICE_KEYS}


def encode_document(document: DocumentInput) -> str:
    """Return the notices, the page starts and the folder of a document as JSON; "" without any."""
    data = {**encode_notices(document.notices), **encode_page_starts(document)}
    if document.is_folder:
        data["folder"] = document.path
    return to_json(data) if data else ""


def encode_page_starts(document: DocumentInput) -> dict[str, Any]:
    """Return where the pages of a document begin, as JSON data; empty where that is not known."""
    return {"page_starts": list(document.page_starts)} if document.page_starts else {}


def decode_page_starts(data: dict[str, Any], text: str) -> tuple[int, ...]:
    """Return where the pages of a text begin; empty where the data does not say it."""
    starts = data.get("page_starts")
    if not isinstance(starts, list) or not all(type(start) is int for start in starts):
        return ()
    bounds = [0, *starts, len(text)]
    return tuple(starts) if bounds == sorted(bounds) else ()


def decode_notices(data: dict[str, Any]) -> tuple[TranslatableText, ...]:
    """Return the notices of a file; none where the data has none, as in older rows."""
    if not isinstance(data.get("notices", ()), list | tuple):
        return ()
    # Braces in a text that is no template are shown as they are: there are no values to fill in.
    return tuple(TranslatableText(notice) for notice in decode_texts(data)[0])


def decode_texts(data: dict[str, Any]) -> tuple[tuple[str, ...], str, str]:
    """Return (notices, error, hint), as TranslatableText where the data has their templates."""
    templates = data.get("templates")
    templates = templates if isinstance(templates, dict) else {}
    stored = data.get("notices")
    notices = tuple(map(text_of, stored)) if isinstance(stored, list) else ()
    of_notices = templates.get("notices")
    of_notices = of_notices[: len(notices)] if isinstance(of_notices, list) else []
    return (
        tuple(_decode_text(*pair) for pair in zip_longest(notices, of_notices)),
        _decode_text(text_of(data.get("error")), templates.get("error")),
        _decode_text(text_of(data.get("hint")), templates.get("hint")),
    )


def _encode_template(text: str) -> dict[str, Any] | None:
    """Return template and values; None for an ordinary or empty text."""
    if not isinstance(text, TranslatableText) or not text:
        return None
    values = {name: _encode_value(value) for name, value in text.values.items()}
    return {"template": text.template, "values": values} if values else {"template": text.template}


def _encode_value(value: object) -> Any:
    if isinstance(value, TranslatableText):
        return _encode_template(value) or ""
    return value if isinstance(value, int | float) else str(value)


def _decode_text(text: str, data: Any) -> str:
    """Return the text as a TranslatableText, if the template says the same in English."""
    filled = _fill_template(data, len(text))
    return filled if filled == text else text


def _fill_template(data: Any, longest: int, nesting: int = _MAX_NESTING) -> TranslatableText | None:
    """Fill a template with its values.

    Args:
        data: template and values.
        longest: length of the text that is expected: no value can be longer than it.
        nesting: how many more templates may be values of one another.

    Returns:
        None where the data is no template, or would give a longer text.
    """
    template, values = (
        (data.get("template"), data.get("values", {})) if isinstance(data, dict) else (None, None)
    )
    if not isinstance(template, str) or not isinstance(values, dict) or not nesting:
        return None
    filled = {
        name: _fill_template(value, longest, nesting - 1) if isinstance(value, dict) else value
        for name, value in values.items()
    }
    if not all(_is_value(value, longest) for value in filled.values()):
        return None
    try:
        text = TranslatableText(template, **filled) if _is_simple(template) else None
    except (LookupError, TypeError, ValueError, ArithmeticError):
        return None
    return text if text is not None and len(text) <= longest else None


def _is_value(value: object, longest: int) -> bool:
    return isinstance(value, float | int) or (isinstance(value, str) and len(value) <= longest)


def _is_simple(template: str) -> bool:
    """Return whether a template has named values only, in formats of a bounded width."""
    parts = list(Formatter().parse(template))
    return len(parts) <= _MAX_FIELDS and all(
        name is None or (_FIELD.fullmatch(name) and _FORMAT_SPEC.fullmatch(spec or ""))
        for _literal, name, spec, _conversion in parts
    )
