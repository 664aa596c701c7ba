"""History of one folder, plain or encrypted: opening, unlocking, and the change between the two."""

from __future__ import annotations

from pathlib import Path

from mmdesk.errors import HistoryLocked, InputError, MMDeskError
from mmdesk.history.archive import Archive
from mmdesk.history.encryption import migration
from mmdesk.history.encryption.data_key import DataKey, require_libraries
from mmdesk.history.encryption.key_file import MIN_PASSPHRASE
from mmdesk.history.encryption.migration import Progress
from mmdesk.network import NoKeyring, store_key, stored_key

_KEYRING_NAME = "history"


class HistoryVault:
    """Holder of the data key of an encrypted history while mmdesk runs.

    Its methods take as long as the disk and scrypt take.
    """

    def __init__(self, folder: Path) -> None:
        """Take mmdesk's folder; nothing is opened."""
        self.folder = folder
        self._key: DataKey | None = None

    @property
    def is_encrypted(self) -> bool:
        """True while the history is encrypted."""
        return migration.key_file(self.folder).exists()

    def open(self) -> Archive:
        """Open the history, after a killed migration is finished or undone.

        Raises:
            HistoryLocked: it is encrypted, and the key is neither known nor in the keyring.
            MMDeskError: it cannot be opened; the reason in words.
        """
        self._finish_migration()
        if not self.is_encrypted:
            return self._open_plain()
        require_libraries()
        return Archive(self.folder / migration.ENCRYPTED, key=self.known_key())

    def known_key(self) -> DataKey:
        """Return the key that was unlocked here, or that the keyring keeps.

        Raises:
            HistoryLocked: there is none.
            MMDeskError: the key file is damaged.
        """
        if self._key is None:
            self._key = self._kept_key()
        if self._key is None:
            raise HistoryLocked(
                "The conversations are encrypted.", "Enter the passphrase to open them."
            )
        return self._key

    def unlock(self, passphrase: str, keep: bool = False) -> None:
        """Take the key out of the key file.

        Args:
            passphrase: of the key file.
            keep: in the system's keyring, so that this computer never asks again.

        Raises:
            WrongPassphrase: it is another one.
            MMDeskError: the key file is damaged, or there is no keyring; it is unlocked then.
        """
        self._key = migration.key_file(self.folder).unlock(passphrase)
        if keep:
            try:
                store_key(_KEYRING_NAME, self._key.secret.hex())
            except NoKeyring as error:
                raise MMDeskError(
                    "The key cannot be kept in the system's keyring ({reason}).",
                    "mmdesk will ask for the passphrase at the next start.",
                    reason=str(error),
                ) from error

    def encrypt(self, passphrase: str, progress: Progress = lambda done, every: None) -> None:
        """Encrypt the history, which must be closed.

        Raises:
            InputError: the passphrase is too short.
            MMDeskError: it cannot be done; nothing has changed.
        """
        require_libraries()
        self._finish_migration()
        if self.is_encrypted:
            raise MMDeskError("The conversations are encrypted already.")
        check_new_passphrase(passphrase)
        key = DataKey.random()
        migration.encrypt_history(self.folder, key, passphrase, progress)
        self._key = key

    def decrypt(self, progress: Progress = lambda done, every: None) -> None:
        """Decrypt the history, which must be closed and unlocked.

        Raises:
            HistoryLocked: it is not unlocked.
            MMDeskError: it cannot be done; nothing has changed.
        """
        self._finish_migration()
        self._require_encrypted()
        require_libraries()
        migration.decrypt_history(self.folder, self.known_key(), progress)
        self._key = None
        self._forget()

    def change_passphrase(self, old: str, new: str) -> None:
        """Encrypt the data key with another passphrase; the history stays as it is.

        Raises:
            WrongPassphrase: the old one is another.
            InputError: the new one is too short.
            MMDeskError: the key file cannot be read or written.
        """
        self._require_encrypted()
        file = migration.key_file(self.folder)
        key = file.unlock(old)
        check_new_passphrase(new)
        try:
            file.write(key, new)
        except OSError as error:
            raise MMDeskError(
                "{file} cannot be written: {reason}.",
                file=file.path,
                reason=error.strerror or str(error),
            ) from error

    def _require_encrypted(self) -> None:
        if not self.is_encrypted:
            raise MMDeskError("The conversations are not encrypted.")

    def _finish_migration(self) -> None:
        try:
            migration.finish_migration(self.folder)
        except OSError as error:
            raise MMDeskError(
                "{file} cannot be removed: {reason}.",
                file=error.filename or self.folder,
                reason=error.strerror or str(error),
            ) from error

    def _open_plain(self) -> Archive:
        plain, encrypted = (self.folder / name for name in (migration.PLAIN, migration.ENCRYPTED))
        if encrypted.exists() and not plain.exists():
            raise MMDeskError(
                "The key file of the encrypted history, {file}, is missing.",
                "Put it back from a backup; the encrypted conversations have been kept.",
                file=self.folder / migration.KEY_FILE,
            )
        return Archive(plain)

    def _kept_key(self) -> DataKey | None:
        """Return the key of the keyring, if it is the one of this history."""
        file = migration.key_file(self.folder)
        try:
            key = DataKey(bytes.fromhex(stored_key(_KEYRING_NAME)))
        except ValueError:
            return None
        return key if file.knows(key) else None

    @staticmethod
    def _forget() -> None:
        try:
            if stored_key(_KEYRING_NAME):
                store_key(_KEYRING_NAME, "")
        except NoKeyring:
            return  # a key of nothing


def check_new_passphrase(passphrase: str) -> None:
    """Check a passphrase that is being set.

    Raises:
        InputError: it is too short.
    """
    if len(passphrase) < MIN_PASSPHRASE:
        raise InputError(
            "The passphrase is too short: use at least {count} characters.", count=MIN_PASSPHRASE
        )
