"""Key of a server: from the environment or from the system's keyring, never from a file."""

from __future__ import annotations

import logging
import os
from typing import Any

from mmdesk.errors import MMDeskError
from mmdesk.network import ServerAddress

log = logging.getLogger(__name__)

VARIABLE = "MMDESK_API_KEY"
SERVICE = "mmdesk"  # under which the keyring keeps the keys; the address is the user's name in it


def api_key(address: ServerAddress) -> str:
    """Return the key for a server; "" where there is none."""
    key = os.environ.get(VARIABLE, "").strip()
    if key:
        return key
    keyring = _keyring()
    if keyring is None:
        return ""
    try:
        return keyring.get_password(SERVICE, address.base) or ""
    except Exception as problem:  # noqa: BLE001  back ends raise what they like
        log.warning("the keyring cannot be read: %r", problem)
        return ""


def store_api_key(address: ServerAddress, key: str) -> None:
    """Store the key for a server in the system's keyring; "" removes it.

    Raises:
        MMDeskError: there is no keyring, or it refuses.
    """
    keyring = _keyring()
    if keyring is None:
        raise _no_keyring("keyring is not installed")
    try:
        if key:
            keyring.set_password(SERVICE, address.base, key)
        elif keyring.get_password(SERVICE, address.base) is not None:
            keyring.delete_password(SERVICE, address.base)
    except Exception as problem:
        raise _no_keyring(str(problem) or type(problem).__name__) from problem


def _keyring() -> Any:
    try:
        import keyring
    except ImportError:
        return None
    return keyring


def _no_keyring(reason: str) -> MMDeskError:
    return MMDeskError(
        "The key cannot be kept in the system's keyring ({reason}).",
        "Put it into the environment variable MMDESK_API_KEY instead.",
        reason=" ".join(reason.split())[:200],
    )
