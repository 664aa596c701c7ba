"""Access token of the hub: from the environment or from the system's keyring, never from a file."""

from __future__ import annotations

import os

from mmdesk.errors import MMDeskError
from mmdesk.models.hub_repository.address import endpoint
from mmdesk.network import NoKeyring, store_key, stored_key

VARIABLE = "HF_TOKEN"


def access_token() -> str:
    """Return the user's access token; "" where there is none."""
    return os.environ.get(VARIABLE, "").strip() or stored_key(endpoint())


def store_access_token(token: str) -> None:
    """Store the access token in the system's keyring; "" removes it.

    Raises:
        MMDeskError: there is no keyring, or it refuses.
    """
    try:
        store_key(endpoint(), token.strip())
    except NoKeyring as problem:
        raise MMDeskError(
            "The access token cannot be kept in the system's keyring ({reason}).",
            "Put it into the environment variable HF_TOKEN instead.",
            reason=str(problem),
        ) from problem
