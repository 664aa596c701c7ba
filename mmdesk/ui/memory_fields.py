"""Fields of the settings for remembered facts: the list, and where they are used."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidgetItem,
    QWidget,
)

from mmdesk.settings import Settings
from mmdesk.text import facts_for_prompt
from mmdesk.ui.i18n import say, tr
from mmdesk.ui.removable_list import RemovableList
from mmdesk.ui.widgets import announce, label, named, text_button

_INDENT = 5  # px, where the text of a check box begins


class MemoryFields(QObject):
    """List of facts that can be edited, a field for a new one, and two switches.

    Signals:
        changed(): a fact was added, edited or deleted.
    """

    changed = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.use = QCheckBox(tr("Use what I asked you to remember"))
        named(self.use, "useFactsChoice", self.use.text())
        self.use.setChecked(settings.use_facts)
        self.in_temporary = QCheckBox(tr("Also in temporary chats"))
        named(self.in_temporary, "factsInTemporaryChoice", self.in_temporary.text())
        self.in_temporary.setChecked(settings.facts_in_temporary)
        self.list = RemovableList()
        named(self.list, "factList", tr("Remembered facts"))
        self.list.setFixedHeight(130)
        self.list.setWordWrap(True)
        triggers = QAbstractItemView.EditTrigger
        self.list.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        for fact in reversed(settings.facts.splitlines()):  # the newest first
            if fact.strip():
                self._insert(self.list.count(), fact.strip())
        self.list.itemChanged.connect(self._on_edited)
        self.list.removed.connect(self._on_delete)
        self.list.currentRowChanged.connect(self._refresh)
        self.new = QLineEdit()
        named(self.new, "newFact", tr("New fact"))
        self.new.setMaxLength(300)
        self.new.setPlaceholderText(tr("For example: I live in Graz."))
        self.new.returnPressed.connect(self._on_add)
        self.add_button = text_button(tr("Add"), "addFactButton", "quiet")
        self.add_button.clicked.connect(self._on_add)
        self.edit_button = text_button(tr("Edit"), "editFactButton", "quiet")
        self.edit_button.clicked.connect(lambda: self.list.editItem(self.list.currentItem()))
        self.delete_button = text_button(tr("Delete"), "deleteFactButton", "quiet")
        self.delete_button.clicked.connect(self._on_delete)
        self.new.textChanged.connect(self._refresh)
        self.bound = label("", "muted", wrap=True)
        self.bound.setContentsMargins(_INDENT, 0, 0, 5)
        count, used = self.list.count(), len(facts_for_prompt(settings.facts))
        if used < count:
            text = tr("The newest {used} of {count} facts fit into a question and are used.")
            say(self.bound.setText, text.format(used=used, count=count))
        self._refresh()

    def add_rows(self, form: QFormLayout) -> None:
        """Add the fields to a form."""
        form.addRow(self.use)
        note = tr(
            "Say “Remember that …” in a chat, or choose “Remember this” on a message. Nothing else "
            "is remembered. The facts stay on this computer."
        )
        about = label(note, "muted", wrap=True)
        about.setContentsMargins(_INDENT, 0, 0, 5)
        form.addRow(about)
        form.addRow(self.list)
        if self.bound.text():
            form.addRow(self.bound)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.new, 1)
        for button in (self.add_button, self.edit_button, self.delete_button):
            line.addWidget(button)
        row = QWidget()
        named(row, "factButtons", tr("Add, edit or delete a fact"))
        row.setLayout(line)
        form.addRow(row)
        form.addRow(self.in_temporary)

    def values(self) -> dict[str, Any]:
        """Return the fields of Settings."""
        facts = [self.list.item(at).text() for at in reversed(range(self.list.count()))]
        lines = [" ".join(fact.split()) for fact in facts]
        return {
            "facts": "\n".join(line for line in lines if line),
            "use_facts": self.use.isChecked(),
            "facts_in_temporary": self.in_temporary.isChecked(),
        }

    def _insert(self, at: int, fact: str) -> None:
        item = QListWidgetItem(fact)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        self.list.insertItem(at, item)

    @Slot()
    def _on_add(self) -> None:
        fact = " ".join(self.new.text().split())
        if fact:
            self._insert(0, fact)
            self.new.clear()
            self.list.setCurrentRow(0)
            self.changed.emit()

    @Slot()
    def _on_delete(self) -> None:
        at = self.list.currentRow()
        if at >= 0:
            self.list.takeItem(at)
            self._refresh()
            self.changed.emit()
            announce(self.list, tr("Fact deleted"))

    @Slot(object)
    def _on_edited(self, item: QListWidgetItem) -> None:
        if not item.text().strip():
            self.list.takeItem(self.list.row(item))
        self.changed.emit()

    @Slot()
    def _refresh(self) -> None:
        there = self.list.currentRow() >= 0
        self.edit_button.setEnabled(there)
        self.delete_button.setEnabled(there)
        self.add_button.setEnabled(bool(self.new.text().strip()))
