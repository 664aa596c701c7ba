"""Server-sent events of a streamed chat completion, in the dialects of the common servers.

llama.cpp, vLLM, SGLang, LM Studio, Ollama and `transformers serve` differ in the name of the
reasoning, in what they send between the pieces, and in how they report an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from mmdesk.errors import MMDeskError

DONE = "[DONE]"
MAX_EVENT_BYTES = 16_000_000  # of one event; a longer one is not from such a server


class ServerError(MMDeskError):
    """Error that the server itself reported.

    Attributes:
        reported: its own words.
        status: of its HTTP response; 200 for an error in the middle of a stream.
    """

    def __init__(self, host: str, reported: str, status: int = 200) -> None:
        super().__init__("{host} reports: {problem}", host=host, problem=reported)
        self.host, self.reported, self.status = host, reported, status

    def __reduce__(self) -> tuple[Any, ...]:
        return ServerError, (self.host, self.reported, self.status)


@dataclass(frozen=True, slots=True)
class ChatDelta:
    """One piece of a streamed answer.

    Attributes:
        content: of the answer.
        reasoning: thought before the answer.
        finish_reason: why the answer ended; None while it goes on.
        usage: token counts by name; empty in all pieces but one.
    """

    content: str = ""
    reasoning: str = ""
    finish_reason: str | None = None
    usage: dict[str, int] | None = None


def chat_deltas(chunks: Iterable[bytes], host: str) -> Iterator[ChatDelta]:
    """Read the pieces of an answer from the bytes of its event stream.

    Args:
        chunks: bytes as they arrive, cut anywhere.
        host: name of the server, for errors.

    Raises:
        ServerError: the server reports an error in the middle of the stream.
        MMDeskError: what it sends is no such stream.
    """
    for data in event_data(chunks, host):
        if data.strip() == DONE:
            return
        yield _delta(_object(data, host), host)


def event_data(chunks: Iterable[bytes], host: str) -> Iterator[str]:
    """Return the data of each event, without comments and other fields.

    An event ends with an empty line or with the stream. Errors of llama.cpp come as a field of
    their own name; they are passed on as data.
    """
    data: list[str] = []
    for line in _lines(chunks, host):
        name, _, value = line.partition(":")
        if not line:
            if data:
                yield "\n".join(data)
            data = []
        elif name in ("data", "error"):
            if data and _is_whole(data):  # a server that leaves the empty lines out
                yield "\n".join(data)
                data = []
            value = value.removeprefix(" ")
            data.append(value if name == "data" else json.dumps({"error": _parsed(value)}))
    if data:
        yield "\n".join(data)


def _lines(chunks: Iterable[bytes], host: str) -> Iterator[str]:
    """Split the stream at line feeds only: a text may contain every other separator of lines."""
    pending = b""
    for chunk in chunks:
        *whole, pending = (pending + chunk).split(b"\n")
        for line in whole:
            yield line.removesuffix(b"\r").decode("utf-8", "replace")
        if len(pending) > MAX_EVENT_BYTES:
            raise _not_understood(host)
    if pending:
        yield pending.removesuffix(b"\r").decode("utf-8", "replace")


def _is_whole(data: list[str]) -> bool:
    text = "\n".join(data)
    return text.strip() == DONE or isinstance(_parsed(text), dict)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _object(data: str, host: str) -> dict[str, Any]:
    value = _parsed(data)
    if not isinstance(value, dict):
        raise _not_understood(host)
    return value


def _not_understood(host: str) -> MMDeskError:
    return MMDeskError(
        "mmdesk does not understand the answer of {host}.",
        "Its address must be that of an OpenAI-compatible API, which mostly ends with /v1.",
        host=host,
    )


def _delta(value: dict[str, Any], host: str) -> ChatDelta:
    problem = error_text(value)
    if problem:
        raise ServerError(host, problem)
    choices = value.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else {}
    choice = choice if isinstance(choice, dict) else {}
    delta = choice.get("delta") or choice.get("message") or {}
    delta = delta if isinstance(delta, dict) else {}
    finish = choice.get("finish_reason")
    return ChatDelta(
        content=_text(delta.get("content")) or _text(delta.get("refusal")),
        reasoning=_text(delta.get("reasoning_content")) or _text(delta.get("reasoning")),
        finish_reason=finish if isinstance(finish, str) and finish else None,
        usage=_usage(value.get("usage")),
    )


def _text(value: object) -> str:
    """Return a text, also one that comes as a list of parts; "" for null and anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(_text(part.get("text")) for part in value if isinstance(part, dict))
    return ""


def _usage(value: object) -> dict[str, int] | None:
    if not isinstance(value, dict):
        return None
    return {name: count for name, count in value.items() if type(count) is int and count >= 0}


def error_text(value: object) -> str:
    """Return the message of an error object, in each server's form; "" where it is none."""
    if not isinstance(value, dict):
        return ""
    error = value.get("error")
    if isinstance(error, dict):
        error = error.get("message") or error.get("type") or "error"
    elif error is None and value.get("object") == "error":  # vLLM before 0.10
        error = value.get("message") or "error"
    elif error is None and isinstance(value.get("detail"), str):  # FastAPI
        error = value["detail"]
    return " ".join(str(error).split())[:500] if error else ""
