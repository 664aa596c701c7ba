"""Encrypted history in the window: the card that unlocks it, and the settings that turn it on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.errors import MMDeskError
from mmdesk.settings import home
from mmdesk.translatable import TranslatableText
from mmdesk.ui import tr
from mmdesk.workers import HistoryWorker

if TYPE_CHECKING:
    from mmdesk.history import Archive, HistoryVault
    from mmdesk.ui import MainWindow, SettingsDialog

log = logging.getLogger(__name__)


class EncryptionController(QObject):
    """Opener of the history, in the history's thread; card and settings in the window's.

    Attributes:
        history: what uses the opened history.

    Signals:
        progressed(int, int): parts of a change that are done, and all parts.
    """

    progressed = Signal(int, int)

    def __init__(self, window: MainWindow) -> None:
        """Connect the window."""
        super().__init__()
        self._window = window
        self._dialog: SettingsDialog | None = None
        self._vault: HistoryVault | None = None  # of the history's thread
        self._is_open = self._is_encrypted = False
        self._doing = ""  # template of what goes on
        self.history = HistoryWorker(self._open)
        self.history.locked.connect(self._on_locked)
        self.history.ready.connect(self._on_ready)
        self.progressed.connect(self._on_progressed)
        window.pages.settings_opened.connect(self._on_settings_opened)

    # --- in the history's thread --------------------------------------------------------------

    def _vault_here(self) -> HistoryVault:
        if self._vault is None:
            from mmdesk.history import HistoryVault  # late: it takes SQLite with it

            self._vault = HistoryVault(home())
        return self._vault

    def _open(self) -> Archive:
        vault = self._vault_here()
        self._is_encrypted = vault.is_encrypted
        return vault.open()

    # --- locked -------------------------------------------------------------------------------

    @Slot()
    def _on_locked(self) -> None:
        self._is_open = False
        self._refresh()
        panel = self._window.history
        if panel.unlock_card is None:
            panel.show_lock().submitted.connect(self._on_submitted)
            if panel.isHidden():
                self._window.areas.toggle_history()

    @Slot(str, bool)
    def _on_submitted(self, passphrase: str, keep: bool) -> None:
        def unlock() -> None:
            self._vault_here().unlock(passphrase, keep)

        self.history.reopen(unlock, lambda _: None, self._on_not_unlocked)

    def _on_not_unlocked(self, error: Exception) -> None:
        card = self._window.history.unlock_card
        if card is None:  # unlocked, but not kept
            self._window.composer.show_error(*_in_words(error))
        else:
            card.show_problem(*_in_words(error))

    @Slot()
    def _on_ready(self) -> None:
        self._is_open = True
        self._window.history.leave_lock()
        self._refresh()

    # --- settings -----------------------------------------------------------------------------

    @Slot(object)
    def _on_settings_opened(self, dialog: SettingsDialog) -> None:
        self._dialog = dialog
        fields = dialog.encryption
        fields.encrypt_wanted.connect(self._on_encrypt)
        fields.change_wanted.connect(self._on_change)
        fields.decrypt_wanted.connect(self._on_decrypt)
        dialog.finished.connect(self._on_finished)
        self._refresh()

    @Slot()
    def _on_finished(self) -> None:
        self._dialog = None

    @Slot(str)
    def _on_encrypt(self, passphrase: str) -> None:
        self._begin(
            tr("Encrypting the conversations… {percent} %"),
            lambda: self._vault_here().encrypt(passphrase, self.progressed.emit),
            tr("Conversations are encrypted."),
        )

    @Slot()
    def _on_decrypt(self) -> None:
        self._begin(
            tr("Decrypting the conversations… {percent} %"),
            lambda: self._vault_here().decrypt(self.progressed.emit),
            tr("Conversations are not encrypted."),
        )

    @Slot(str, str)
    def _on_change(self, old: str, new: str) -> None:
        self._begin(
            tr("Changing the passphrase…"),
            lambda: self._vault_here().change_passphrase(old, new),
            tr("The passphrase was changed."),
        )

    def _begin(self, doing: str, action: Callable[[], None], done: str) -> None:
        self._doing, self._is_open = doing, False
        self._on_progressed(0, 1)
        self.history.reopen(action, partial(self._on_done, done), self._on_failed)

    @Slot(int, int)
    def _on_progressed(self, done: int, every: int) -> None:
        if not self._doing:
            return
        text = self._doing.format(percent=100 * done // max(1, every))
        self._window.status_bar.set_state(text)
        if self._dialog is not None:
            self._dialog.encryption.set_progress(text)

    def _on_done(self, said: str, _nothing: object) -> None:
        self._doing = ""
        self._refresh()
        self._window.status_bar.set_state(said)
        if self._dialog is not None:
            self._dialog.encryption.tell(said)

    def _on_failed(self, error: Exception) -> None:
        self._doing = ""
        self._refresh()
        self._window.status_bar.set_state("")
        if self._dialog is not None:
            self._dialog.encryption.tell(*_in_words(error))
        else:
            self._window.composer.show_error(*_in_words(error))

    def _refresh(self) -> None:
        if self._dialog is not None and not self._doing:
            self._dialog.encryption.set_state(
                is_encrypted=self._is_encrypted, is_open=self._is_open
            )


def _in_words(problem: Exception) -> tuple[str, str]:
    if isinstance(problem, MMDeskError):
        return problem.user_message, problem.hint
    log.error("the encryption of the history", exc_info=problem)
    kind = type(problem).__name__
    return TranslatableText("Something went wrong ({kind}).", kind=kind), ""
