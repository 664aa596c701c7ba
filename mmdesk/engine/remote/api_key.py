"""Key of a server: from the environment or from the system's keyring, never from a file."""

from __future__ import annotations

import os

from mmdesk.errors import MMDeskError
from mmdesk.network import NoKeyring, ServerAddress, store_key, stored_key

VARIABLE = "MMDESK_API_KEY"


def api_key(address: ServerAddress) -> str:
    """Return the key for a server; "" where there is none."""
    return os.environ.get(VARIABLE, "").strip() or stored_key(address.base)


def store_api_key(address: ServerAddress, key: str) -> None:
    """Store the key for a server in the system's keyring; "" removes it.

    Raises:
        MMDeskError: there is no keyring, or it refuses.
    """
    try:
        store_key(address.base, key)
    except NoKeyring as problem:
        raise MMDeskError(
            "The key cannot be kept in the system's keyring ({reason}).",
            "Put it into the environment variable MMDESK_API_KEY instead.",
            reason=str(problem),
        ) from problem
