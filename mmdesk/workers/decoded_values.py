"""Answers of the decoder child: a header in JSON and the pixels, samples or text as they are.

Not pickles: the child decodes foreign files, and a decoder that was taken over must not be able to
run anything in the window, so every field is checked.

A frame is eight bytes with the lengths of header and body (u32, u32, big endian), then both.
"""

from __future__ import annotations

import json
import re
import string
import struct
from dataclasses import fields
from typing import IO, Any

from mmdesk.errors import InputError, MMDeskError
from mmdesk.translatable import TranslatableText
from mmdesk.values import AudioInput, DocumentInput, ImageInput

DecodedValue = ImageInput | AudioInput | DocumentInput | MMDeskError

MAX_HEADER = 4_000_000  # bytes
MAX_BODY = 1_000_000_000  # bytes; three hours of sound have 691 million
MAX_DEPTH = 8  # of texts inside texts
_LENGTHS = struct.Struct(">II")
_TYPES = {"image": ImageInput, "audio": AudioInput, "document": DocumentInput}
_BODIES = {"image": "rgb", "audio": "pcm", "document": "text"}  # the field that is the body
_LEFT_OUT = ("description", "transcript")  # made later, by the engine
_SHA256 = re.compile("[0-9a-f]{64}")
_FORMAT_SPEC = re.compile(r"0?\d?,?(?:\.\d)?[a-z%]?", re.IGNORECASE)


def pack(value: object) -> tuple[bytes, bytes]:
    """Return the lengths with the header, and the body.

    Raises:
        TypeError: a field holds something that has no form in JSON.
    """
    if isinstance(value, MMDeskError):
        header: dict[str, Any] = {"error": [_stored(value.user_message), _stored(value.hint)]}
        body: bytes = b""
    else:
        kind = next(kind for kind, made in _TYPES.items() if isinstance(value, made))
        header = {"kind": kind}
        for field in fields(_TYPES[kind]):
            if field.name not in (_BODIES[kind], *_LEFT_OUT):
                header[field.name] = _stored(getattr(value, field.name))
        content = getattr(value, _BODIES[kind])
        body = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    packed = json.dumps(header).encode()
    return _LENGTHS.pack(len(packed), len(body)) + packed, body


def read(stream: IO[bytes]) -> DecodedValue:
    """Read the next value from a blocking stream.

    Raises:
        EOFError: the other end is gone.
        ValueError: the bytes are no frame, or the value is not what it should be.
    """
    header_length, body_length = _checked_lengths(_exactly(stream, _LENGTHS.size))
    header = _checked_header(_exactly(stream, header_length))
    return _restored_value(header, _exactly(stream, body_length))


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


# --- values to JSON and back ----------------------------------------------------------------------


def _stored(value: object) -> object:
    if isinstance(value, TranslatableText):
        return {
            "template": value.template,
            "values": {name: _stored(inner) for name, inner in value.values.items()},
        }
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, tuple | list):
        return [_stored(entry) for entry in value]
    if isinstance(value, Exception):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be sent")


def _restored(stored: object, depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        raise ValueError("texts nested too deeply")
    if isinstance(stored, dict):
        template, values = stored["template"], stored["values"]
        _check_template(template)
        return TranslatableText(
            template, **{name: _restored(value, depth + 1) for name, value in values.items()}
        )
    if isinstance(stored, list):
        return tuple(_restored(entry, depth + 1) for entry in stored)
    return stored


def _check_template(template: str) -> None:
    """Refuse fields that read attributes or fill the memory with blanks."""
    for _text, name, spec, conversion in string.Formatter().parse(template):
        plain = name is None or (name.isidentifier() and not conversion)
        if not plain or not _FORMAT_SPEC.fullmatch(spec or ""):
            raise ValueError("no template of a text")


def _checked_lengths(data: bytes) -> tuple[int, int]:
    header, body = _LENGTHS.unpack(data)
    if header > MAX_HEADER or body > MAX_BODY:
        raise ValueError("frame too long")
    return header, body


def _checked_header(data: bytes) -> dict[str, Any]:
    try:
        header = json.loads(data)
    except RecursionError:
        raise ValueError("header nested too deeply") from None
    if not isinstance(header, dict) or ("error" not in header and header.get("kind") not in _TYPES):
        raise ValueError("no header")
    return header


def _restored_value(header: dict[str, Any], body: bytes) -> DecodedValue:
    try:
        if "error" in header:
            message, hint = _restored(header["error"])
            return InputError(_text(message), _text(hint))
        kind = header.pop("kind")
        values = {name: _restored(stored) for name, stored in header.items()}
        content: object = body.decode("utf-8", "surrogatepass") if kind == "document" else body
        value: DecodedValue = _TYPES[kind](**values, **{_BODIES[kind]: content})
    except (TypeError, KeyError, AttributeError, IndexError) as problem:
        raise ValueError(f"no value: {problem}") from problem
    _check(value)
    return value


def _are_pages(document: DocumentInput) -> bool:
    """Return whether pages begin one after another in the text, and those to be read exist."""
    starts, scanned = document.page_starts, document.scanned
    if not all(isinstance(number, int) for number in (*starts, *scanned)):
        return False
    if list(starts) != sorted(starts) or (starts and starts[0] < 0):
        return False
    in_text = not starts or starts[-1] <= len(document.text)
    return in_text and all(1 <= number <= len(starts) for number in scanned)


def _text(value: object) -> TranslatableText:
    if not isinstance(value, TranslatableText):
        raise TypeError("no text")
    return value


def _check(value: Any) -> None:
    """Compare a value's fields with each other and with what they must be."""
    right = isinstance(value.name, str) and all(
        isinstance(notice, TranslatableText) for notice in value.notices
    )
    if isinstance(value, ImageInput):
        sides = (value.width, value.height)
        right = right and all(isinstance(side, int) and 0 < side < 1 << 16 for side in sides)
        right = right and len(value.rgb) == 3 * value.width * value.height
    elif isinstance(value, AudioInput):
        right = right and len(value.pcm) % 4 == 0
    elif isinstance(value, DocumentInput):
        right = right and isinstance(value.media_type, str) and not value.is_folder
        right = right and (value.pages is None or isinstance(value.pages, int))
        right = right and _are_pages(value) and isinstance(value.path, str)
        right = right and isinstance(value.sha256, str)
        right = right and bool(_SHA256.fullmatch(value.sha256) or not value.scanned)
    if isinstance(value, ImageInput | AudioInput):
        right = right and isinstance(value.sha256, str) and bool(_SHA256.fullmatch(value.sha256))
    if not right:
        raise ValueError("a field is not what it should be")
