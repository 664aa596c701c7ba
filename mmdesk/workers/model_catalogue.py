"""Which model parts are there: asked on a thread, since disks can be slow."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, QThread, Signal, Slot

from mmdesk.errors import MMDeskError

log = logging.getLogger(__name__)


class _CatalogueReader(QObject):
    """Lives on the catalogue's thread."""

    listed = Signal(object, object)
    failed = Signal(str, str)

    @Slot()
    def read(self) -> None:
        try:
            from mmdesk.models import ModelStore

            store = ModelStore()
            self.listed.emit(store.infos(), store.missing_defaults())
        except MMDeskError as error:
            self.failed.emit(error.user_message, error.hint)
        except Exception as error:
            log.exception("listing the models")
            self.failed.emit(f"The models cannot be listed ({type(error).__name__}).", "")


class Catalogue(QObject):
    """The parts on disk, as a list that can be asked for again.

    Signals:
        listed: tuple[ModelInfo, ...] and the ids of the default parts that are missing, after
            each `refresh`.
        failed: message, hint instead.
    """

    listed = Signal(object, object)
    failed = Signal(str, str)
    _wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader = _CatalogueReader()
        self._thread = QThread(self)
        self._thread.setObjectName("catalogue")
        self._reader.moveToThread(self._thread)
        self._wanted.connect(self._reader.read)
        self._reader.listed.connect(self.listed)
        self._reader.failed.connect(self.failed)
        self._thread.start()

    def refresh(self) -> None:
        """Look again; `listed` follows."""
        self._wanted.emit()

    def close(self, patience_ms: int = 2000) -> bool:
        """End the thread; False when the disk did not answer in time."""
        self._reader.listed.disconnect()
        self._reader.failed.disconnect()
        self._thread.quit()
        return self._thread.wait(patience_ms)
