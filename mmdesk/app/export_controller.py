"""Exports that the window asks for: read from the history, written in a thread of their own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from mmdesk.errors import MMDeskError
from mmdesk.ui import tr
from mmdesk.values import OpenedConversation

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

    from mmdesk.history import Archive
    from mmdesk.ui import MainWindow
    from mmdesk.ui.export.content import ExportContent
    from mmdesk.ui.export_actions import ExportWish
    from mmdesk.workers import HistoryWorker

log = logging.getLogger(__name__)

_Gathered = tuple[OpenedConversation, dict[str, bytes]]


class ExportController(QObject):
    """Controller of exports as PDF, HTML and DOCX, and of printing.

    Signals:
        exported(str): the path that was written.
        failed(object, object): message, hint.
    """

    exported = Signal(str)
    failed = Signal(object, object)

    def __init__(self, window: MainWindow, history: HistoryWorker[Archive]) -> None:
        from mmdesk.workers import WorkerThread

        super().__init__(window)
        self._window, self._history = window, history
        self._thread = WorkerThread("export", self)
        actions = window.history.exports
        actions.wanted.connect(self._on_wanted)
        actions.print_wanted.connect(self._on_print_wanted)
        self.failed.connect(window.composer.show_error)

    def close(self) -> bool:
        """End the thread; return False when it still writes."""
        return self._thread.close()

    def _on_wanted(self, wish: ExportWish) -> None:
        self._tell(tr("Exporting…"))

        def write(content: ExportContent) -> str:
            from mmdesk.ui.export.files import write_export

            return str(write_export(content, Path(wish.path)))

        self._with_content(wish.conversation, wish.message, write, self.exported.emit)

    def _on_print_wanted(self, conversation: str, message: str, printer: QPrinter) -> None:
        self._tell(tr("Printing…"))

        def paint(content: ExportContent) -> None:
            from mmdesk.ui.export.pdf_writer import paint_content

            printer.setDocName(content.title)
            paint_content(content, printer, printer.resolution())

        def end(_none: None) -> None:
            self._tell(tr("Sent to the printer"))

        self._with_content(conversation, message, paint, end)

    def _with_content(
        self,
        conversation: str,
        message: str,
        use: Callable[[ExportContent], Any],
        on_done: Callable[[Any], object],
    ) -> None:
        """Read a conversation, then call `use` with its content in the thread."""

        def work(gathered: _Gathered) -> None:
            def run() -> Any:
                from mmdesk.ui.export.content import compose_export

                opened, pictures = gathered
                return use(compose_export(opened, pictures, message))

            self._thread.call(run, on_done, self._on_failed)

        self._history.call(lambda store: gather(store, conversation), work)

    def _on_failed(self, error: Exception) -> None:
        self._tell(tr("Ready"))
        self.failed.emit(*export_problem(error))

    def _tell(self, state: str) -> None:
        self._window.status_bar.set_state(state)


def export_problem(error: Exception) -> tuple[str, str]:
    """Return message and hint about a file that could not be written; log a defect."""
    if isinstance(error, MMDeskError):
        return error.user_message, error.hint
    log.error("a file cannot be exported", exc_info=error)
    return tr("The export failed ({kind}).").format(kind=type(error).__name__), ""


def gather(store: Archive, conversation: str) -> _Gathered:
    """Return a conversation with its whole path, and the PNG files of its pictures by digest."""
    opened = store.open(conversation)
    digests = {image.sha256 for one in opened.messages for image in one.turn.images}
    return opened, {digest: store.picture_png(digest) for digest in digests}
