"""The window's other pages: models, shortcuts, first steps, tray. One place that opens them.

PageWindows are imported and made when they are first wanted, since the window must paint soon; what they
are to show is kept here until then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from mmdesk.ui.shortcuts import ShortcutsDialog
from mmdesk.ui.tray import Tray
from mmdesk.values import FetchProgress, HardwareInfo, ModelEntry

if TYPE_CHECKING:
    from mmdesk.ui.models_page import ModelsPage
    from mmdesk.ui.onboarding import OnboardingDialog


class PageWindows(QObject):
    """See the module.

    Attributes:
        tray: off until it is switched on.

    Signals:
        models_opened(object): the ModelsPage, when it was made; connect to it here.
        models_shown(): the page with the models is in view; look what is there.
        steps_over(): the first steps were gone through or skipped.
        example_chosen(str): words of the first steps, for the composer.
    """

    models_opened = Signal(object)
    models_shown = Signal()
    steps_over = Signal()
    example_chosen = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._current = ""
        self._progress: dict[str, FetchProgress] = {}
        self.models: ModelsPage | None = None
        self.steps: OnboardingDialog | None = None
        self.tray = Tray(window)

    # --- opening ------------------------------------------------------------------------------

    @Slot()
    def open_models(self) -> None:
        """The page that manages models."""
        if self.models is None:
            from mmdesk.ui.models_page import ModelsPage

            self.models = ModelsPage(self._window)
            self.models.set_current(self._current)
            self.models_opened.emit(self.models)
        self.models_shown.emit()
        self.models.open()

    @Slot()
    def open_shortcuts(self) -> None:
        """The list of all keys."""
        dialog = ShortcutsDialog(self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def open_first_steps(self) -> None:
        """The three steps of the first run."""
        if self.steps is not None:
            return
        from mmdesk.ui.onboarding import OnboardingDialog

        steps = self.steps = OnboardingDialog(self._window)
        for progress in self._progress.values():
            steps.set_progress(progress)
        steps.example_chosen.connect(self.example_chosen)
        steps.finished.connect(self._on_steps_over)
        steps.open()

    @Slot()
    def _on_steps_over(self) -> None:
        if self.steps is not None:
            self.steps.deleteLater()
            self.steps = None
        self.steps_over.emit()

    # --- what they show -----------------------------------------------------------------------

    def set_current_model(self, part: str) -> None:
        """Another part answers now."""
        self._current = part
        if self.models is not None:
            self.models.set_current(part)

    @Slot(object, object)
    def set_shelf(self, entries: tuple[ModelEntry, ...], machine: HardwareInfo) -> None:
        """What there is of models."""
        if self.models is not None:
            self.models.set_entries(entries, machine)
            for progress in self._progress.values():
                self.models.set_progress(progress)

    def set_fetch_progress(self, progress: FetchProgress) -> None:
        """How far the fetching of a part is."""
        if progress.stage == "done":
            self._progress.pop(progress.part, None)
        else:
            self._progress[progress.part] = progress
        if self.models is not None:
            self.models.set_progress(progress)
        if self.steps is not None:
            self.steps.set_progress(progress)

    @Slot(str)
    def set_fetch_paused(self, part: str) -> None:
        """A part was put aside."""
        self._progress.pop(part, None)
        if self.models is not None:
            self.models.set_paused(part)

    def set_fetch_failed(self, message: str, hint: str) -> None:
        """Nothing is being fetched any more, and something is missing."""
        self._end_fetching()
        if self.steps is not None:
            self.steps.set_failed(message, hint)

    def set_fetch_done(self) -> None:
        """Everything that was to be fetched is here."""
        self._end_fetching()
        if self.steps is not None:
            self.steps.set_done()

    def _end_fetching(self) -> None:
        self._progress.clear()
        if self.models is not None:
            self.models.set_fetching_over()
