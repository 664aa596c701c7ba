"""Controller of the page that shows the connection log."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from mmdesk.values import Connection
from mmdesk.workers import WorkerThread

if TYPE_CHECKING:
    from mmdesk.ui import ConnectionsDialog, PageWindows

log = logging.getLogger(__name__)


class ConnectionsController(QObject):
    """Reader of the connection log, in a thread, whenever the page is opened."""

    def __init__(self, pages: PageWindows) -> None:
        """Connect the page."""
        super().__init__()
        self._thread = WorkerThread("connection log", self)
        self._dialog: ConnectionsDialog | None = None
        pages.connections_opened.connect(self._on_opened)

    def close(self) -> bool:
        """End the thread."""
        return self._thread.close()

    @Slot(object)
    def _on_opened(self, dialog: ConnectionsDialog) -> None:
        self._dialog = dialog
        dialog.clear_wanted.connect(self._on_clear)
        dialog.finished.connect(self._on_finished)
        self._thread.call(_read, self._show, self._tell)

    @Slot()
    def _on_clear(self) -> None:
        self._thread.call(_clear, self._show, self._tell)

    @Slot()
    def _on_finished(self) -> None:
        self._dialog = None

    def _show(self, connections: tuple[Connection, ...]) -> None:
        if self._dialog is not None:
            self._dialog.set_connections(connections)

    def _tell(self, error: Exception) -> None:
        log.error("the connection log", exc_info=error)
        if self._dialog is not None:
            from mmdesk.ui import tr

            text = tr("The list of connections cannot be changed: {reason}.")
            reason = getattr(error, "strerror", None) or str(error)
            self._dialog.about.setText(text.format(reason=reason))


def _read() -> tuple[Connection, ...]:
    from mmdesk.network import ConnectionLog

    return ConnectionLog().read()


def _clear() -> tuple[Connection, ...]:
    from mmdesk.network import ConnectionLog

    ConnectionLog().clear()
    return ConnectionLog().read()
