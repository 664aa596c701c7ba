"""Model parts as the window needs them: installed, being downloaded, and the one that answers."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.translatable import TranslatableText
from mmdesk.values import FetchProgress, ModelInfo
from mmdesk.workers.fetcher import Fetcher
from mmdesk.workers.model_manager import ModelManager


class ModelParts(QObject):
    """Downloader of missing default parts, the language model first, and chooser of who answers.

    Attributes:
        model: id of the language model that answers; "" while there is none.
        manager: the parts on disk; shared with the models page.

    Signals:
        listed: tuple[ModelInfo, ...], id of the part that answers or was wanted.
        readiness_changed: whether there is a part that answers; else the reason.
        model_chosen: another part answers from now on.
        installed: a part has become usable.
        progressed: FetchProgress.
        fetched: everything that was to be downloaded is there.
        fetch_failed: message, hint; also when the user cancelled.
        problem_arose: message, hint: something other than a download, e.g. a fallback was taken.
        part_failed: id, message, hint of one part that could not be downloaded.
        paused: id of a part whose download was paused.
        completed: all standard parts are installed.
    """

    listed = Signal(object, str)
    readiness_changed = Signal(bool, object)
    model_chosen = Signal(str)
    installed = Signal()
    progressed = Signal(object)
    fetched = Signal()
    fetch_failed = Signal(object, object)
    problem_arose = Signal(object, object)
    part_failed = Signal(str, object, object)
    paused = Signal(str)
    completed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Prepare the disk's thread and the downloads; nothing starts before `begin`."""
        super().__init__(parent)
        self.model = ""
        self._wanted = ""
        self._begun = False
        self._fetches_missing = True
        self._infos: tuple[ModelInfo, ...] = ()
        self._served: tuple[ModelInfo, ...] = ()
        self.manager = ModelManager(self)
        self._fetcher = Fetcher(self)
        self.manager.listed.connect(self._on_listed)
        self.manager.list_failed.connect(self.problem_arose)
        self._fetcher.progressed.connect(self.progressed)
        self._fetcher.installed.connect(self._on_installed)
        self._fetcher.finished.connect(self.fetched)
        self._fetcher.failed.connect(self._on_fetch_failed)
        self._fetcher.cancelled.connect(self._on_fetch_cancelled)
        self._fetcher.part_failed.connect(self.part_failed)
        self._fetcher.paused.connect(self.paused)

    def begin(self, wanted: str, *, fetch_missing: bool = True) -> None:
        """List what is installed, and download the default parts that are not.

        Args:
            wanted: id of the language model that answers, if it is installed.
            fetch_missing: False downloads nothing before the user asks for it.
        """
        self._wanted, self._fetches_missing = wanted, fetch_missing
        self.manager.refresh()

    @property
    def infos(self) -> tuple[ModelInfo, ...]:
        """All parts, as they were listed last; empty before that."""
        return self._infos

    def set_served(self, served: tuple[ModelInfo, ...]) -> None:
        """Set the language models of other computers; they are listed after those of this one."""
        if served == self._served:
            return
        installed = self._infos[: len(self._infos) - len(self._served)]
        self._served = served
        if self._begun:
            self._infos = (*installed, *served)
            self._choose()

    def is_at_hand(self, model: str) -> bool:
        """Return True when a language model is installed or being downloaded."""
        installed = any(info.id == model and info.installed for info in self._infos)
        return installed or self.is_fetching_part(model)

    def answer_with(self, model: str) -> None:
        """Answer with this language model once it is installed; nothing is downloaded for it."""
        if model != self._wanted:
            self._wanted = model
            if self._infos:
                self._choose()

    def want(self, model: str) -> None:
        """Answer with this language model, now or as soon as it has been downloaded."""
        self._wanted = model
        self._fetch([info for info in self._infos if info.id == model and not info.installed])
        self._choose()

    @Slot(str)
    def fetch(self, part: str) -> None:
        """Download a part, or resume its download."""
        self._fetch([info for info in self._infos if info.id == part])

    @Slot(str)
    def pause(self, part: str) -> None:
        """Pause a part's download; `fetch` resumes it."""
        self._fetcher.pause(part)

    @Slot()
    def refresh(self) -> None:
        """List again what is installed."""
        self.manager.refresh()

    def is_fetching(self) -> bool:
        """Return True while anything is being downloaded."""
        return self._fetcher.is_running()

    def is_fetching_part(self, part: str) -> bool:
        """Return True when this part is being downloaded or waits for it."""
        return self._fetcher.is_running() and self._fetcher.is_missing(part)

    @Slot()
    def cancel(self) -> None:
        """Stop downloading; `retry` resumes."""
        self._fetcher.cancel()

    @Slot()
    def retry(self) -> None:
        """Download what failed before."""
        self._fetcher.retry()

    def close(self) -> bool:
        """End the child and the threads; return False when the disk did not answer in time."""
        self.blockSignals(True)
        self._fetcher.close()
        return self.manager.close()

    @Slot(object, object)
    def _on_listed(self, infos: tuple[ModelInfo, ...], missing: tuple[str, ...]) -> None:
        self._infos = (*infos, *self._served)
        if not self._begun:
            self._begun = True
            if self._fetches_missing:
                self._fetch([info for info in infos if info.id in missing])
        if infos and not missing:
            self.completed.emit()
        self._choose()

    def _fetch(self, parts: list[ModelInfo]) -> None:
        parts.sort(key=lambda info: info.role != "language")  # chat opens as soon as it is there
        for info in parts:
            size = info.download_bytes
            self.progressed.emit(FetchProgress(info.id, info.title, "waiting", 0, size))
        self._fetcher.fetch(tuple(info.id for info in parts))

    def _choose(self) -> None:
        there = [info.id for info in self._infos if info.role == "language" and info.installed]
        served = {info.id for info in self._served}  # never without having been chosen
        local = next((model for model in there if model not in served), "")
        model = self._wanted if self._wanted in there else local
        self.listed.emit(self._infos, model or self._wanted)
        self.readiness_changed.emit(bool(model), "" if model else self._reason())
        if model and model != self.model:
            self.model = model
            self.model_chosen.emit(model)

    def _reason(self) -> TranslatableText:
        """Return why nobody answers."""
        if self._fetches_missing or self.is_fetching():
            return TranslatableText("The language model is not installed yet.")
        return TranslatableText("No language model is installed. Download one on the models page.")

    @Slot(str, str)
    def _on_installed(self, part: str, instead: str) -> None:
        self.manager.refresh()
        self.installed.emit()
        if instead != part:
            titles = {info.id: info.title for info in self._infos}
            message = TranslatableText(
                "{model} could not be downloaded from any source. {other} is used instead.",
                model=titles.get(part, part),
                other=titles.get(instead, instead),
            )
            self.problem_arose.emit(message, "")

    @Slot(object, object)
    def _on_fetch_failed(self, message: str, hint: str) -> None:
        self.fetch_failed.emit(message, hint)
        if not self.model:
            self.readiness_changed.emit(False, message)

    @Slot()
    def _on_fetch_cancelled(self) -> None:
        self._on_fetch_failed(
            TranslatableText("Download cancelled."),
            TranslatableText("Retry resumes where it left off."),
        )
