"""Schema of a file of conversations: types and bounds of everything in it.

A file may come from anywhere. It is checked whole before anything of it is written: what this
module returns can be stored as it is. Names of the classes' fields are keys of the format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from stat import S_ISREG
from typing import Annotated, Any, Literal, NoReturn

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    FailFast,
    Field,
    JsonValue,
    ValidationError,
)

from mmdesk.errors import InputError
from mmdesk.history import codec
from mmdesk.history.message_tree import cyclic
from mmdesk.text import clean_line
from mmdesk.translatable import TranslatableText
from mmdesk.values import ChatSettings, Citation, Stats, Task

MAX_BYTES = 1_000_000_000
MAX_ENTRIES = 4_000_000  # commas and brackets: of 1 GB of them, the parser would make 30 GB
MAX_FILES = 5_000
_MAX_TITLE = 1_000  # characters; the rest is cut


def _fields_of(
    kind: type[Task | Stats | ChatSettings | Citation],
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return a validator of the fields of a frozen value; unknown ones are a newer version's."""

    def check(data: dict[str, Any]) -> dict[str, Any]:
        for name in kind.__dataclass_fields__:
            if name in data and not codec.fits(kind, name, data):
                raise ValueError(name)
        return data

    return check


Number = Annotated[float, Field(ge=-codec.MAX_NUMBER, le=codec.MAX_NUMBER, allow_inf_nan=False)]
Moment = Annotated[float, Field(ge=0, le=codec.MAX_TIME, allow_inf_nan=False)]
Name = Annotated[str, Field(max_length=100_000), AfterValidator(clean_line)]
Identifier = Annotated[str, Field(max_length=200), AfterValidator(clean_line)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
_DIGEST = re.compile("[0-9a-f]{64}")
Fields = dict[str, JsonValue]


class _Entry(BaseModel):
    """Object of the file; unknown keys are a newer version's and are left out."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class LabelEntry(_Entry):
    """Label of a picture's description."""

    name: str = ""
    probability: Number = 0.0


class DescriptionEntry(_Entry):
    """Description of a picture."""

    kind: str = ""
    labels: Annotated[list[LabelEntry], FailFast()] = []
    caption: str = ""
    text: str = ""
    correction: str | None = None


class SegmentEntry(_Entry):
    """Segment of a transcript."""

    start: Number = 0.0
    end: Number = 0.0
    text: str = ""
    words: Annotated[list[tuple[Number, Number, str]], FailFast()] = []


class TranscriptEntry(_Entry):
    """Transcript of a sound."""

    text: str = ""
    language: str = ""
    language_probability: Number = 0.0
    segments: Annotated[list[SegmentEntry], FailFast()] = []
    question: str = ""


class PictureEntry(_Entry):
    """Picture of a message; its pixels are among the file's `files`."""

    sha256: Digest
    name: Name
    sight: DescriptionEntry | None = None
    notices: Annotated[list[str], FailFast()] = []
    templates: Fields = {}


class SoundEntry(_Entry):
    """Sound of a message; its samples are among the file's `files`."""

    sha256: Digest
    name: Name
    transcript: TranscriptEntry | None = None
    notices: Annotated[list[str], FailFast()] = []
    templates: Fields = {}


class DocumentEntry(_Entry):
    """Document of a message."""

    name: Name
    text: str = ""
    media_type: Annotated[str, Field(max_length=200), AfterValidator(clean_line)] = "text/plain"
    pages: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    page_starts: Annotated[list[int], FailFast()] = []
    notices: Annotated[list[str], FailFast()] = []
    templates: Fields = {}


class MessageEntry(_Entry):
    """Message of a conversation."""

    id: Identifier
    parent: Identifier = ""
    role: Literal["user", "assistant"]
    text: str = ""
    state: str = "whole"
    created: Moment
    task: Annotated[Fields, AfterValidator(_fields_of(Task))] = {}
    stats: Annotated[Fields, AfterValidator(_fields_of(Stats))] = {}
    notices: Annotated[list[str], FailFast()] = []
    error: str = ""
    hint: str = ""
    reasoning: str = ""
    citations: Annotated[
        list[Annotated[Fields, AfterValidator(_fields_of(Citation))]],
        FailFast(),
        Field(max_length=codec.MAX_CITATIONS),
    ] = []
    templates: Fields = {}
    pictures: Annotated[list[PictureEntry], FailFast()] = []
    sounds: Annotated[list[SoundEntry], FailFast()] = []
    documents: Annotated[list[DocumentEntry], FailFast()] = []


class ConversationEntry(_Entry):
    """Conversation with all versions of its messages."""

    id: Identifier
    title: Annotated[str, AfterValidator(lambda title: clean_line(title)[:_MAX_TITLE])]
    created: Moment
    changed: Moment
    pinned: bool = False
    settings: Annotated[Fields, AfterValidator(_fields_of(ChatSettings))] = {}
    leaf: Identifier = ""
    project: Name = ""
    messages: Annotated[list[MessageEntry], FailFast()]


def _files(files: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Check digests and types: pydantic would collect an error for each of millions of entries."""
    for sha256, text in files.items():
        if not _DIGEST.fullmatch(sha256) or not isinstance(text, str):
            raise ValueError(sha256)
    return files


class ConversationFile(_Entry):
    """Whole file; `files` has the bytes of pictures and sounds in base64, by digest."""

    format: Literal["mmdesk-conversations"]
    version: Annotated[int, Field(ge=1, le=1)]
    conversations: Annotated[list[ConversationEntry], FailFast()]
    files: Annotated[dict[str, JsonValue], AfterValidator(_files)] = {}


def read_conversations(path: Path) -> ConversationFile:
    """Read a file of conversations and check it whole.

    Raises:
        InputError: it cannot be read, or is not what `export_json` writes.
    """
    data = _read_utf8(path)
    if sum(data.count(mark) for mark in b",[{") > MAX_ENTRIES:
        raise _too_large(path)
    try:
        file = ConversationFile.model_validate_json(data)
    except ValidationError as error:
        (first, *_) = error.errors(include_url=False, include_input=False)
        raise _refusal(path.name, first) from None
    if len(file.files) > MAX_FILES:
        raise _too_large(path)
    _check_trees(path.name, file.conversations)
    return file


def _refusal(name: str, error: Any) -> InputError:
    """Return the error about the first problem that pydantic found."""
    if error["type"] == "json_invalid":
        return InputError("{name} is not a JSON file: {error}.", name=name, error=_detail(error))
    if error["loc"] in ((), ("format",)):
        return InputError("{name} is not a file of mmdesk conversations.", name=name)
    if error["loc"] == ("version",):
        return InputError(
            "{name} was saved by a newer mmdesk.", "Update mmdesk to import it.", name=name
        )
    return _damaged(name, _problem(error))


def _damaged(name: str, reason: str) -> InputError:
    return InputError(
        "{name} is damaged ({reason}). Nothing was imported.", name=name, reason=reason
    )


def refuse(name: str, reason: str) -> NoReturn:
    """Raise the error of a file of which nothing is imported."""
    raise _damaged(name, reason)


def _read_utf8(path: Path) -> bytes:
    """Return the file as UTF-8; Windows shells write UTF-16, or put a byte-order mark first."""
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            raise InputError("{path} is not a file.", path=path)
        if status.st_size > MAX_BYTES:
            raise _too_large(path)
        with path.open("rb") as stream:
            data = stream.read(status.st_size)  # `read` takes the memory for all that it may get
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError("{path} cannot be read: {error}.", path=path, error=reason) from error
    encoding = json.detect_encoding(data)
    if encoding == "utf-8":
        return data
    try:
        return data.decode(encoding).encode()
    except ValueError as error:
        raise InputError(
            "{name} is not a JSON file: {error}.", name=path.name, error=str(error)
        ) from error


def _too_large(path: Path) -> InputError:
    return InputError("{name} is too large to import.", name=path.name)


def _problem(error: Any) -> TranslatableText:
    """Return a sentence about an error of pydantic: where it is, and what is wrong there."""
    place = ""
    for step in error["loc"]:
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else str(step)
    place = clean_line(place if len(place) <= 100 else f"{place[:100]}…")
    if error["type"] == "missing":
        return TranslatableText("{place} is missing", place=place)
    if error["type"] == "value_error":  # of `_fields_of` and `_files`, which name the field
        place = f"{place}.{clean_line(_detail(error))[:80]}"
        return TranslatableText("{place} has a wrong value", place=place)
    return TranslatableText(
        "{place} has a wrong value: {detail}", place=place, detail=_detail(error)
    )


def _detail(error: Any) -> str:
    """Return pydantic's words without its own beginnings."""
    text: str = error["msg"].removeprefix("Invalid JSON: ").removeprefix("Value error, ")
    return text[:200]


# --- trees ----------------------------------------------------------------------------------------


def _check_trees(name: str, conversations: Iterable[ConversationEntry]) -> None:
    """Check that ids are unique, and that the messages of each conversation form a tree."""
    ids: set[tuple[str, str]] = set()
    for conversation in conversations:
        tree = {message.id: message.parent for message in conversation.messages}
        count = len(conversation.messages)
        title = conversation.title[:80]
        new = {("conversation", conversation.id), *(("message", message) for message in tree)}
        if "" in tree or not conversation.id:
            refuse(name, TranslatableText('something in "{title}" has no ID', title=title))
        if len(tree) < count or not new.isdisjoint(ids):
            refuse(
                name, TranslatableText('an ID in "{title}" is there more than once', title=title)
            )
        ids |= new
        if not all(parent in tree or not parent for parent in tree.values()):
            refuse(
                name,
                TranslatableText('a message in "{title}" follows an unknown one', title=title),
            )
        if cyclic(tree):
            refuse(
                name,
                TranslatableText(
                    'messages in "{title}" follow one another in a circle', title=title
                ),
            )
