"""Index of the documents of a folder: their texts and a BM25 index of their passages, on disk.

A file with the size and the time of last time is not opened; one that was renamed or copied is
known by its digest. Whatever is missing or damaged is made again from the files themselves.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from mmdesk.errors import Cancelled, InputError
from mmdesk.tasks.folders.folder_files import FolderFile, FolderListing, file_digest, list_folder
from mmdesk.tasks.folders.folder_store import FolderStore, IndexedFile
from mmdesk.tasks.retrieval import bm25_terms
from mmdesk.translatable import TranslatableText
from mmdesk.values import FOLDER_TYPE, CancelFlag, DocumentInput, Event, Preparing

MAX_CHARACTERS = 60_000_000  # of all documents: about 20,000 pages
MAX_DOCUMENTS = 3  # that a question is answered from
EXCERPT_CHARACTERS = 60_000  # of a longer document, around its best passages
_NEARLY_AS_GOOD = 0.6  # share of the best score from which another document is read as well
_CANDIDATES = 40
_NAMED_PROBLEMS = 3
_PASSAGES = "passages.json"  # beside the BM25 index: where its passages are


class DocumentDecoder(Protocol):
    """Decoder of documents, as `workers.FileDecoder` is."""

    def load_document(self, source: Path, name: str = "") -> DocumentInput:
        """Decode a document.

        Raises:
            InputError: it cannot be read.
        """
        ...


class FolderIndex:
    """Index of one folder.

    Args:
        folder: with the documents.
        home: mmdesk's own folder, in which the index is kept.

    Attributes:
        files: of the last refresh, by name.
    """

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder = folder
        self._store = FolderStore(folder, home)
        self._listing = FolderListing((), 0, False)
        self._retriever: Any = None
        self._passages: list[tuple[str, int, int]] = []  # file, first and last character
        self._is_shortened = False
        self._stamp = 0  # time of the list of files that is known here
        self.files: dict[str, IndexedFile] = {}

    # --- keeping up to date -------------------------------------------------------------------

    def refresh(self, decoder: DocumentDecoder, cancel: CancelFlag) -> Generator[Event, None, bool]:
        """Read what is new or has changed; return whether anything had.

        Yields:
            Preparing for each file that is read.

        Raises:
            InputError: the folder does not exist or cannot be read.
            OSError: the index cannot be written.
            Cancelled: `cancel` was set; files that were read by then are kept.
        """
        self._listing = list_folder(self.folder, cancel)
        with self._store.locked(cancel):
            return (yield from self._refresh(decoder, cancel))

    def _refresh(
        self, decoder: DocumentDecoder, cancel: CancelFlag
    ) -> Generator[Event, None, bool]:
        if self._store.list_time() != self._stamp:  # written by another process or conversation
            self.files, self._stamp = self._store.read_files(), self._store.list_time()
            self._retriever = None
        old, files = self.files, {}
        count = len(self._listing.files)
        try:
            for done, file in enumerate(self._listing.files):
                known = old.get(file.name)
                if known is None or not known.is_unchanged(file) or not self._has_text(known):
                    yield Preparing(
                        "reading document {number} of {count}", done / count,
                        number=done + 1, count=count,
                    )  # fmt: skip
                    known = self._read(file, decoder, cancel)
                files[file.name] = known
        except Cancelled:
            if files:
                self._keep({**old, **files})
            raise
        changed = files != old
        if changed or not self._store.bm25.exists():
            self._keep(files)
            yield from self._build(cancel)
        elif self._retriever is None and not self._load():
            yield from self._build(cancel)
        return changed

    def _has_text(self, file: IndexedFile) -> bool:
        return bool(file.sha256) and (bool(file.problem) or self._store.has_text(file.sha256))

    def _keep(self, files: dict[str, IndexedFile]) -> None:
        """Keep another list of files; the index of the old one goes first."""
        self._retriever = None
        shutil.rmtree(self._store.bm25, ignore_errors=True)
        self.files = files
        self._store.write_files(files)
        self._stamp = self._store.list_time()

    def _read(self, file: FolderFile, decoder: DocumentDecoder, cancel: CancelFlag) -> IndexedFile:
        path = self.folder / file.name
        record = IndexedFile(file.name, file.size, file.modified)
        try:
            sha256 = file_digest(path, cancel)
        except OSError as error:
            return replace(record, problem=error.strerror or str(error))
        stored = self._store.read_text(sha256)
        if stored is None:
            try:
                document = decoder.load_document(path)
            except InputError as problem:
                return replace(record, sha256=sha256, problem=problem.user_message)
            stored = self._store.write_text(sha256, document)
        if not stored["text"].strip():
            return replace(record, sha256=sha256, problem=f"{file.name} has no text.")
        pages, unread = stored["pages"], stored["unread_pages"]
        return replace(record, sha256=sha256, pages=pages, unread_pages=unread)

    def _build(self, cancel: CancelFlag) -> Iterator[Event]:
        """Build the BM25 index of all passages, and remove the texts of files that are gone."""
        import bm25s

        corpus: list[list[str]] = []
        self._passages, self._is_shortened, characters = [], False, 0
        readable = [file for file in self.files.values() if not file.problem]
        for done, file in enumerate(readable):
            if cancel.is_set():
                raise Cancelled
            stored = self._store.read_text(file.sha256)
            if stored is None:
                continue
            characters += len(stored["text"])
            if characters > MAX_CHARACTERS:
                self._is_shortened = True
                break
            if done % 20 == 0:
                yield Preparing("indexing the documents", done / len(readable))
            named = bm25_terms(Path(file.name).stem.replace("_", " "))  # of the first passage
            for (start, end), terms in zip(stored["passages"], stored["terms"], strict=True):
                self._passages.append((file.name, start, end))
                corpus.append([*named, *terms.split()])
                named = []
        if any(corpus):
            yield Preparing("indexing the documents", 0.99)
            self._retriever = bm25s.BM25()
            self._retriever.index(corpus, show_progress=False)
            self._retriever.save(self._store.bm25, show_progress=False)
            passages = {"shortened": self._is_shortened, "passages": self._passages}
            self._store.write_json(self._store.bm25 / _PASSAGES, passages)
        self._store.remove_texts({file.sha256 for file in readable})

    def _load(self) -> bool:
        """Load the BM25 index of the last time; return False where there is none."""
        import bm25s

        try:
            data = json.loads((self._store.bm25 / _PASSAGES).read_text("utf-8"))
            self._retriever = bm25s.BM25.load(self._store.bm25)
            self._passages = [(name, start, end) for name, start, end in data["passages"]]
            self._is_shortened = bool(data["shortened"])
        except (OSError, ValueError, LookupError, TypeError):
            self._retriever = None
        return self._retriever is not None

    # --- asking -------------------------------------------------------------------------------

    def search(self, question: str) -> list[DocumentInput]:
        """Return the documents with the passages that match a question best, the best first.

        A long document is cut to what stands around those passages. None match: none are returned.
        """
        best: dict[str, list[tuple[float, int, int]]] = {}
        for score, name, start, end in self._best_passages(question):
            best.setdefault(name, []).append((score, start, end))
        top = max((places[0][0] for places in best.values()), default=0.0)
        chosen = [name for name, places in best.items() if places[0][0] >= _NEARLY_AS_GOOD * top]
        found = (self._document(name, best[name]) for name in chosen[:MAX_DOCUMENTS])
        return [document for document in found if document is not None]

    def _best_passages(self, question: str) -> list[tuple[float, str, int, int]]:
        if self._retriever is None:
            return []
        known = [term for term in bm25_terms(question) if term in self._retriever.vocab_dict]
        if not known:
            return []
        scores = self._retriever.get_scores(known)
        order = scores.argsort()[::-1][:_CANDIDATES]
        return [(float(scores[at]), *self._passages[at]) for at in order if scores[at] > 0]

    def _document(self, name: str, places: list[tuple[float, int, int]]) -> DocumentInput | None:
        stored = self._store.read_text(self.files[name].sha256) if name in self.files else None
        if stored is None:
            return None
        text, starts, offset = stored["text"], stored["page_starts"], 0
        if len(text) > EXCERPT_CHARACTERS:
            middle = (places[0][1] + places[0][2]) // 2
            offset = max(0, middle - EXCERPT_CHARACTERS // 2)
            text = text[offset : offset + EXCERPT_CHARACTERS]
            starts = [min(max(0, start - offset), len(text)) for start in starts]
        return DocumentInput(
            name,
            text,
            stored["media_type"],
            stored["pages"],
            page_starts=tuple(starts),
            path=str(self.folder / name),
        )

    def document(self) -> DocumentInput:
        """Return the folder as a document: the list of its files, and what was not read."""
        readable = [file for file in self.files.values() if not file.problem]
        lines = [str(self.folder), "", *map(_line, readable)]
        return DocumentInput(
            self.folder.name or str(self.folder),
            "\n".join(lines),
            FOLDER_TYPE,
            len(readable),
            tuple(self._notices()),
            path=str(self.folder),
        )

    def _notices(self) -> Iterator[TranslatableText]:
        problems = [file.name for file in self.files.values() if file.problem]
        named = ", ".join(problems[:_NAMED_PROBLEMS]) + ("…" if problems[_NAMED_PROBLEMS:] else "")
        if len(problems) == 1:
            yield TranslatableText("{name} could not be read.", name=named)
        elif problems:
            yield TranslatableText(
                "{count} files could not be read: {names}.", count=len(problems), names=named
            )
        scanned = sum(file.unread_pages for file in self.files.values())
        if scanned == 1:
            yield TranslatableText("One page is a picture. The text in it was not read.")
        elif scanned:
            yield TranslatableText(
                "{count} pages are pictures. The text in them was not read.", count=scanned
            )
        if self._listing.left_out == 1:
            yield TranslatableText("One file that is no document was left out.")
        elif self._listing.left_out:
            yield TranslatableText(
                "{count} files that are no documents were left out.", count=self._listing.left_out
            )
        if self._listing.is_cut or self._is_shortened:
            yield TranslatableText(
                "The folder is too large. Only the first {count} documents are used.",
                count=len({name for name, _start, _end in self._passages}),
            )


def _line(file: IndexedFile) -> str:
    return file.name if file.pages is None else f"{file.name} ({file.pages} pages)"
