"""The model parts in detail, for the page that manages them: what there is, whether it fits,
checking, removing, and folders of the person's own. Everything happens on a thread, one thing
after another, since disks are slow and digests take seconds.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal, Slot

from mmdesk.errors import Cancelled, MMDeskError
from mmdesk.models import PREFIX, ModelStore, judge, memory_needed, this_machine
from mmdesk.values import HardwareInfo, ModelEntry, ModelInfo

log = logging.getLogger(__name__)


class _ManagerWorker(QObject):
    """Lives on the thread."""

    surveyed = Signal(object, object)
    verified = Signal(str)
    removed = Signal(str)
    added = Signal(str)
    stopped = Signal(str)
    failed = Signal(str, str, str)

    def __init__(self, make_store: Callable[[], ModelStore], stop: threading.Event) -> None:
        super().__init__()
        self._make_store = make_store
        self._stop = stop

    @Slot(str)
    def survey(self, loaded: str) -> None:
        self._carry_out("", lambda: self._survey(loaded))

    @Slot(str)
    def verify(self, part: str) -> None:
        def work() -> None:
            self._make_store().verify(part, self._stop)
            self.verified.emit(part)

        self._carry_out(part, work)

    @Slot(str)
    def remove(self, part: str) -> None:
        def work() -> None:
            self._make_store().remove(part)
            self.removed.emit(part)

        self._carry_out(part, work)

    @Slot(str)
    def add_folder(self, folder: str) -> None:
        def work() -> None:
            self.added.emit(self._make_store().local.add(Path(folder), self._stop).id)

        self._carry_out("", work)

    def _survey(self, loaded: str) -> None:
        store = self._make_store()
        infos, machine = store.infos(), this_machine(store.root)
        for info in infos:
            if info.id == loaded:  # it would make room for another one
                back = machine.memory_free + memory_needed(info, machine.plain_bf16)
                machine = replace(machine, memory_free=min(machine.memory, back))
        entries = tuple(self._entry(store, info, machine) for info in infos)
        self.surveyed.emit(entries, machine)

    @staticmethod
    def _entry(store: ModelStore, info: ModelInfo, machine: HardwareInfo) -> ModelEntry:
        own = info.id.startswith(PREFIX)
        kept = 0 if own or info.installed else store.partial_bytes(info.id)
        raw = 0 if own else store.manifest.part(info.id).raw_bytes
        fit = judge(info, machine, kept_bytes=kept)
        folder = str(store.path(info.id)) if own else ""
        return ModelEntry(info, fit, min(1.0, kept / raw) if raw else 0.0, folder)

    def _carry_out(self, part: str, work: Callable[[], None]) -> None:
        try:
            work()
        except Cancelled:
            self.stopped.emit(part)
        except MMDeskError as error:
            self.failed.emit(part, error.user_message, error.hint)
        except OSError as error:
            log.exception("keeping the models")
            self.failed.emit(part, f"The models cannot be changed: {error.strerror or error}.", "")
        except Exception as error:
            log.exception("keeping the models")
            self.failed.emit(part, f"Something went wrong ({type(error).__name__}).", "")


class ModelManager(QObject):
    """The parts on disk, and what can be done with them.

    Signals:
        surveyed: tuple[ModelEntry, ...] and the HardwareInfo, after each `survey`.
        verified, removed: id of a part that is sound; that is gone.
        added: id of a folder that is on the list now.
        stopped: id of the part ("" for a folder) whose check was stopped.
        failed: id ("" where it concerns none), message, hint.
    """

    surveyed = Signal(object, object)
    verified = Signal(str)
    removed = Signal(str)
    added = Signal(str)
    stopped = Signal(str)
    failed = Signal(str, str, str)
    _survey_wanted = Signal(str)
    _verify_wanted = Signal(str)
    _remove_wanted = Signal(str)
    _folder_wanted = Signal(str)

    def __init__(
        self,
        parent: QObject | None = None,
        make_store: Callable[[], ModelStore] = ModelStore,
    ) -> None:
        super().__init__(parent)
        self._stop = threading.Event()
        self._keeper = _ManagerWorker(make_store, self._stop)
        self._thread = QThread(self)
        self._thread.setObjectName("shelf")
        self._keeper.moveToThread(self._thread)
        self._survey_wanted.connect(self._keeper.survey)
        self._verify_wanted.connect(self._keeper.verify)
        self._remove_wanted.connect(self._keeper.remove)
        self._folder_wanted.connect(self._keeper.add_folder)
        for name in ("surveyed", "verified", "removed", "added", "stopped", "failed"):
            getattr(self._keeper, name).connect(getattr(self, name))

    def survey(self, loaded: str = "") -> None:
        """Look what there is; `loaded` is the id of the part in memory, "" without one."""
        self._begin()
        self._survey_wanted.emit(loaded)

    @Slot(str)
    def verify(self, part: str) -> None:
        """Hash a part's files and compare them."""
        self._begin()
        self._stop.clear()
        self._verify_wanted.emit(part)

    @Slot()
    def stop(self) -> None:
        """Stop the check that is running."""
        self._stop.set()

    @Slot(str)
    def remove(self, part: str) -> None:
        """Delete a part and what is kept of its download; a folder is only taken off the list."""
        self._begin()
        self._remove_wanted.emit(part)

    @Slot(str)
    def add_folder(self, folder: str) -> None:
        """Take a folder of the person's own onto the list."""
        self._begin()
        self._stop.clear()
        self._folder_wanted.emit(folder)

    def close(self, patience_ms: int = 2000) -> bool:
        """End the thread; False when the disk did not answer in time."""
        self.blockSignals(True)
        self._stop.set()
        self._thread.quit()
        return not self._thread.isRunning() or self._thread.wait(patience_ms)

    def _begin(self) -> None:
        if not self._thread.isRunning():  # started by the first wish: most sittings have none
            self._thread.start()
