"""File history.key: the data key, encrypted with a key that scrypt derives from a passphrase.

A new passphrase encrypts the same data key again, and nothing else. The history is encrypted
exactly while this file exists.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from mmdesk.errors import InputError, MMDeskError
from mmdesk.history.encryption.data_key import DataKey, require_libraries
from mmdesk.private_files import open_private

MIN_PASSPHRASE = 8  # characters
_VERSION = 1
_N, _R, _P = 2**17, 8, 1  # scrypt: 128 MB and half a second, for us and for who tries passphrases
_MAX_N = 2**20  # of a file: 1 GB
_MAX_BYTES = 10_000
_BOUND_TO = b"mmdesk history key 1"  # authenticated with the encrypted key


class WrongPassphrase(InputError):  # noqa: N818  a state, named as one
    """Passphrase that does not open the key file."""


@dataclass(frozen=True)
class _Wrapped:
    """Content of the file; bytes as hexadecimal digits."""

    version: int
    n: int
    r: int
    p: int
    salt: str
    nonce: str
    wrapped: str
    key_check: str  # derived from the data key, to know it again

    def digest(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


class KeyFile:
    """One history.key."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def exists(self) -> bool:
        """Return whether there is one, which may be damaged."""
        return os.path.lexists(self.path)

    def write(self, key: DataKey, passphrase: str) -> None:
        """Encrypt the data key with a passphrase and write the file, whole or not at all.

        Raises:
            InputError: the passphrase is too short.
            MMDeskError: a library is missing.
            OSError: the file cannot be written.
        """
        require_libraries()
        if len(passphrase) < MIN_PASSPHRASE:
            raise InputError(
                "The passphrase is too short: use at least {count} characters.",
                count=MIN_PASSPHRASE,
            )
        salt, nonce = os.urandom(16), os.urandom(12)
        wrapped = _aes(passphrase, salt, _N, _R, _P).encrypt(nonce, key.secret, _BOUND_TO)
        check = key.derived("check").hex()
        content = _Wrapped(_VERSION, _N, _R, _P, salt.hex(), nonce.hex(), wrapped.hex(), check)
        new = self.path.with_name(self.path.name + ".new")
        with open_private(new, "w") as stream:
            json.dump({**asdict(content), "sha256": content.digest()}, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(self.path)
        flush_folder(self.path.parent)

    def unlock(self, passphrase: str) -> DataKey:
        """Return the data key.

        Raises:
            WrongPassphrase: it does not open this file.
            MMDeskError: the file cannot be read, or a library is missing.
        """
        require_libraries()
        from cryptography.exceptions import InvalidTag

        content = self._read()
        cipher = _aes(passphrase, bytes.fromhex(content.salt), content.n, content.r, content.p)
        nonce, wrapped = bytes.fromhex(content.nonce), bytes.fromhex(content.wrapped)
        try:
            return DataKey(cipher.decrypt(nonce, wrapped, _BOUND_TO))
        except InvalidTag as error:
            raise WrongPassphrase("This is not the passphrase of the history.") from error

    def knows(self, key: DataKey) -> bool:
        """Return whether this is the data key of the file.

        Raises:
            MMDeskError: the file cannot be read.
        """
        return hmac.compare_digest(self._read().key_check, key.derived("check").hex())

    def _read(self) -> _Wrapped:
        try:
            with self.path.open("rb") as stream:
                values = json.loads(stream.read(_MAX_BYTES))
            digest = values.pop("sha256")
            content = _Wrapped(**values)
            sound = content.digest() == digest and content.version == _VERSION
            sound &= content.n <= _MAX_N and content.r <= 32 and content.p <= 16
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise self._damaged() from error
        if not sound:
            raise self._damaged()
        return content

    def _damaged(self) -> MMDeskError:
        return MMDeskError(
            "The key file of the encrypted history, {file}, cannot be read.",
            "Put it back from a backup; it and the encrypted conversations have been kept.",
            file=self.path,
        )


def _aes(passphrase: str, salt: bytes, n: int, r: int, p: int):  # type: ignore[no-untyped-def]
    """Return the cipher whose key scrypt derives from a passphrase."""
    import unicodedata

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    # The same characters typed on another system may come as other code points.
    typed = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    room = 128 * r * (n + p + 2) + 1_000_000
    return AESGCM(hashlib.scrypt(typed, salt=salt, n=n, r=r, p=p, maxmem=room, dklen=32))


def flush_folder(folder: Path) -> None:
    """Flush a folder, so that a renamed file is there after a power cut; not on Windows."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
