"""Look of the window by the settings: language, colours, text size and motion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from mmdesk.ui import i18n, theme
from mmdesk.ui.stylesheet import sheet
from mmdesk.ui.widgets import fit_all_to_text

if TYPE_CHECKING:
    from mmdesk.settings import Settings

_STEP = 10  # per cent


class Appearance(QObject):
    """Theme, style sheet and language of a window, by the settings in force.

    Attributes:
        theme: colours and text size.

    Signals:
        text_size_wanted(int): the user has chosen another text size, in per cent.
    """

    text_size_wanted = Signal(int)

    def __init__(self, window: QWidget, settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._text_size = settings.text_size
        i18n.choose(settings.language)
        self.theme = theme.Theme(settings.colour_scheme, self, text_size=settings.text_size)
        self.theme.changed.connect(self._restyle)
        self._restyle()

    def settle(self, settings: Settings) -> None:
        """Do what the first paint does without: the system's scheme, and motion."""
        from mmdesk.ui import reduced_motion

        if QApplication.style().name() != "fusion":  # create_application has chosen it
            QApplication.setStyle("Fusion")
        self.theme.settle()
        reduced_motion.set_reduced(settings.reduce_motion)

    def apply(self, settings: Settings) -> None:
        """Look as these settings say."""
        from mmdesk.ui import reduced_motion

        self._text_size = settings.text_size
        i18n.choose(settings.language)
        self.theme.choose(settings.colour_scheme)
        self.theme.set_text_size(settings.text_size)
        reduced_motion.set_reduced(settings.reduce_motion)

    @Slot()
    def _restyle(self) -> None:
        QApplication.setFont(theme.text_font())
        self._window.setStyleSheet(sheet(theme.current()))
        fit_all_to_text()

    # --- text size ----------------------------------------------------------------------------

    @Slot()
    def enlarge_text(self) -> None:
        """Ask for all text a step larger."""
        self._want_text_size(self._text_size + _STEP)

    @Slot()
    def shrink_text(self) -> None:
        """Ask for all text a step smaller."""
        self._want_text_size(self._text_size - _STEP)

    @Slot()
    def reset_text(self) -> None:
        """Ask for all text in the system's size."""
        self._want_text_size(100)

    def _want_text_size(self, percent: int) -> None:
        from mmdesk.settings import TEXT_SIZES

        low, high = TEXT_SIZES
        self.text_size_wanted.emit(min(high, max(low, percent)))
