"""Fields of the settings for the keys that work in every program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFormLayout, QLabel

from mmdesk.desktop import hotkeys_are_possible
from mmdesk.settings import Settings
from mmdesk.translatable import TranslatableText
from mmdesk.ui.i18n import tr, translated
from mmdesk.ui.key_field import KeyField
from mmdesk.ui.widgets import announce, label


class GlobalKeyFields(QObject):
    """One key field for the quick question and one for a picture of the screen.

    Attributes:
        quick, capture: the fields; empty for no key.

    Signals:
        changed(): another key was pressed in a field, or a field was cleared.
    """

    changed = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.quick = KeyField(
            "quickKeyChoice", tr("Key for the quick question"), settings.quick_key
        )
        self.capture = KeyField(
            "captureKeyChoice", tr("Key for a part of the screen"), settings.capture_key
        )
        self._states = {"quick": _state("quickKeyState"), "capture": _state("captureKeyState")}
        for field in (self.quick, self.capture):
            field.keySequenceChanged.connect(self._on_changed)

    def add_rows(self, form: QFormLayout) -> None:
        """Add the fields to a form; where such keys are not possible, `note` says it all."""
        if not hotkeys_are_possible():
            return
        form.addRow(tr("Quick question"), self.quick)
        form.addRow(self._states["quick"])
        form.addRow(tr("Part of the screen"), self.capture)
        form.addRow(self._states["capture"])

    def note(self) -> str:
        """Return what is to be said about them on this desktop."""
        if hotkeys_are_possible():
            return str(
                tr(
                    "These keys work in every program while mmdesk is running. Press the keys that "
                    "you want."
                )
            )
        return str(
            tr(
                "This desktop does not let programs have such keys. Set keys in the settings of "
                "the desktop for the commands “mmdesk quick” and “mmdesk capture”."
            )
        )

    def values(self) -> dict[str, Any]:
        """Return the fields of Settings."""
        return {"quick_key": self.quick.portable, "capture_key": self.capture.portable}

    def set_problems(self, problems: Mapping[str, TranslatableText]) -> None:
        """Show why a key cannot be had, by "quick" and "capture"."""
        for name, state in self._states.items():
            text = str(translated(problems[name])) if name in problems else ""
            if text and text != state.text():
                announce(state, text)
            state.setText(text)
            state.setVisible(bool(text) and state.parentWidget() is not None)

    @Slot()
    def _on_changed(self) -> None:
        self.changed.emit()


def _state(name: str) -> QLabel:
    state = label("", "problem", wrap=True)
    state.setObjectName(name)
    state.setContentsMargins(5, 0, 0, 5)  # px, as the other notes of the settings
    state.hide()
    return state
