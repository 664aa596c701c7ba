"""Keys of servers in the system's keyring; they are never written into a file."""

from __future__ import annotations

import logging
from typing import Any

log = logging.getLogger(__name__)

SERVICE = "mmdesk"  # under which the keyring keeps the keys; the address is the user's name in it


class NoKeyring(Exception):  # noqa: N818  a state, named as one
    """Keyring that is missing or refuses; the argument is the reason."""


def stored_key(name: str) -> str:
    """Return the key that is kept under a name; "" where there is none."""
    keyring = _keyring()
    if keyring is None:
        return ""
    try:
        return keyring.get_password(SERVICE, name) or ""
    except Exception as problem:  # noqa: BLE001  back ends raise what they like
        log.warning("the keyring cannot be read: %r", problem)
        return ""


def store_key(name: str, key: str) -> None:
    """Keep a key under a name; "" removes it.

    Raises:
        NoKeyring: there is no keyring, or it refuses.
    """
    keyring = _keyring()
    if keyring is None:
        raise NoKeyring("keyring is not installed")
    try:
        if key:
            keyring.set_password(SERVICE, name, key)
        elif keyring.get_password(SERVICE, name) is not None:
            keyring.delete_password(SERVICE, name)
    except Exception as problem:
        reason = str(problem) or type(problem).__name__
        raise NoKeyring(" ".join(reason.split())[:200]) from problem


def _keyring() -> Any:
    try:
        import keyring
    except ImportError:
        return None
    return keyring
