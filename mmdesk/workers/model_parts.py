"""The model parts as the window needs them: what is there, what is coming, which one answers."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.values import FetchProgress, ModelInfo
from mmdesk.workers.fetcher import Fetcher
from mmdesk.workers.model_catalogue import Catalogue


class ModelParts(QObject):
    """Fetches missing default parts once, the language part first, and chooses who answers.

    Attributes:
        model: id of the language part that answers; "" while there is none.

    Signals:
        listed: tuple[ModelInfo, ...], id of the part that answers or was wanted.
        readiness_changed: whether there is a part that answers; else the reason.
        model_chosen: another part answers from now on.
        installed: a part has become usable.
        progressed: FetchProgress.
        fetched: everything that was to be fetched is there.
        fetch_failed: message, hint; also when the person cancelled.
        problem_arose: message, hint: something beside the fetching, e.g. a fallback was taken.
        part_failed: id, message, hint of one part that could not be had.
        paused: id of a part that was put aside.
    """

    listed = Signal(object, str)
    readiness_changed = Signal(bool, str)
    model_chosen = Signal(str)
    installed = Signal()
    progressed = Signal(object)
    fetched = Signal()
    fetch_failed = Signal(str, str)
    problem_arose = Signal(str, str)
    part_failed = Signal(str, str, str)
    paused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = ""
        self._wanted = ""
        self._begun = False
        self._infos: tuple[ModelInfo, ...] = ()
        self._catalogue = Catalogue(self)
        self._fetcher = Fetcher(self)
        self._catalogue.listed.connect(self._on_listed)
        self._catalogue.failed.connect(self.problem_arose)
        self._fetcher.progressed.connect(self.progressed)
        self._fetcher.installed.connect(self._on_installed)
        self._fetcher.finished.connect(self.fetched)
        self._fetcher.failed.connect(self._on_fetch_failed)
        self._fetcher.cancelled.connect(self._on_fetch_cancelled)
        self._fetcher.part_failed.connect(self.part_failed)
        self._fetcher.paused.connect(self.paused)

    def begin(self, wanted: str) -> None:
        """Look what is there, and fetch the default parts that are not."""
        self._wanted = wanted
        self._catalogue.refresh()

    @property
    def infos(self) -> tuple[ModelInfo, ...]:
        """All parts, as they were listed last; empty before that."""
        return self._infos

    def is_at_hand(self, model: str) -> bool:
        """Whether a language part is here, or on its way."""
        there = any(info.id == model and info.installed for info in self._infos)
        return there or self.is_fetching_part(model)

    def answer_with(self, model: str) -> None:
        """Answer with this language part as soon as it is here; nothing is fetched for it."""
        if model != self._wanted:
            self._wanted = model
            if self._infos:
                self._choose()

    def want(self, model: str) -> None:
        """Answer with this language part, now or as soon as it has been fetched."""
        self._wanted = model
        self._fetch([info for info in self._infos if info.id == model and not info.installed])
        self._choose()

    @Slot(str)
    def fetch(self, part: str) -> None:
        """Fetch a part, or carry on with it."""
        self._fetch([info for info in self._infos if info.id == part])

    @Slot(str)
    def pause(self, part: str) -> None:
        """Put a part aside; `fetch` carries on with it."""
        self._fetcher.pause(part)

    @Slot()
    def refresh(self) -> None:
        """Look again what is there."""
        self._catalogue.refresh()

    def is_fetching(self) -> bool:
        return self._fetcher.is_running()

    def is_fetching_part(self, part: str) -> bool:
        """Whether this part is being fetched or waits for it."""
        return self._fetcher.is_running() and self._fetcher.is_missing(part)

    @Slot()
    def cancel(self) -> None:
        """Stop fetching; `retry` carries on."""
        self._fetcher.cancel()

    @Slot()
    def retry(self) -> None:
        """Fetch what could not be had."""
        self._fetcher.retry()

    def close(self) -> bool:
        """End the child and the thread; False when the disk did not answer in time."""
        self.blockSignals(True)
        self._fetcher.close()
        return self._catalogue.close()

    @Slot(object, object)
    def _on_listed(self, infos: tuple[ModelInfo, ...], missing: tuple[str, ...]) -> None:
        self._infos = infos
        if not self._begun:
            self._begun = True
            self._fetch([info for info in infos if info.id in missing])
        self._choose()

    def _fetch(self, parts: list[ModelInfo]) -> None:
        parts.sort(key=lambda info: info.role != "language")  # chat opens as soon as it is there
        for info in parts:
            size = info.download_bytes
            self.progressed.emit(FetchProgress(info.id, info.title, "waiting", 0, size))
        self._fetcher.fetch(tuple(info.id for info in parts))

    def _choose(self) -> None:
        there = [info.id for info in self._infos if info.role == "language" and info.installed]
        model = self._wanted if self._wanted in there else next(iter(there), "")
        self.listed.emit(self._infos, model or self._wanted)
        reason = "" if model else self.tr("The language model is not there yet.")
        self.readiness_changed.emit(bool(model), reason)
        if model and model != self.model:
            self.model = model
            self.model_chosen.emit(model)

    @Slot(str, str)
    def _on_installed(self, part: str, instead: str) -> None:
        self._catalogue.refresh()
        self.installed.emit()
        if instead != part:
            titles = {info.id: info.title for info in self._infos}
            text = self.tr("{part} could not be had from any source; {other} takes its place.")
            self.problem_arose.emit(
                text.format(part=titles.get(part, part), other=titles.get(instead, instead)), ""
            )

    @Slot(str, str)
    def _on_fetch_failed(self, message: str, hint: str) -> None:
        self.fetch_failed.emit(message, hint)
        if not self.model:
            self.readiness_changed.emit(False, message)

    @Slot()
    def _on_fetch_cancelled(self) -> None:
        self._on_fetch_failed(
            self.tr("Fetching was cancelled."), self.tr("Retry carries on where it stopped.")
        )
