"""Controller of the models page, the tray, and the unloading of a model that is not used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mmdesk.settings import Settings
from mmdesk.ui import sentences, tr, translated
from mmdesk.values import FetchProgress, ModelInfo, Stats

if TYPE_CHECKING:
    from mmdesk.chat import ChatController, EngineController
    from mmdesk.ui import MainWindow, ModelsPage
    from mmdesk.workers import ModelParts

MINUTE_MS = 60_000


class ModelsController(QObject):
    """Controller between a window's pages and the model parts.

    Signals:
        unload_wanted: the engine's memory is to be given back.
    """

    unload_wanted = Signal()

    def __init__(
        self,
        window: MainWindow,
        parts: ModelParts,
        engine: EngineController,
        chat: ChatController,
        settings: Settings,
    ) -> None:
        """Connect the pages of `window`."""
        super().__init__()
        self.window, self.parts, self.pages = window, parts, window.pages
        self._engine = engine
        self.manager = parts.manager
        self._loaded = ""
        self._discarding: set[str] = set()
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self._on_idle)
        self.pages.models_opened.connect(self._on_models_opened)
        self.pages.models_shown.connect(self._survey)
        self.pages.models_shown.connect(self.manager.look_around)
        self.pages.models_shown.connect(self.manager.find_cards)
        parts.listed.connect(self._on_listed)
        parts.progressed.connect(self._on_progress)
        parts.paused.connect(self._on_paused)
        parts.part_failed.connect(self._on_part_failed)
        parts.fetched.connect(self._on_fetched)
        parts.fetch_failed.connect(self._on_fetch_failed)
        self.manager.surveyed.connect(self.pages.set_models)
        self.manager.verified.connect(self._on_verified)
        self.manager.removed.connect(self._on_removed)
        self.manager.added.connect(self._on_added)
        self.manager.converted.connect(self.pages.set_converted)
        self.manager.discovered.connect(self.pages.set_found)
        self.manager.cards_found.connect(self.pages.set_cards)
        self.manager.stopped.connect(self._on_stopped)
        self.manager.failed.connect(self._on_failed)
        engine.state_changed.connect(self._on_state)
        engine.model_loaded.connect(self._on_loaded)
        chat.answers.finished.connect(self._on_answered)
        self.apply_settings(settings)

    def apply_settings(self, settings: Settings) -> None:
        """Show the tray icon or hide it, and unload after the time that was chosen."""
        self.window.pages.tray.set_on(settings.tray)
        self._idle.setInterval(settings.unload_after * MINUTE_MS)
        self._restart_idle()

    def close(self) -> None:
        """Stop the timer and remove the tray icon."""
        self._idle.stop()
        self.pages.tray.set_on(False)

    # --- the models page ----------------------------------------------------------------------

    @Slot(object)
    def _on_models_opened(self, page: ModelsPage) -> None:
        page.fetch_wanted.connect(self.parts.fetch)
        page.pause_wanted.connect(self.parts.pause)
        page.discard_wanted.connect(self._on_discard)
        page.check_wanted.connect(self.manager.verify)
        page.check_stopped.connect(self.manager.stop)
        page.remove_wanted.connect(self.manager.remove)
        page.folder_offered.connect(self.manager.add_folder)
        page.found_offered.connect(self.manager.add_folder)
        page.adding_stopped.connect(self.manager.stop)
        page.use_wanted.connect(self.window.top_bar.model_selected)
        page.unload_wanted.connect(self._on_unload_wanted)

    @Slot()
    def _survey(self) -> None:
        if self.pages.models is not None:
            self.manager.survey(self._loaded)

    @Slot(object, str)
    def _on_listed(self, infos: tuple[ModelInfo, ...], current: str) -> None:
        self.pages.set_current_model(current)
        seeing = [info.title for info in infos if info.id == current and "picture" in info.takes]
        self.window.attachments.set_seeing_model(translated(seeing[0]) if seeing else "")
        self._survey()

    @Slot(object)
    def _on_progress(self, progress: FetchProgress) -> None:
        self.pages.set_fetch_progress(progress)

    @Slot(str)
    def _on_discard(self, part: str) -> None:
        self._discarding.add(part)
        if self.parts.is_fetching_part(part):
            self.parts.pause(part)  # `paused` follows, when nothing writes any more
        else:
            self._on_paused(part)

    @Slot(str)
    def _on_paused(self, part: str) -> None:
        self.pages.set_fetch_paused(part)
        if part in self._discarding:
            self._discarding.discard(part)
            self.manager.remove(part)
        else:
            self._survey()

    @Slot(str, object, object)
    def _on_part_failed(self, part: str, message: str, hint: str) -> None:
        self.pages.set_fetch_paused(part)
        self._tell(part, sentences(translated(message), translated(hint)), wrong=True)
        self._survey()

    @Slot()
    def _on_fetched(self) -> None:
        self.pages.set_fetch_done()
        self._survey()

    @Slot(object, object)
    def _on_fetch_failed(self, message: str, hint: str) -> None:
        self.pages.set_fetch_failed(message, hint)
        self._survey()

    # --- what came of it ----------------------------------------------------------------------

    @Slot(str)
    def _on_verified(self, part: str) -> None:
        self._end_verification(part)
        self._tell(part, tr("Verified: all files are intact."))

    @Slot(str)
    def _on_stopped(self, part: str) -> None:
        if not part:
            self._end_adding()
            self._tell("", tr("The model was not added."))
            return
        self._end_verification(part)
        self._tell(part, tr("Verification stopped."))

    @Slot(str)
    def _on_removed(self, part: str) -> None:
        self.parts.refresh()

    @Slot(str)
    def _on_added(self, part: str) -> None:
        self._end_adding()
        self.parts.refresh()
        self.manager.look_around()

    @Slot(str, object, object)
    def _on_failed(self, part: str, message: str, hint: str) -> None:
        self._end_verification(part)
        if not part:
            self._end_adding()
        self._tell(part, sentences(translated(message), translated(hint)), wrong=True)
        self._survey()

    def _end_adding(self) -> None:
        if self.pages.models is not None:
            self.pages.models.set_folder_done()

    def _end_verification(self, part: str) -> None:
        if self.pages.models is not None:
            self.pages.models.set_checking(part, False)

    def _tell(self, part: str, words: str, *, wrong: bool = False) -> None:
        if self.pages.models is not None:
            self.pages.models.tell(part, words, wrong=wrong)

    # --- memory -------------------------------------------------------------------------------

    @Slot(object)
    def _on_state(self, _text: str) -> None:
        self._restart_idle()

    @Slot(object)
    def _on_answered(self, stats: Stats) -> None:
        self._loaded = stats.model

    @Slot(object)
    def _on_loaded(self, stats: Stats) -> None:
        self._loaded = stats.model
        self.window.status_bar.set_stats(Stats(model=stats.model, device=stats.device))

    def _restart_idle(self) -> None:
        """Restart the time without a question."""
        if self._idle.interval() > 0:
            self._idle.start()
        else:
            self._idle.stop()

    @Slot()
    def _on_idle(self) -> None:
        if self._engine.is_busy():
            self._restart_idle()
        else:
            self._unload()

    @Slot()
    def _on_unload_wanted(self) -> None:
        self._unload()

    def _unload(self) -> None:
        self._loaded = ""
        self._idle.stop()
        self.unload_wanted.emit()
        self.window.status_bar.set_state(tr("Model is resting. It loads with your next question."))
        self._survey()
