"""Content of an export: a conversation or one answer as headings, texts and pictures."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mmdesk.text import clean_line
from mmdesk.ui.i18n import tr, translated
from mmdesk.ui.markdown.tolerant import repaired
from mmdesk.values import AudioInput, DocumentInput, ImageInput, OpenedConversation, StoredMessage


@dataclass(frozen=True, slots=True)
class ExportPicture:
    """Picture of a message.

    Attributes:
        name: of its file.
        png: the file's bytes; empty where it is gone.
        caption: what it shows, as the assistant knows it.
    """

    name: str
    png: bytes
    caption: str = ""


@dataclass(frozen=True, slots=True)
class ExportSection:
    """One message.

    Attributes:
        heading: who wrote it; "" for an answer that is exported alone.
        text: Markdown of an answer, plain text of a question.
        is_answer: the text is Markdown.
        pictures: attached ones.
        files: a line for each attached document and recording.
        ending: why an answer is not complete; "" for a complete one.
    """

    heading: str
    text: str
    is_answer: bool
    pictures: tuple[ExportPicture, ...] = ()
    files: tuple[str, ...] = ()
    ending: str = ""


@dataclass(frozen=True, slots=True)
class ExportContent:
    """Everything that is written: `title`, `date` below it, and the sections."""

    title: str
    date: str
    sections: tuple[ExportSection, ...]


def compose_export(
    opened: OpenedConversation, pictures: Mapping[str, bytes], message: str = ""
) -> ExportContent:
    """Return what is written of a conversation.

    Args:
        opened: the conversation, with its whole path.
        pictures: PNG files by digest.
        message: id of the answer that is exported alone; "" for all messages.
    """
    info = opened.info
    wanted = [one for one in opened.messages if not message or one.id == message]
    when = wanted[0].created if message and wanted else info.created
    sections = (_section(one, pictures, alone=bool(message)) for one in wanted)
    return ExportContent(clean_line(info.title), _date(when), tuple(sections))


def _section(
    message: StoredMessage, pictures: Mapping[str, bytes], *, alone: bool
) -> ExportSection:
    turn = message.turn
    if turn.role == "assistant":
        heading = "" if alone else message.stats.model or str(tr("Answer"))
        text = repaired(turn.text.strip())
        return ExportSection(heading, text, True, ending=_ending(message))
    heading = str(tr("You, {time}").format(time=_date(message.created)))
    return ExportSection(
        heading,
        turn.text.strip(),
        False,
        tuple(_picture(image, pictures) for image in turn.images),
        tuple(_files(turn.documents, turn.audio)),
    )


def _ending(message: StoredMessage) -> str:
    if message.state == "failed":
        return str(translated(message.error))
    endings = {
        "stopped": tr("Stopped"),
        "interrupted": tr("Interrupted"),
        "streaming": tr("Not finished"),
    }
    return str(endings.get(message.state, ""))


def _picture(image: ImageInput, pictures: Mapping[str, bytes]) -> ExportPicture:
    caption, description = "", image.description
    if description is not None:
        caption = description.correction or description.caption
    return ExportPicture(
        clean_line(image.name), pictures.get(image.sha256, b""), " ".join(caption.split())
    )


def _files(documents: tuple[DocumentInput, ...], sounds: tuple[AudioInput, ...]) -> Iterator[str]:
    for document in documents:
        yield str(tr("Document {0}").format(clean_line(document.name)))
    for audio in sounds:
        said = audio.transcript.meant.strip() if audio.transcript else ""
        line = tr("Sound {0}").format(clean_line(audio.name))
        yield f"{line}: {said}" if said else str(line)


def _date(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
