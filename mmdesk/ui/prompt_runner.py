"""Use of ready prompts in the main window: from menus of selected text, keys and the palette."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import QMenu, QPlainTextEdit, QTextEdit, QWidget

from mmdesk.ready_prompts import PLACEHOLDER, ReadyPrompt
from mmdesk.ui.i18n import say, tr, translated
from mmdesk.ui.widgets import named

if TYPE_CHECKING:
    from mmdesk.ui.attachment_actions import AttachmentActions
    from mmdesk.ui.composer import Composer

_LINE_ENDS = {"\u2029": "\n", "\u2028": "\n", "\ufffc": ""}


class PromptRunner(QObject):
    """Applier of ready prompts to selected text, or to what stands in the composer.

    Attributes:
        prompts: the user's.

    Signals:
        submitted(object): the Turn that asks for it.
    """

    submitted = Signal(object)

    def __init__(self, composer: Composer, actions: AttachmentActions, window: QWidget) -> None:
        super().__init__(window)
        self.prompts: tuple[ReadyPrompt, ...] = ()
        self._composer, self._actions, self._window = composer, actions, window
        self._shortcuts: list[QShortcut] = []
        composer.input.menu_opening.connect(partial(self.add_to_menu, composer.input))

    def set_prompts(self, prompts: tuple[ReadyPrompt, ...]) -> None:
        """Use these prompts, with their keys."""
        self.prompts = prompts
        for shortcut in self._shortcuts:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._shortcuts = [
            QShortcut(QKeySequence(prompt.key), self._window, partial(self.run, prompt))
            for prompt in prompts
            if prompt.key
        ]

    @Slot(object, object)
    def add_to_menu(self, view: QPlainTextEdit | QTextEdit, menu: QMenu) -> None:
        """Add the prompts to the menu of a text in which something is selected."""
        text = selected_text(view)
        if not text or not self.prompts:
            return
        menu.addSeparator()
        more = QMenu(menu)
        named(more, "promptsMenu", tr("Ready prompts"))
        say(more.setTitle, tr("Ready prompts"))
        for prompt in self.prompts:
            entry = more.addAction("", partial(self.run, prompt, text))
            say(entry.setText, translated(prompt.name.replace("&", "&&")))
        menu.addMenu(more)

    def run(self, prompt: ReadyPrompt, text: str = "") -> None:
        """Ask for a prompt with a text.

        Args:
            prompt: the prompt.
            text: "" for what is selected where the focus is, or stands in the composer. Without
                any, the prompt is put there, with the cursor in the place of the text.
        """
        composer = self._composer
        written = composer.input.toPlainText().strip()
        text = text or self.text_at_hand() or written
        if not text:
            self._put(prompt)
        elif not self._actions.possible:
            if not written or text == written:  # nothing that was written gets lost
                composer.set_text(prompt.fill(text))
        else:
            from mmdesk.values import Turn

            if text == written:
                composer.input.remember(written)
                composer.input.clear()
            self.submitted.emit(Turn("user", prompt.fill(text)))
            composer.input.setFocus()

    def text_at_hand(self) -> str:
        """Return what is selected in the widget with the focus."""
        focus = self._window.focusWidget()
        return selected_text(focus) if isinstance(focus, QPlainTextEdit | QTextEdit) else ""

    def _put(self, prompt: ReadyPrompt) -> None:
        before, _place, _after = prompt.text.partition(PLACEHOLDER)
        self._composer.set_text(prompt.fill(""))
        cursor = self._composer.input.textCursor()
        cursor.setPosition(min(len(before), len(self._composer.input.toPlainText())))
        cursor.movePosition(QTextCursor.MoveOperation.NoMove)
        self._composer.input.setTextCursor(cursor)


def selected_text(view: QPlainTextEdit | QTextEdit) -> str:
    """Return the text that is selected in a view."""
    text = view.textCursor().selectedText()
    for mark, character in _LINE_ENDS.items():
        text = text.replace(mark, character)
    return text.strip()
