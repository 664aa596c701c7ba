"""Files of a folder's index: the list of its documents, and the text of each.

    <home>/folders/<digest of the folder's path>/
        files.json          name, size, time and digest of every file; why it could not be read
        texts/<digest>.json text, page starts, and the terms of the passages
        bm25/               index of all passages (bm25s)

Whatever is missing, damaged or of another version is taken for missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mmdesk.errors import Cancelled
from mmdesk.private_files import make_private_folder, open_private
from mmdesk.tasks.folders.folder_files import FolderFile
from mmdesk.tasks.retrieval import bm25_terms
from mmdesk.tasks.sentence_spans import document_spans
from mmdesk.values import CancelFlag, DocumentInput

VERSION = 1
PASSAGE_CHARACTERS = 700
KEPT_S = 30 * 86_400.0  # seconds for which the index of a folder is kept without being used
_LOCK_POLL_S = 0.2  # seconds between two looks at the cancel flag


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """File as it was when it was read.

    Attributes:
        name: path within the folder.
        size: in bytes.
        modified: nanoseconds since 1970.
        sha256: of the content; "" where it could not be read at all.
        problem: why it is not in the index; "" where it is.
        pages: how many; None where the format has none.
        unread_pages: pages that are pictures and were not read.
    """

    name: str
    size: int
    modified: int
    sha256: str = ""
    problem: str = ""
    pages: int | None = None
    unread_pages: int = 0

    def is_unchanged(self, file: FolderFile) -> bool:
        """Return whether the file on disk has the size and the time of the one that was read."""
        return (self.size, self.modified) == (file.size, file.modified)


def remove_unused(home: Path, now: float) -> None:
    """Remove the indexes of folders that were not asked for a long time; `now` in seconds."""
    for lock in (home / "folders").glob("*/lock"):
        with contextlib.suppress(OSError):
            if now - lock.stat().st_mtime > KEPT_S:
                shutil.rmtree(lock.parent)


class FolderStore:
    """Files of one folder's index.

    Args:
        folder: with the documents.
        home: mmdesk's own folder.

    Attributes:
        bm25: folder of the BM25 index.
    """

    def __init__(self, folder: Path, home: Path) -> None:
        self._folder = folder
        self._root = home / "folders" / hashlib.sha256(os.fsencode(folder)).hexdigest()[:32]
        self.bm25 = self._root / "bm25"

    @contextlib.contextmanager
    def locked(self, cancel: CancelFlag) -> Iterator[None]:
        """Hold the lock of the index, which another thread or another mmdesk may be writing.

        Raises:
            OSError: the index cannot be written.
            Cancelled: `cancel` was set while another one held the lock.
        """
        from filelock import FileLock, Timeout

        make_private_folder(self._root / "texts")
        lock = FileLock(self._root / "lock")
        while True:
            try:
                lock.acquire(timeout=_LOCK_POLL_S)
                break
            except Timeout:
                if cancel.is_set():
                    raise Cancelled from None
        try:
            os.utime(self._root / "lock")  # see remove_unused
            yield
        finally:
            lock.release()

    # --- list of files ------------------------------------------------------------------------

    def list_time(self) -> int:
        """Return when the list was written, in nanoseconds; 0 where there is none."""
        try:
            return (self._root / "files.json").stat().st_mtime_ns
        except OSError:
            return 0

    def read_files(self) -> dict[str, IndexedFile]:
        """Return the files of the last time, by name."""
        try:
            data = json.loads((self._root / "files.json").read_text("utf-8"))
            return {entry["name"]: IndexedFile(**entry) for entry in data["files"]}
        except (OSError, ValueError, LookupError, TypeError):
            return {}

    def write_files(self, files: Mapping[str, IndexedFile]) -> None:
        """Write the list of files."""
        data = {"folder": str(self._folder), "files": [asdict(file) for file in files.values()]}
        self.write_json(self._root / "files.json", data)

    # --- texts --------------------------------------------------------------------------------

    def has_text(self, sha256: str) -> bool:
        """Return whether there is something of the document with this digest."""
        return self._text_path(sha256).exists()

    def read_text(self, sha256: str) -> dict[str, Any] | None:
        """Return what was kept of a document; None where there is nothing that fits."""
        try:
            stored = json.loads(self._text_path(sha256).read_text("utf-8"))
            fits = stored["version"] == VERSION and len(stored["passages"]) == len(stored["terms"])
        except (OSError, ValueError, LookupError, TypeError):
            return None
        return stored if fits else None

    def write_text(self, sha256: str, document: DocumentInput) -> dict[str, Any]:
        """Keep a document with the terms of its passages; return what is kept."""
        stored = _stored(document)
        self.write_json(self._text_path(sha256), stored)
        return stored

    def remove_texts(self, wanted: set[str]) -> None:
        """Remove the texts of all other documents."""
        for path in (self._root / "texts").glob("*"):
            if path.stem not in wanted:
                path.unlink(missing_ok=True)

    def _text_path(self, sha256: str) -> Path:
        return self._root / "texts" / f"{sha256}.json"

    @staticmethod
    def write_json(path: Path, data: object) -> None:
        """Write a file, whole or not at all."""
        half = path.with_name(f"{path.name}.{os.getpid()}.half")
        with open_private(half, "w") as stream:
            json.dump(data, stream)  # in ASCII: half surrogate pairs are no UTF-8
        half.replace(path)


def _stored(document: DocumentInput) -> dict[str, Any]:
    """Return what is kept of a document, with the terms of its passages."""
    passages = list(_passages(document))
    return {
        "version": VERSION,
        "text": document.text,
        "media_type": document.media_type,
        "pages": document.pages,
        "page_starts": list(document.page_starts),
        "unread_pages": len(document.scanned),
        "passages": passages,
        "terms": [" ".join(bm25_terms(document.text[start:end])) for start, end in passages],
    }


def _passages(document: DocumentInput) -> Iterator[tuple[int, int]]:
    """Yield where passages begin and end: sentences of one page that follow one another."""
    start = end = 0
    page: int | None = None
    for span in document_spans(document.text, document.page_starts):
        if end and (span.end - start > PASSAGE_CHARACTERS or span.page != page):
            yield start, end
            end = 0
        if not end:
            start, page = span.start, span.page
        end = span.end
    if end:
        yield start, end
