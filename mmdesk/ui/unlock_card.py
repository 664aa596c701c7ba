"""Card in the place of the list of conversations while the history is locked."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from mmdesk.ui.i18n import say, sentences, tr, translated
from mmdesk.ui.widgets import announce, frame, label, named, text_button


class UnlockCard(QWidget):
    """Field for the passphrase.

    Signals:
        submitted(str, bool): a passphrase; whether the key is to be kept on this computer.
    """

    submitted = Signal(str, bool)

    def __init__(self) -> None:
        super().__init__()
        named(self, "unlockCard", tr("Your conversations are locked"))
        title = label(tr("Your conversations are locked"), "heading", wrap=True)
        about = label(
            tr(
                "Enter your passphrase to open them. You can chat meanwhile; new messages are "
                "saved once this is unlocked."
            ),
            "muted",
            wrap=True,
        )
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        named(self.passphrase, "unlockPassphrase", tr("Passphrase"))
        say(self.passphrase.setPlaceholderText, tr("Passphrase"))
        self.passphrase.returnPressed.connect(self._on_submit)
        self.passphrase.textChanged.connect(self._refresh)
        self.keep = QCheckBox()
        say(self.keep.setText, tr("Keep on this computer"))
        tip = tr("Keeps the key in the system's keyring, so that mmdesk does not ask again")
        named(self.keep, "keepUnlocked", tr("Keep on this computer"), tip)
        self.button = text_button(tr("Unlock"), "unlockButton", "primary")
        self.button.clicked.connect(self._on_submit)
        self.problem = label("", "problem", wrap=True)
        self.problem.setObjectName("unlockProblem")
        self.problem.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 0, 8, 0)
        card = frame("card")
        outer.addWidget(card)
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        for part in (title, about, self.passphrase, self.problem, self.keep, self.button):
            column.addWidget(part)
        self._is_busy = False
        self._refresh()

    def show_problem(self, message: str, hint: str = "") -> None:
        """Say why it is still locked, and let the user try again."""
        self._is_busy = False
        text = sentences(translated(message), translated(hint))
        say(self.problem.setText, text)
        self.problem.show()
        self._refresh()
        self.passphrase.setFocus()
        self.passphrase.selectAll()
        announce(self, text)

    @Slot()
    def _on_submit(self) -> None:
        if self.passphrase.text() and not self._is_busy:
            self._is_busy = True
            self._refresh()
            self.submitted.emit(self.passphrase.text(), self.keep.isChecked())

    @Slot()
    def _refresh(self) -> None:
        self.button.setEnabled(bool(self.passphrase.text()) and not self._is_busy)
        say(self.button.setText, tr("Unlocking…") if self._is_busy else tr("Unlock"))
