"""Folders that are added to a conversation, and the files in them that answers cite."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.errors import Cancelled, InputError, MMDeskError
from mmdesk.values import Citation, DocumentInput, Preparing
from mmdesk.workers import FileDecoder, WorkerThread

if TYPE_CHECKING:
    from mmdesk.tasks.folders import FolderReader


class FolderLoader(QObject):
    """Loader of folders in a thread of its own; files are decoded in the decoder child.

    Signals:
        progressed: name of the folder, what is being done, fraction or None.
        loaded: the folder as a DocumentInput.
        failed: message, hint.
        idle: no folder is being read any more.
        cited_file_loaded: the DocumentInput of a cited file, or None; its Citation.
    """

    progressed = Signal(str, object, object)
    loaded = Signal(object)
    failed = Signal(object, object)
    idle = Signal()
    cited_file_loaded = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Begin with nothing to read."""
        super().__init__(parent)
        self._thread = WorkerThread("folders", self)
        self._cancel = threading.Event()
        self._closing = threading.Event()
        self._waiting = 0
        self._reader: FolderReader | None = None

    @Slot(str)
    def load(self, path: str) -> None:
        """Read a folder; `loaded` or `failed` follows, unless it is cancelled."""
        if not self._waiting:
            self._cancel = threading.Event()
        self._waiting += 1
        work = partial(self._read, Path(path), self._cancel)
        self._thread.call(work, self._on_loaded, partial(self._on_failed, Path(path).name))

    @Slot()
    def cancel(self) -> None:
        """Stop reading all folders; what was read by then is kept for the next time."""
        self._cancel.set()

    @Slot(object)
    def load_cited_file(self, citation: Citation) -> None:
        """Read the file of a citation; `cited_file_loaded` follows."""
        self._thread.call(
            partial(self._read_file, Path(citation.path), citation.document),
            lambda document: self.cited_file_loaded.emit(document, citation),
            lambda _error: self.cited_file_loaded.emit(None, citation),
        )

    def close(self) -> bool:
        """End the thread; return False when it did not end in time."""
        self._cancel.set()
        self._closing.set()
        return self._thread.close()

    # --- in the thread ------------------------------------------------------------------------

    def _read(self, folder: Path, cancel: threading.Event) -> DocumentInput:
        if self._reader is None:  # late, as the tasks are imported in this thread
            from mmdesk.tasks.folders import FolderReader

            self._reader = FolderReader(FileDecoder)
        steps = self._reader.read(folder, cancel)
        while True:
            try:
                event = next(steps)
            except StopIteration as end:
                document: DocumentInput = end.value
                return document
            if isinstance(event, Preparing):
                self._thread.post(partial(self._tell, folder.name, event))

    def _read_file(self, path: Path, name: str) -> DocumentInput | None:
        with FileDecoder(self._closing) as decoder:
            return replace(decoder.load_document(path), name=name)

    # --- in the window's thread ---------------------------------------------------------------

    def _tell(self, name: str, event: Preparing) -> None:
        if not self._cancel.is_set():
            self.progressed.emit(name, event.stage, event.fraction)

    def _on_loaded(self, document: DocumentInput) -> None:
        self.loaded.emit(document)
        self._count_down()

    def _on_failed(self, name: str, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            if not isinstance(error, MMDeskError):
                reason = getattr(error, "strerror", None) or type(error).__name__
                error = InputError("{name} cannot be read: {reason}.", name=name, reason=reason)
            self.failed.emit(error.user_message, error.hint)
        self._count_down()

    def _count_down(self) -> None:
        self._waiting -= 1
        if not self._waiting:
            self.idle.emit()
