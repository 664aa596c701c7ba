"""Export of a conversation as a readable Markdown page, with its pictures in a folder.

The page has the path that is shown. What the user wrote is quoted, answers stay as they are (they
are Markdown themselves). Documents follow in full after the message they were attached to.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

from mmdesk.history.store import Store
from mmdesk.text import file_name
from mmdesk.values import (
    DocumentInput,
    ImageInput,
    OpenedConversation,
    StoredMessage,
    cited_sources,
    plain_mark,
    source_name,
    with_marks,
)

_ENDINGS = {"stopped": "(stopped)", "interrupted": "(interrupted)", "streaming": "(not finished)"}


def free_path(folder: Path, name: str, suffix: str) -> Path:
    """Return a path that does not exist: "name", else "name (2)" and so on."""
    path, count = folder / f"{name}{suffix}", 1
    while path.exists():
        count += 1
        path = folder / f"{name} ({count}){suffix}"
    return path


def export_markdown(store: Store, conversation: str, folder: Path) -> Path:
    """Write the conversation's page (and a folder of its pictures) into `folder`.

    Returns:
        The page's path.

    Raises:
        InputError: there is no such conversation.
        OSError: the folder cannot be written.
    """
    opened = store.open(conversation)
    folder.mkdir(parents=True, exist_ok=True)
    page = free_path(folder, file_name(opened.info.title), ".md")
    pictures = _PictureFiles(store, page.with_name(f"{page.stem} pictures"))
    page.write_text(_page(opened, pictures), encoding="utf-8")
    return page


class _PictureFiles:
    """Copies of the pictures that a page refers to, each made once."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._copied: dict[str, str] = {}

    def link(self, image: ImageInput) -> str:
        """Return the Markdown of a picture; its file is copied at the first call."""
        if image.sha256 not in self._copied:
            self._copied[image.sha256] = self._copy(image)
        target = self._copied[image.sha256]
        name = image.name.replace("[", "(").replace("]", ")")
        return f"![{name}](<{target}>)" if target else f"(The picture {name} is missing.)"

    def _copy(self, image: ImageInput) -> str:
        data = self._store.picture_png(image.sha256)
        if not data:
            return ""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = free_path(self._folder, file_name(Path(image.name).stem), ".png")
        path.write_bytes(data)
        return f"{self._folder.name}/{path.name}"


def _page(opened: OpenedConversation, pictures: _PictureFiles) -> str:
    info = opened.info
    parts = [f"# {' '.join(info.title.split())}", f"*{_date(info.created)}*"]
    if info.settings.system_prompt:
        parts.append(f"Instructions: {info.settings.system_prompt}")
    for message in opened.messages:
        parts += _message(message, pictures)
    return "\n\n".join(parts) + "\n"


def _message(message: StoredMessage, pictures: _PictureFiles) -> list[str]:
    turn = message.turn
    if turn.role == "assistant":
        ending = _ENDINGS.get(message.state, "")
        if message.state == "failed":
            ending = f"({message.error})"
        text = with_marks(turn.text, message.citations, plain_mark).rstrip()
        paragraphs = [text, _sources(message), f"*{ending}*" if ending else ""]
        return [f"## {message.stats.model or 'Answer'}", *filter(None, paragraphs)]
    parts = [f"## You, {_date(message.created)}"]
    for image in turn.images:
        parts.append(pictures.link(image))
        parts += _description(image)
    for audio in turn.audio:
        transcript = audio.transcript.meant if audio.transcript else ""
        parts.append(f"Recording {audio.name}: {transcript}".rstrip(": "))
    if turn.text.strip():
        parts.append("\n".join(f"> {line}".rstrip() for line in turn.text.splitlines()))
    return parts + [_document(document) for document in turn.documents]


def _sources(message: StoredMessage) -> str:
    """Return the list of the passages that an answer cites; "" without any."""
    sources = enumerate(cited_sources(message.citations), 1)
    return "  \n".join(
        f"[{number}] {source_name(source)}: {' '.join(source.quote.split())}"
        for number, source in sources
    )


def _description(image: ImageInput) -> list[str]:
    description = image.description
    if description is None:
        return []
    text = description.correction or " ".join(filter(None, (description.caption, description.text)))
    return [f"*{' '.join(text.split())}*"] if text else []


def _document(document: DocumentInput) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", document.text)), default=0))
    return f"Document {document.name}:\n\n{fence}text\n{document.text.rstrip()}\n{fence}"


def _date(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
