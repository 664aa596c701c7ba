"""Key that encrypts a history, and what is derived from it.

The database, the attachments and the names of the attachments each have a key of their own, derived
by HMAC-SHA256 from one random data key. Files are encrypted with AES-256-GCM.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from mmdesk.errors import MMDeskError

KEY_BYTES = 32
_NONCE_BYTES = 12
_LIBRARIES = ("sqlcipher3", "cryptography")


class DataKey:
    """Random key of one history. It is never shown: not in a repr, not in a log."""

    def __init__(self, secret: bytes) -> None:
        """Take the 32 bytes."""
        if len(secret) != KEY_BYTES:
            raise ValueError("a data key has 32 bytes")
        self.secret = secret

    @classmethod
    def random(cls) -> DataKey:
        """Return a new key."""
        return cls(os.urandom(KEY_BYTES))

    def derived(self, purpose: str) -> bytes:
        """Return the key of 32 bytes for one purpose."""
        return hmac.new(self.secret, f"mmdesk {purpose}".encode(), hashlib.sha256).digest()

    def file_name(self, name: str) -> str:
        """Return the name under which a file is stored; it tells nothing about the file."""
        return hmac.new(self.derived("names"), name.encode(), hashlib.sha256).hexdigest()

    def encrypt(self, data: bytes, name: str) -> bytes:
        """Encrypt a file together with its name."""
        nonce = os.urandom(_NONCE_BYTES)
        stored_as = self.file_name(name).encode()
        inside = name.encode() + b"\0" + data
        return nonce + _aes(self.derived("files")).encrypt(nonce, inside, stored_as)

    def decrypt(self, data: bytes, stored_as: str) -> tuple[str, bytes]:
        """Return the name and the bytes of a file.

        Args:
            data: of the encrypted file.
            stored_as: the name that `file_name` gave it.

        Raises:
            OSError: the file is damaged, or was encrypted with another key.
        """
        from cryptography.exceptions import InvalidTag

        nonce, rest = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
        try:
            inside = _aes(self.derived("files")).decrypt(nonce, rest, stored_as.encode())
        except (InvalidTag, ValueError) as error:
            raise OSError(f"{stored_as} is damaged") from error
        name, _, content = inside.partition(b"\0")
        return name.decode(), content


def require_libraries() -> None:
    """Check that what encryption needs is installed.

    Raises:
        MMDeskError: a library is missing.
    """
    import importlib.util

    for name in _LIBRARIES:
        if importlib.util.find_spec(name) is None:
            raise MMDeskError(
                "An encrypted history needs the library {library}, which is not installed.",
                "Install it with: pip install {library}",
                library=name,
            )


def _aes(key: bytes):  # type: ignore[no-untyped-def]  # AESGCM, imported late
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)
