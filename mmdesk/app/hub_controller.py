"""Controller of the models page's section for models from the hub, and of its catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from mmdesk.settings import Settings
from mmdesk.values import CatalogueEntry, FetchProgress, HubPlan, UnfinishedDownload
from mmdesk.workers import HubDownloads

if TYPE_CHECKING:
    from mmdesk.ui import MainWindow, ModelsPage
    from mmdesk.workers import ModelParts


class HubController(QObject):
    """Controller between the models page and the downloads from the hub.

    Attributes:
        downloads: the look-ups and downloads.
    """

    def __init__(self, window: MainWindow, parts: ModelParts, settings: Settings) -> None:
        """Connect the pages of `window`."""
        super().__init__()
        self._pages, self._parts = window.pages, parts
        self._work_offline = settings.work_offline
        self._page: ModelsPage | None = None
        self.downloads = HubDownloads(self)
        self._pages.models_opened.connect(self._on_models_opened)
        self._pages.models_shown.connect(self.downloads.survey)
        self.downloads.planned.connect(self._on_planned)
        self.downloads.refused.connect(self._on_refused)
        self.downloads.progressed.connect(self._on_progressed)
        self.downloads.installed.connect(self._on_installed)
        self.downloads.paused.connect(self._on_paused)
        self.downloads.failed.connect(self._on_failed)
        self.downloads.listed.connect(self._on_listed)

    def apply_settings(self, settings: Settings) -> None:
        """Contact the hub without a question, or after one."""
        self._work_offline = settings.work_offline
        if self._page is not None:
            self._page.hub.work_offline = settings.work_offline

    def close(self) -> bool:
        """End the downloads; return False when the disk did not answer in time."""
        return self.downloads.close()

    @Slot(object)
    def _on_models_opened(self, page: ModelsPage) -> None:
        self._page = page
        page.hub.work_offline = self._work_offline
        page.hub.look_up_wanted.connect(self.downloads.look_up)
        page.hub.download_wanted.connect(self.downloads.download)
        page.hub.pause_wanted.connect(self.downloads.pause)
        page.hub.discard_wanted.connect(self.downloads.discard)
        page.finished.connect(self.downloads.stop_look_up)

    @Slot(object)
    def _on_planned(self, plan: HubPlan) -> None:
        if self._page is not None:
            self._page.hub.set_plan(plan)

    @Slot(object, object, bool)
    def _on_refused(self, message: str, hint: str, token_helps: bool) -> None:
        if self._page is not None:
            self._page.hub.set_refused(message, hint, token_helps)

    @Slot(object)
    def _on_progressed(self, progress: FetchProgress) -> None:
        if self._page is not None:
            self._page.hub.set_progress(progress)

    @Slot(str, str)
    def _on_installed(self, download: str, _model: str) -> None:
        if self._page is not None:
            self._page.hub.set_installed(download)
        self._parts.refresh()
        self.downloads.survey()

    @Slot(str)
    def _on_paused(self, download: str) -> None:
        if self._page is not None:
            self._page.hub.set_stopped(download)

    @Slot(str, object, object)
    def _on_failed(self, download: str, message: str, hint: str) -> None:
        if self._page is not None:
            self._page.hub.set_failed(download, message, hint)

    @Slot(object, object)
    def _on_listed(
        self,
        entries: tuple[CatalogueEntry, ...],
        unfinished: tuple[UnfinishedDownload, ...],
    ) -> None:
        if self._page is not None:
            self._page.catalogue.set_entries(entries)
            self._page.hub.set_unfinished(unfinished)
