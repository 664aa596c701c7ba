"""Text extraction from e-mails (.eml, .mbox) and web pages saved as one file (.mht)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from mmdesk.errors import InputError
from mmdesk.inputs.embedded_pictures import is_counted, unread_picture_notices
from mmdesk.inputs.encoding import decode
from mmdesk.inputs.html import html_text
from mmdesk.translatable import TranslatableText

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_MESSAGE_START = re.compile(rb"(?:\A|\n\r?\n)From (?=\S+.*\d\d:\d\d)")  # of an .mbox file
_TEXT_TYPES = ("text/plain", "text/html")
_MAX_DEPTH = 8  # of messages forwarded in messages
_NAMED_ATTACHMENTS = 5
_MAX_HEADER = 4_000  # characters
_LARGER_CHARSETS = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252"}


def email_text(data: bytes, name: str) -> tuple[str, tuple[TranslatableText, ...]]:
    """Extract the text of a message, or of all messages of a mailbox.

    Returns:
        From, To, Cc, Date and Subject and the text, of which the plain version is preferred; and
        the names of attachments, which are not read.

    Raises:
        InputError: there is no text, or it is in no known encoding.
    """
    starts = [match.end() for match in _MESSAGE_START.finditer(data)]
    parts = [data]
    if starts and data.startswith(b"From "):
        ends = [*(start for start in starts[1:]), len(data)]
        parts = [data[start:end] for start, end in zip(starts, ends, strict=True)]
        parts = [part.partition(b"\n")[2] for part in parts]  # without the rest of the From line
    attached: list[str] = []
    messages = [_parsed(part) for part in parts]
    texts = ["\n\n".join(_blocks(message, name, attached)) for message in messages]
    if not any(texts):
        raise InputError("{name} is a message without text.", name=name)
    pictures = sum(_is_shown_picture(part) for message in messages for part in message.walk())
    text = "\n\n".join(text for text in texts if text)
    return text, (*_notices(attached), *unread_picture_notices(pictures))


class _BoundedHeaders(policy.EmailPolicy):
    """Policy that parses the beginning of a long header; a hundred addresses take a second."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        """Return the parsed value, for every look at it."""
        if len(value) > _MAX_HEADER:
            value = f"{value[:_MAX_HEADER]} …"
        return super().header_fetch_parse(name, value)


_POLICY = _BoundedHeaders()


def _parsed(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=_POLICY)
    assert isinstance(message, EmailMessage)
    return message


def _notices(attached: list[str]) -> tuple[TranslatableText, ...]:
    if not attached:
        return ()
    names = ", ".join(attached[:_NAMED_ATTACHMENTS]) + ", …" * (len(attached) > _NAMED_ATTACHMENTS)
    return (TranslatableText("Attached files were not read: {names}.", names=names),)


def _blocks(message: EmailMessage, name: str, attached: list[str], depth: int = 0) -> Iterator[str]:
    """Yield the headers, the text and the forwarded messages; collect the names of attachments."""
    headers = [f"{key}: {' '.join(str(message[key]).split())}" for key in _HEADERS if message[key]]
    if headers:
        yield "\n".join(headers)
    yield from _texts(message, name)
    for part in _leaves(message):
        if part.get_content_type() == "message/rfc822":
            forwarded = part.get_content() if depth < _MAX_DEPTH else None
            if isinstance(forwarded, EmailMessage):
                yield from _blocks(forwarded, name, attached, depth + 1)
        elif _is_attachment(part):
            attached.append(" ".join((part.get_filename() or part.get_content_type()).split()))


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in message.iter_parts():
            if isinstance(part, EmailMessage):
                yield from _leaves(part)
    else:
        yield message


def _is_attachment(part: EmailMessage) -> bool:
    """Return whether a part is a file of its own, and no text or picture of the layout."""
    if part.is_attachment():
        return True
    if part.get_content_maintype() in ("text", "multipart", "message"):
        return part.get_content_type() not in _TEXT_TYPES and part.get_filename() is not None
    return not ("Content-ID" in part or "Content-Location" in part)


def _is_shown_picture(part: Message) -> bool:
    """Return whether a part is a picture that is shown in the text; icons do not count."""
    return (
        isinstance(part, EmailMessage)
        and part.get_content_maintype() == "image"
        and not _is_attachment(part)
        and is_counted(len(str(part.get_payload())) * 3 // 4)
    )


def _texts(part: EmailMessage, name: str) -> list[str]:
    """Return the texts of a part; of several versions of one text, the first, which is plain."""
    if part.is_attachment():
        return []
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        parts = [entry for entry in part.iter_parts() if isinstance(entry, EmailMessage)]
        found = [texts for entry in parts if (texts := _texts(entry, name))]
        if part.get_content_subtype() == "alternative":
            return found[0] if found else []
        return [text for texts in found for text in texts]
    if part.get_content_type() not in _TEXT_TYPES and part.get_content_maintype() != "multipart":
        return []
    text = _decoded(part, name)
    if part.get_content_type() == "text/html":
        text = html_text(text, name)
    return [text.strip()] if text.strip() else []


def _decoded(part: EmailMessage, name: str) -> str:
    """Return the text of a part in the encoding it names, or else in the most plausible one."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload:
        return ""
    charset = (part.get_content_charset("") or "").lower()
    try:
        text = payload.decode(_LARGER_CHARSETS.get(charset, charset or "utf-8"))
    except (LookupError, ValueError):
        return decode(payload, name)
    return text.replace("\r\n", "\n").replace("\r", "\n")
