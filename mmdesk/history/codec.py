"""Values as JSON data and back; what another version wrote differently is left out."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from itertools import zip_longest
from string import Formatter
from typing import Any, TypeVar

from mmdesk.translatable import TranslatableText
from mmdesk.values import (
    ChatSettings,
    ImageDescription,
    Label,
    PictureKind,
    Segment,
    Stats,
    StoredMessage,
    Task,
    Transcript,
)

T = TypeVar("T", Stats, Task, ChatSettings)
# Allowed between the braces of a template. An imported file may come from anywhere: attributes of
# values and widths of a thousand million characters are refused.
_FIELD = re.compile(r"[a-z_]\w*", re.IGNORECASE)
_FORMAT_SPEC = re.compile(r"0?\d?,?(?:\.\d)?[a-z%]?", re.IGNORECASE)
_MAX_NESTING = 4  # of templates in the values of templates


def to_json(data: Any) -> str:
    """Return JSON text, short and readable in any language."""
    return replace_surrogates(json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def from_json(text: str) -> dict[str, Any]:
    """Return the object in a JSON text; empty when there is none."""
    if text in ("", "{}"):
        return {}
    try:
        value = json.loads(text)
    except ValueError:
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
    kept = {name: value for name, value in known.items() if name in kind.__dataclass_fields__}
    try:
        return kind(**kept)
    except (TypeError, ValueError):
        return kind()


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
    kinds = {kind.value: kind for kind in PictureKind}
    labels = [entry for entry in data.get("labels", ()) if isinstance(entry, dict)]
    return ImageDescription(
        kind=kinds.get(data.get("kind", ""), PictureKind.PHOTO),
        labels=tuple(
            Label.parse(str(entry.get("name", "")), float(entry.get("probability", 0)))
            for entry in labels
        ),
        caption=str(data.get("caption", "")),
        text=str(data.get("text", "")),
        correction=data.get("correction"),
    )


def encode_transcript(value: Transcript | None) -> dict[str, Any]:
    """Return a transcript as JSON data; empty for None."""
    return asdict(value) if value is not None else {}


def decode_transcript(data: dict[str, Any]) -> Transcript | None:
    """Return the transcript of a sound; None where there is none."""
    if not data:
        return None
    segments = [entry for entry in data.get("segments", ()) if isinstance(entry, dict)]
    return Transcript(
        text=str(data.get("text", "")),
        language=str(data.get("language", "")),
        language_probability=float(data.get("language_probability", 0)),
        segments=tuple(
            Segment(
                float(entry.get("start", 0)),
                float(entry.get("end", 0)),
                str(entry.get("text", "")),
            )
            for entry in segments
        ),
        question=str(data.get("question", "")),
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
    notices = tuple(map(str, data.get("notices", ())))
    of_notices = templates.get("notices")
    of_notices = of_notices[: len(notices)] if isinstance(of_notices, list) else []
    return (
        tuple(_decode_text(*pair) for pair in zip_longest(notices, of_notices)),
        _decode_text(str(data.get("error", "")), templates.get("error")),
        _decode_text(str(data.get("hint", "")), templates.get("hint")),
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
    filled = _fill_template(data)
    return filled if filled == text else text


def _fill_template(data: Any, nesting: int = _MAX_NESTING) -> TranslatableText | None:
    """Fill a template with its values; None where the data is no template."""
    template, values = (
        (data.get("template"), data.get("values", {})) if isinstance(data, dict) else (None, None)
    )
    if not isinstance(template, str) or not isinstance(values, dict) or not nesting:
        return None
    filled = {
        name: _fill_template(value, nesting - 1) if isinstance(value, dict) else value
        for name, value in values.items()
    }
    if not all(isinstance(value, str | int | float) for value in filled.values()):
        return None
    try:
        return TranslatableText(template, **filled) if _is_simple(template) else None
    except (LookupError, TypeError, ValueError):
        return None


def _is_simple(template: str) -> bool:
    """Return whether a template has named values only, in formats of a bounded width."""
    return all(
        name is None or (_FIELD.fullmatch(name) and _FORMAT_SPEC.fullmatch(spec or ""))
        for _literal, name, spec, _conversion in Formatter().parse(template)
    )
