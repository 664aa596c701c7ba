"""Dialog that asks for a new passphrase of the history, and for the present one to change it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from mmdesk.ui import theme
from mmdesk.ui.i18n import tr
from mmdesk.ui.widgets import announce, label, named, text_button

MIN_LENGTH = 8  # characters


class PassphraseDialog(QDialog):
    """Fields for a passphrase, twice.

    Signals:
        chosen(str, str): the present passphrase, "" where none is asked for; the new one.
    """

    chosen = Signal(str, str)

    def __init__(self, parent: QWidget, *, has_old: bool) -> None:
        """Make the dialog.

        Args:
            parent: the settings dialog.
            has_old: the history is encrypted, and its passphrase is to be changed.
        """
        super().__init__(parent)
        title = tr("Change passphrase") if has_old else tr("Encrypt conversations")
        named(self, "passphraseDialog", title)
        self.setWindowTitle(title)
        self.old = self._field("oldPassphrase", tr("Present passphrase"))
        self.new = self._field("newPassphrase", tr("New passphrase"))
        self.again = self._field("repeatedPassphrase", tr("Repeat the new passphrase"))
        warning = label(
            tr(
                "Remember it well. Without the passphrase nobody can open your conversations any "
                "more: not you, not mmdesk, and there is no way to reset it."
            ),
            wrap=True,
        )
        warning.setObjectName("passphraseWarning")
        about = label(
            tr("At least {count} characters. Several words are easy to remember.").format(
                count=MIN_LENGTH
            ),
            "muted",
            wrap=True,
        )
        self.problem = label("", "problem", wrap=True)
        self.problem.setObjectName("passphraseProblem")
        form = QFormLayout()
        if has_old:
            form.addRow(self.old.accessibleName(), self.old)
        else:
            self.old.hide()
        form.addRow(self.new.accessibleName(), self.new)
        form.addRow(self.again.accessibleName(), self.again)
        self.accept_button = text_button(title, "acceptPassphraseButton", "primary")
        self.accept_button.clicked.connect(self._on_accept)
        cancel = text_button(tr("Cancel"), "cancelPassphraseButton", "quiet")
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(cancel)
        row.addWidget(self.accept_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 16)
        column.setSpacing(10)
        column.addWidget(warning)
        column.addLayout(form)
        column.addWidget(about)
        column.addWidget(self.problem)
        column.addLayout(row)
        for field in (self.old, self.new, self.again):
            field.returnPressed.connect(self._on_accept)
        theme.fit_to_text(self, 460, 300)

    def _field(self, name: str, accessible: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setEchoMode(QLineEdit.EchoMode.Password)
        named(field, name, accessible)
        return field

    @Slot()
    def _on_accept(self) -> None:
        problem = ""
        if len(self.new.text()) < MIN_LENGTH:
            problem = tr("The passphrase is too short: use at least {count} characters.").format(
                count=MIN_LENGTH
            )
        elif self.new.text() != self.again.text():
            problem = tr("The two new passphrases differ.")
        self.problem.setText(problem)
        if problem:
            announce(self, problem)
            return
        self.chosen.emit(self.old.text(), self.new.text())
        self.accept()
