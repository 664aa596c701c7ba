"""Part of the settings that turns the encryption of the history on and off."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QWidget

from mmdesk.ui.confirm import ask
from mmdesk.ui.i18n import sentences, tr, translated
from mmdesk.ui.passphrase_dialog import PassphraseDialog
from mmdesk.ui.widgets import announce, label, named, text_button

_INDENT = 5  # px, where the text of a check box begins


class EncryptionFields(QObject):
    """Settings of the encryption: its state, and buttons to change it.

    Signals:
        encrypt_wanted(str): with this passphrase.
        change_wanted(str, str): the present passphrase, the new one.
        decrypt_wanted()
    """

    encrypt_wanted = Signal(str)
    change_wanted = Signal(str, str)
    decrypt_wanted = Signal()

    def __init__(self, dialog: QDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self.state = label("", wrap=True)
        self.state.setObjectName("encryptionState")
        self.state.setContentsMargins(_INDENT, 0, 0, 2)
        self.encrypt = text_button(tr("Encrypt conversations…"), "encryptButton", "quiet")
        self.encrypt.clicked.connect(self._on_encrypt)
        self.change = text_button(tr("Change passphrase…"), "changePassphraseButton", "quiet")
        self.change.clicked.connect(self._on_change)
        self.decrypt = text_button(tr("Stop encrypting…"), "decryptButton", "quiet")
        self.decrypt.clicked.connect(self._on_decrypt)
        self.set_state(is_encrypted=False, is_open=False)

    def add_rows(self, form: QFormLayout) -> None:
        """Add the fields to a form."""
        form.addRow(self.state)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        for button in (self.encrypt, self.change, self.decrypt):
            line.addWidget(button)
        line.addStretch()
        row = QWidget()
        named(row, "encryptionButtons", tr("Encryption of conversations"))
        row.setLayout(line)
        form.addRow(row)
        note = label(
            tr(
                "Encrypts conversations, projects, pictures and recordings in mmdesk's folder with "
                "a passphrase. Settings, remembered facts and the indexes of your folders are not "
                "encrypted."
            ),
            "muted",
            wrap=True,
        )
        note.setContentsMargins(_INDENT, 0, 0, 5)
        form.addRow(note)

    def set_state(self, *, is_encrypted: bool, is_open: bool) -> None:
        """Show whether the history is encrypted, and what can be done now.

        Args:
            is_encrypted: it is.
            is_open: it is unlocked, and nothing is being changed.
        """
        self._show(
            tr("Conversations are encrypted.")
            if is_encrypted
            else tr("Conversations are not encrypted.")
        )
        self.encrypt.setVisible(not is_encrypted)
        self.change.setVisible(is_encrypted)
        self.decrypt.setVisible(is_encrypted)
        for button in (self.encrypt, self.change, self.decrypt):
            button.setEnabled(is_open)

    def set_progress(self, text: str) -> None:
        """Say what is going on; nothing can be pressed meanwhile."""
        self.state.setText(text)
        for button in (self.encrypt, self.change, self.decrypt):
            button.setEnabled(False)

    def tell(self, message: str, hint: str = "") -> None:
        """Say how it ended."""
        text = sentences(translated(message), translated(hint))
        self._show(text)
        announce(self.state, text)

    def _show(self, text: str) -> None:
        self.state.setText(text)

    @Slot()
    def _on_encrypt(self) -> None:
        dialog = PassphraseDialog(self._dialog, has_old=False)
        dialog.chosen.connect(lambda _old, new: self.encrypt_wanted.emit(new))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _on_change(self) -> None:
        dialog = PassphraseDialog(self._dialog, has_old=True)
        dialog.chosen.connect(self.change_wanted)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _on_decrypt(self) -> None:
        ask(
            self._dialog,
            "decryptQuestion",
            tr("Stop encrypting your conversations?"),
            tr("They are then stored in readable form again, and no passphrase is asked for."),
            tr("Stop encrypting"),
            self.decrypt_wanted.emit,
        )
