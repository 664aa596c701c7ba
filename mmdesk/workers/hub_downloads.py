"""Models from the hub as the window needs them: looked up, downloaded, resumed, and advised."""

from __future__ import annotations

import logging
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.errors import MMDeskError
from mmdesk.translatable import TranslatableText
from mmdesk.values import CatalogueEntry, FetchProgress, HubPlan, UnfinishedDownload
from mmdesk.workers.child_process import PythonChild
from mmdesk.workers.fetcher import Fetcher
from mmdesk.workers.worker_thread import PATIENCE_MS, WorkerThread

log = logging.getLogger(__name__)

PLAN_CHILD = "mmdesk.workers.hub_plan_main"


class HubDownloads(QObject):
    """Look-ups and downloads of models on the hub, each in a child process.

    Signals:
        planned: HubPlan of the model that was looked up.
        refused: message, hint, whether an access token may help; instead of `planned`.
        progressed: FetchProgress of a download.
        installed: id of the download, id of the model that is installed now.
        paused: id of a download that was stopped; what was downloaded stays.
        failed: id, message, hint of a download.
        listed: tuple[CatalogueEntry, ...] and tuple[UnfinishedDownload, ...] after each `survey`.
    """

    planned = Signal(object)
    refused = Signal(object, object, bool)
    progressed = Signal(object)
    installed = Signal(str, str)
    paused = Signal(str)
    failed = Signal(str, object, object)
    listed = Signal(object, object)

    def __init__(self, parent: QObject | None = None, plan_module: str = PLAN_CHILD) -> None:
        """Prepare; nothing is asked before `look_up`."""
        super().__init__(parent)
        self._plan_module = plan_module
        self._plan_child: PythonChild | None = None
        self._answered = False
        self._running = ""
        self._thread = WorkerThread("hub models", self)
        self._fetcher = Fetcher(self)
        self._fetcher.progressed.connect(self._on_progressed)
        self._fetcher.installed.connect(self.installed)
        self._fetcher.paused.connect(self.paused)
        self._fetcher.part_failed.connect(self._on_part_failed)
        self._fetcher.failed.connect(self._on_fetch_failed)

    def is_running(self) -> bool:
        """Return True while a model is being downloaded."""
        return self._fetcher.is_running()

    def look_up(self, address: str, token: str = "") -> None:
        """Ask the hub about a model; `planned` or `refused` follows.

        Args:
            address: as the user entered it.
            token: access token to keep in the keyring; "" for the one that is kept.
        """
        self.stop_look_up()
        self._answered = False
        child = self._plan_child = PythonChild(self._plan_module, self)
        child.received.connect(self._on_answer)
        child.ended.connect(self._on_plan_ended)
        child.ended.connect(child.deleteLater)
        child.start()
        child.send((address, token))

    @Slot()
    def stop_look_up(self) -> None:
        """Give the look-up up; no signal comes of it."""
        if self._plan_child is not None:
            child, self._plan_child = self._plan_child, None
            child.shut_down()
            child.deleteLater()

    @Slot(str)
    def download(self, address: str) -> None:
        """Download a model that was planned, or resume its download."""
        self._fetcher.fetch((address,))

    @Slot(str)
    def pause(self, address: str) -> None:
        """Stop a download; `download` resumes it."""
        self._fetcher.pause(address)

    @Slot(str)
    def discard(self, address: str) -> None:
        """Delete what a stopped download has left; `listed` follows."""
        self._thread.call(partial(_discard, address), lambda _none: self.survey(), self._tell)

    @Slot()
    def survey(self) -> None:
        """Read the catalogue and the unfinished downloads; `listed` follows."""
        self._thread.call(_survey, lambda found: self.listed.emit(*found), self._tell)

    def close(self, patience_ms: int = PATIENCE_MS) -> bool:
        """End the children and the thread; return False when the disk did not answer in time."""
        self.blockSignals(True)
        self.stop_look_up()
        self._fetcher.close()
        return self._thread.close(patience_ms)

    @Slot(object)
    def _on_answer(self, answer: HubPlan | MMDeskError) -> None:
        self._answered = True
        if isinstance(answer, HubPlan):
            self.planned.emit(answer)
            return
        from mmdesk.models import AccessNeeded

        self.refused.emit(answer.user_message, answer.hint, isinstance(answer, AccessNeeded))

    @Slot(bool)
    def _on_plan_ended(self, succeeded: bool) -> None:
        self._plan_child = None
        if not self._answered:
            self.refused.emit(TranslatableText("The look-up stopped unexpectedly."), "", False)

    @Slot(object)
    def _on_progressed(self, progress: FetchProgress) -> None:
        self._running = progress.part
        self.progressed.emit(progress)

    @Slot(str, object, object)
    def _on_part_failed(self, download: str, message: str, hint: str) -> None:
        self._running = ""
        self.failed.emit(download, message, hint)

    @Slot(object, object)
    def _on_fetch_failed(self, message: str, hint: str) -> None:
        """Tell of a child that ended without saying why; other failures were told before."""
        if self._running and self._fetcher.is_missing(self._running):
            self.failed.emit(self._running, message, hint)

    def _tell(self, problem: Exception) -> None:
        log.error("the models of the hub", exc_info=problem)


def _survey() -> tuple[tuple[CatalogueEntry, ...], tuple[UnfinishedDownload, ...]]:
    from mmdesk.models import ModelStore, catalogue, unfinished_downloads

    store = ModelStore()
    return catalogue(store), unfinished_downloads(store.root)


def _discard(address: str) -> None:
    from mmdesk.models import HubAddress, ModelStore, discard_download

    discard_download(ModelStore().root, HubAddress.parse(address))
