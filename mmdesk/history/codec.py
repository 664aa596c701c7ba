"""Values as plain JSON data and back; what another version wrote differently is left out."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, TypeVar

from mmdesk.values import (
    ChatSettings,
    ImageDescription,
    Label,
    PictureKind,
    Segment,
    Stats,
    Task,
    Transcript,
)

T = TypeVar("T", Stats, Task, ChatSettings)


def plain(value: Any) -> dict[str, Any]:
    """A frozen value as JSON data, without what has its default."""
    default = type(value)()
    return {
        name: entry
        for name, entry in asdict(value).items()
        if getattr(value, name) != getattr(default, name)
    }


def written(value: Any) -> str:
    """JSON text, short and readable in any language."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def read(text: str) -> dict[str, Any]:
    """The object in a JSON text; empty when there is none."""
    if text in ("", "{}"):
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def made(kind: type[T], data: Any) -> T:
    """A value of `kind` from the fields that fit; defaults for all others."""
    known = data if isinstance(data, dict) else {}
    kept = {name: value for name, value in known.items() if name in kind.__dataclass_fields__}
    try:
        return kind(**kept)
    except (TypeError, ValueError):
        return kind()


def clean(text: str) -> str:
    """Text that can be written: half a surrogate pair (from a clipboard, say) becomes "?"."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def description(data: dict[str, Any]) -> ImageDescription | None:
    """What was seen; None where nothing was."""
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


def description_data(value: ImageDescription | None) -> dict[str, Any]:
    if value is None:
        return {}
    data = plain(value) | {"kind": value.kind.value}
    return data | {"labels": [label.to_dict() for label in value.labels]} if value.labels else data


def transcript(data: dict[str, Any]) -> Transcript | None:
    """What was heard; None where nobody listened."""
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


def transcript_data(value: Transcript | None) -> dict[str, Any]:
    return asdict(value) if value is not None else {}
