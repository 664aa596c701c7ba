"""Dialog in which the user edits the ready prompts."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from mmdesk.desktop import HotkeyRefused, combination
from mmdesk.ready_prompts import LONGEST, MOST, PLACEHOLDER, SHIPPED, ReadyPrompt
from mmdesk.ui import theme
from mmdesk.ui.i18n import tr, translated
from mmdesk.ui.key_field import KeyField
from mmdesk.ui.shortcuts import table
from mmdesk.ui.widgets import icon_button, label, named, text_button


class PromptsDialog(QDialog):
    """List of the ready prompts beside the fields of the one that is selected.

    Every change is told at once; a prompt without a name or a text is not told.

    Attributes:
        list: the names.
        name, text, key: fields of the selected prompt.

    Signals:
        changed(object): tuple[ReadyPrompt, ...].
    """

    changed = Signal(object)

    def __init__(self, prompts: tuple[ReadyPrompt, ...], parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "promptsDialog", tr("Ready prompts"))
        self.setWindowTitle(tr("Ready prompts"))
        self._prompts = list(prompts)
        self._told = prompts
        self._is_filling = False
        self._make_list()
        self._make_fields()
        self._lay_out()
        self._fill_list(0)
        theme.fit_to_text(self, 720, 520)

    # --- widgets ------------------------------------------------------------------------------

    def _make_list(self) -> None:
        self.list = QListWidget()
        named(self.list, "promptsList", tr("Ready prompts"))
        self.list.currentRowChanged.connect(self._on_selected)
        self.add_button = text_button(tr("Add"), "addPromptButton", "small")
        self.add_button.clicked.connect(self._on_add)
        self.remove_button = icon_button("trash", "removePromptButton", tr("Delete"), side=30)
        self.remove_button.clicked.connect(self._on_remove)
        self.up_button = icon_button("chevron-up", "promptUpButton", tr("Move up"), side=30)
        self.up_button.clicked.connect(lambda: self._on_move(-1))
        self.down_button = icon_button("chevron-down", "promptDownButton", tr("Move down"), side=30)
        self.down_button.clicked.connect(lambda: self._on_move(1))

    def _make_fields(self) -> None:
        self.name = QLineEdit()
        named(self.name, "promptName", tr("Name"))
        self.name.setMaxLength(LONGEST["name"])
        self.name.textEdited.connect(self._on_edited)
        self.text = QPlainTextEdit()
        named(self.text, "promptText", tr("Instruction"))
        self.text.setTabChangesFocus(True)
        self.text.textChanged.connect(self._on_edited)
        self.key = KeyField("promptKey", tr("Key"))
        self.key.keySequenceChanged.connect(self._on_edited)
        self.problem = label("", "problem", wrap=True)
        self.problem.setObjectName("promptProblem")

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        for button in (self.add_button, self.remove_button, self.up_button, self.down_button):
            buttons.addWidget(button)
        buttons.addStretch()
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addLayout(buttons)
        form = QFormLayout()
        form.setVerticalSpacing(5)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        form.addRow(tr("Name"), self.name)
        form.addRow(tr("Instruction"), self.text)
        hint = tr("{text} stands for the text that the prompt is applied to.")
        form.addRow(label(hint, "muted", wrap=True))
        form.addRow(tr("Key in mmdesk's windows"), self.key)
        form.addRow(self.problem)
        across = QHBoxLayout()
        across.setSpacing(18)
        across.addLayout(left, 2)
        across.addLayout(form, 3)
        reset = text_button(tr("Reset to the standard ones"), "resetPromptsButton", "quiet")
        reset.clicked.connect(self._on_reset)
        close = text_button(tr("Close"), "closePromptsButton", "primary")
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addWidget(reset)
        foot.addStretch()
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        column.addLayout(across, 1)
        column.addLayout(foot)

    def _fill_list(self, row: int) -> None:
        self.list.clear()
        for prompt in self._prompts:
            self.list.addItem(str(translated(prompt.name)) or str(tr("New prompt")))
        self.list.setCurrentRow(min(row, len(self._prompts) - 1))
        self._show_selected()

    # --- the selected one ---------------------------------------------------------------------

    @Slot(int)
    def _on_selected(self, row: int) -> None:
        self._show_selected()

    def _show_selected(self) -> None:
        row, count = self.list.currentRow(), len(self._prompts)
        prompt = self._prompts[row] if 0 <= row < count else ReadyPrompt("", "")
        self._is_filling = True
        self.name.setText(translated(prompt.name))
        self.text.setPlainText(prompt.text)
        self.key.setKeySequence(QKeySequence(prompt.key))
        self._is_filling = False
        for widget in (self.name, self.text, self.key, self.remove_button):
            widget.setEnabled(0 <= row < count)
        self.up_button.setEnabled(row > 0)
        self.down_button.setEnabled(0 <= row < count - 1)
        self.add_button.setEnabled(count < MOST)
        self._show_problem()

    @Slot()
    def _on_edited(self) -> None:
        row = self.list.currentRow()
        if self._is_filling or not 0 <= row < len(self._prompts):
            return
        old = self._prompts[row]
        typed = " ".join(self.name.text().split())
        self._prompts[row] = replace(
            old,
            name=old.name if typed == translated(old.name) else typed,  # keeps a translated one
            text=self.text.toPlainText()[: LONGEST["text"]],
            key=self.key.portable,
        )
        self.list.item(row).setText(typed or str(tr("New prompt")))
        self._show_problem()
        self._tell()

    def _show_problem(self) -> None:
        row = self.list.currentRow()
        text = _problem(self._prompts, row) if 0 <= row < len(self._prompts) else ""
        self.problem.setText(text)

    def _tell(self) -> None:
        """Tell the prompts that are whole; a key that is taken is left out."""
        whole = tuple(
            replace(prompt, key="") if _key_problem(self._prompts, row) else prompt
            for row, prompt in enumerate(self._prompts)
            if prompt.name.strip() and prompt.text.strip()
        )
        if whole != self._told:
            self._told = whole
            self.changed.emit(whole)

    # --- the list -----------------------------------------------------------------------------

    @Slot()
    def _on_add(self) -> None:
        self._prompts.append(ReadyPrompt("", PLACEHOLDER))
        self._fill_list(len(self._prompts) - 1)
        self.name.setFocus()

    @Slot()
    def _on_remove(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._prompts):
            del self._prompts[row]
            self._fill_list(row)
            self.list.setFocus()
            self._tell()

    def _on_move(self, step: int) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._prompts) and 0 <= row + step < len(self._prompts):
            self._prompts.insert(row + step, self._prompts.pop(row))
            self._fill_list(row + step)
            self._tell()

    @Slot()
    def _on_reset(self) -> None:
        """Bring the standard prompts back as they were; the user's own ones follow them."""
        shipped = {prompt.name for prompt in SHIPPED}
        own = [prompt for prompt in self._prompts if prompt.name not in shipped]
        self._prompts = [*SHIPPED, *own][:MOST]
        self._fill_list(0)
        self._tell()

    def keyPressEvent(self, event: object) -> None:
        """Close at Escape; Enter closes nothing."""
        if getattr(event, "key", int)() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)  # type: ignore[arg-type]


def _problem(prompts: list[ReadyPrompt], row: int) -> str:
    """Return what is wrong with a prompt, "" where nothing is."""
    if not prompts[row].name.strip():
        return str(tr("Give the prompt a name."))
    if not prompts[row].text.strip():
        return str(tr("Write an instruction."))
    return _key_problem(prompts, row)


def _key_problem(prompts: list[ReadyPrompt], row: int) -> str:
    """Return why a prompt cannot have its key, "" where it can."""
    sequence = QKeySequence(prompts[row].key)
    if sequence.isEmpty():
        return ""
    keys = sequence.toString(QKeySequence.SequenceFormat.NativeText)
    taken = tr("{keys} is already used for “{action}”.")
    for entry in table():
        if sequence in entry.sequences:
            return str(taken.format(keys=keys, action=entry.action))
    for prompt in prompts[:row]:
        if QKeySequence(prompt.key) == sequence:
            return str(taken.format(keys=keys, action=translated(prompt.name)))
    try:
        combination(prompts[row].key)
    except HotkeyRefused as refusal:
        return str(translated(refusal.reason))
    return ""
