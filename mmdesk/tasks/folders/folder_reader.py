"""Reading of folders before a question is answered from their documents."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from mmdesk import settings
from mmdesk.errors import InputError
from mmdesk.tasks.folders.folder_index import DocumentDecoder, FolderIndex
from mmdesk.tasks.folders.folder_store import remove_unused
from mmdesk.translatable import TranslatableText
from mmdesk.values import CancelFlag, DocumentInput, Event, Notice, Turn

OpenDecoder = Callable[[CancelFlag], AbstractContextManager[DocumentDecoder]]
_SHORT_QUESTION = 30  # characters; a shorter one is joined to the question before it


class FolderReader:
    """Reader of folders, whose indexes are kept as long as it lives.

    Args:
        open_decoder: opens what decodes documents.
        home: mmdesk's own folder; None for the usual one.
    """

    def __init__(self, open_decoder: OpenDecoder, home: Path | None = None) -> None:
        self._open_decoder = open_decoder
        self._home = home
        self._indexes: dict[Path, FolderIndex] = {}

    def read(self, folder: Path, cancel: CancelFlag) -> Generator[Event, None, DocumentInput]:
        """Bring the index of a folder up to date and return the folder as a document.

        Yields:
            Preparing for each file that is read.

        Raises:
            InputError: the folder cannot be read, holds no document, or its index cannot be kept.
            Cancelled: `cancel` was set.
        """
        yield from self._refresh(folder, cancel)
        document = self._index(folder).document()
        if not document.pages:
            hint = document.notices[0] if document.notices else TranslatableText("It is empty.")
            name = document.name
            raise InputError("No document in {folder} could be read.", hint, folder=name)
        return document

    def read_turns(
        self, turns: tuple[Turn, ...], cancel: CancelFlag
    ) -> Generator[Event, None, tuple[Turn, ...]]:
        """Return the turns with the matching documents of a folder in its place.

        Yields:
            Preparing for each file that is read; Notices of what was searched, and of a folder that
            cannot be read any more.

        Raises:
            Cancelled: `cancel` was set.
        """
        question = _question(turns)
        read: list[Turn] = []
        for turn in turns:
            documents: list[DocumentInput] = []
            for document in turn.documents:
                if document.is_folder:
                    documents += yield from self._matching(document, question, cancel)
                else:
                    documents.append(document)
            read.append(replace(turn, documents=tuple(documents)))
        return tuple(read)

    def _matching(
        self, folder: DocumentInput, question: str, cancel: CancelFlag
    ) -> Generator[Event, None, list[DocumentInput]]:
        """Return the documents that match the question; the folder's list where none does."""
        path = Path(folder.path)
        try:
            if not folder.path:
                raise InputError("The folder {folder} is not known here.", folder=folder.name)
            yield from self._refresh(path, cancel)
        except InputError as problem:
            yield Notice("{problem} {hint}", problem=problem.user_message, hint=problem.hint)
            return [_as_list(folder)]
        index = self._index(path)
        whole = index.document()
        found = index.search(question)
        if not found:
            yield Notice(
                "No document in {folder} has words of the question. The model sees only the list "
                "of its files.",
                folder=whole.name,
            )
            return [_as_list(whole)]
        yield Notice(
            "Searched {documents} in {folder}. Answered from {names}.",
            documents=(
                TranslatableText("one document")
                if whole.pages == 1
                else TranslatableText("{count} documents", count=whole.pages)
            ),
            folder=whole.name,
            names=_names([document.name for document in found]),
        )
        return found

    def _refresh(self, folder: Path, cancel: CancelFlag) -> Generator[Event, None, None]:
        try:
            with self._open_decoder(cancel) as decoder:
                yield from self._index(folder).refresh(decoder, cancel)
        except OSError as error:
            raise InputError(
                "The index of {folder} cannot be written: {reason}.",
                "Is the disk full?",
                folder=folder.name,
                reason=error.strerror or str(error),
            ) from error

    def _index(self, folder: Path) -> FolderIndex:
        home = self._home or settings.home()
        if not self._indexes:
            remove_unused(home, time.time())
        if folder not in self._indexes:
            self._indexes[folder] = FolderIndex(folder, home)
        return self._indexes[folder]


def has_folder(turns: tuple[Turn, ...]) -> bool:
    """Return whether a folder is attached to one of the turns."""
    return any(document.is_folder for turn in turns for document in turn.documents)


def _as_list(folder: DocumentInput) -> DocumentInput:
    """Return the list of a folder's files as a document of its own."""
    return replace(folder, media_type="text/plain", path="", pages=None)


def _question(turns: tuple[Turn, ...]) -> str:
    """Return the last question; a short one with the one before it."""
    questions = [turn.text for turn in turns if turn.role == "user"]
    spoken = [audio.transcript.text for audio in turns[-1].audio if audio.transcript]
    question = " ".join([questions[-1], *spoken]).strip()
    if len(question) < _SHORT_QUESTION and len(questions) > 1:
        return f"{questions[-2]} {question}"
    return question


def _names(names: list[str]) -> str:
    *first, last = names
    if not first:
        return last
    return TranslatableText("{pages} and {last}", pages=", ".join(first), last=last)
