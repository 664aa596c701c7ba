"""Buttons of the ready prompts."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QWidget

from mmdesk.ready_prompts import ReadyPrompt
from mmdesk.ui.flow_layout import FlowLayout
from mmdesk.ui.i18n import joined, say, tr, translated
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.ui.widgets import icon_button, named, text_button


class PromptButtons(QWidget):
    """One button for each ready prompt, with its key, and one to edit them.

    Signals:
        chosen(object): the ReadyPrompt whose button or key was pressed.
        edit_wanted(): the prompts are to be edited.
    """

    chosen = Signal(object)
    edit_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "promptButtons", tr("Ready prompts"))
        self.buttons: list[QPushButton] = []
        self._prompts: tuple[ReadyPrompt, ...] = ()
        self._possible = True
        self._flow = FlowLayout(self, gap=6)
        self.edit_button = icon_button(
            "edit", "editPromptsButton", tr("Edit ready prompts"), side=28, glyph=14, token="muted"
        )
        self.edit_button.clicked.connect(self.edit_wanted)
        self._flow.addWidget(self.edit_button)

    def set_prompts(self, prompts: tuple[ReadyPrompt, ...]) -> None:
        """Show these prompts."""
        if prompts == self._prompts:
            return
        self._prompts = prompts
        for button in self.buttons:
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._flow.removeWidget(self.edit_button)
        self.buttons = [self._button(prompt) for prompt in prompts]
        for widget in (*self.buttons, self.edit_button):
            self._flow.addWidget(widget)
        self.set_possible(self._possible)

    def _button(self, prompt: ReadyPrompt) -> QPushButton:
        name = translated(prompt.name)
        label = translated(prompt.name.replace("&", "&&"))  # no mnemonic
        button = text_button(label, "promptButton", "small", name)
        button.clicked.connect(partial(self._on_clicked, prompt))
        if prompt.key:
            QShortcut(QKeySequence(prompt.key), button, button.click)
            keys = QKeySequence(prompt.key).toString(QKeySequence.SequenceFormat.NativeText)
            say(button.setToolTip, plain_tooltip(joined(" · ", (name, keys))))
        return button

    def _on_clicked(self, prompt: ReadyPrompt, checked: bool = False) -> None:
        self.chosen.emit(prompt)

    def set_possible(self, possible: bool) -> None:
        """Enable the buttons while something can be asked."""
        self._possible = possible
        for button in self.buttons:
            button.setEnabled(possible)
