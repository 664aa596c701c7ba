"""Button that translates into the language that was used last, with a menu of the others."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QMenu, QToolButton

from mmdesk.ui.attachment_actions import AttachmentActions
from mmdesk.ui.i18n import say, tr
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.ui.widgets import named

LANGUAGES = (
    *("Chinese", "English", "French", "German", "Spanish", "Italian", "Portuguese", "Japanese"),
    *("Korean", "Russian", "Arabic"),
)


def language_name(english: str) -> str:
    """Return the name of a language in the language of the window."""
    return tr(english)


class TranslateButton(QToolButton):
    """Chip that names the language it translates into.

    Signals:
        wanted(str): a language in English.
    """

    wanted = Signal(str)

    def __init__(self, actions: AttachmentActions, object_name: str) -> None:
        super().__init__()
        self._actions = actions
        named(self, object_name, "")
        self.setProperty("kind", "small")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        languages = QMenu(self)
        for name in LANGUAGES:
            action = languages.addAction("")
            say(action.setText, language_name(name))
            action.triggered.connect(partial(self._on_chosen, name))
        self.setMenu(languages)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.clicked.connect(self._on_clicked)
        actions.changed.connect(self._refresh)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Name the language that is offered first, and show whether a job can be started."""
        text = tr("Translate to {0}").format(language_name(self._actions.language))
        say(self.setText, text)
        say(self.setAccessibleName, text)
        self.setEnabled(self._actions.possible)
        say(self.setToolTip, plain_tooltip(self._actions.reason))

    @Slot()
    def _on_clicked(self) -> None:
        self.wanted.emit(self._actions.language)

    def _on_chosen(self, language: str, checked: bool = False) -> None:
        self.wanted.emit(language)
