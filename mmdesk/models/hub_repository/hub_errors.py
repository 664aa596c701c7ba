"""Sentences for what the hub refuses, and for a hub that does not answer."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from mmdesk.errors import InputError, MMDeskError
from mmdesk.models.hub_repository.address import HubAddress, endpoint

OFF_SWITCHES = ("MMDESK_OFFLINE", "HF_HUB_OFFLINE")
_FALSE = ("", "0", "false", "no", "off")


class AccessNeeded(InputError):  # noqa: N818  a state, named as one
    """Model that the hub gives only to accounts it knows; an access token may help."""


class WorksOffline(MMDeskError):  # noqa: N818  a state, named as one
    """Hub that was not contacted, since the user works offline."""


def works_offline() -> WorksOffline:
    """Return the refusal of a hub that the user did not allow to be contacted."""
    return WorksOffline(
        "mmdesk works offline, so the model hub ({host}) was not contacted.",
        'To allow it for this model: mmdesk models get --online, or turn off "Work offline" in '
        "the settings.",
        host=urlsplit(endpoint()).netloc,
    )


def check_switches() -> None:
    """Check that the hub is not turned off by the environment.

    Raises:
        MMDeskError: it is.
    """
    for switch in OFF_SWITCHES:
        if os.environ.get(switch, "").strip().lower() not in _FALSE:
            raise MMDeskError(
                "The model hub is turned off by {switch}.",
                "Remove that environment variable to download from it.",
                switch=switch,
            )


def refusal(problem: Exception, address: HubAddress, *, has_token: bool) -> MMDeskError:
    """Return what to tell the user about an error of the hub's library.

    Args:
        problem: error of `huggingface_hub` or of its HTTP client.
        address: of the model that was asked for.
        has_token: an access token was sent.
    """
    from huggingface_hub import errors

    model = address.repository
    if isinstance(problem, errors.GatedRepoError):
        return _gated(address, has_token)
    if isinstance(problem, errors.DisabledRepoError):
        return InputError("{model} was disabled on the hub.", model=model)
    if isinstance(problem, errors.RevisionNotFoundError):
        return InputError(
            "{model} has no revision {revision}.",
            "Leave out what follows the @ to get the newest one.",
            model=model,
            revision=address.revision,
        )
    if isinstance(problem, errors.EntryNotFoundError):
        return InputError("{model} has no file {file}.", model=model, file=address.file or "?")
    if isinstance(problem, errors.HfHubHTTPError):
        return _by_status(problem, address, has_token)
    host = urlsplit(endpoint()).netloc
    return MMDeskError(
        "The model hub ({host}) cannot be reached.",
        "Check your internet connection, then try again.",
        host=host,
    )


def _by_status(problem: Exception, address: HubAddress, has_token: bool) -> MMDeskError:
    from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

    assert isinstance(problem, HfHubHTTPError)
    status = problem.response.status_code
    if status == 401 and has_token and not isinstance(problem, RepositoryNotFoundError):
        return _bad_token()
    if status in (401, 403, 404):
        return AccessNeeded(
            "There is no model {model} on the hub, or it is private.",
            "Check the spelling. A private model needs an access token of your account.",
            model=address.repository,
        )
    if status == 429:
        return MMDeskError(
            "The model hub is asked too often from here at the moment.",
            "Try again in some minutes. With an access token it allows more.",
        )
    return MMDeskError(
        "The model hub has a problem at the moment (it answered {status}).",
        "Try again later.",
        status=status,
    )


def _gated(address: HubAddress, has_token: bool) -> AccessNeeded:
    if has_token:
        return AccessNeeded(
            "Your account at the hub may not download {model} yet.",
            "Accept its terms at {page} (some makers take a while to agree), then try again.",
            model=address.repository,
            page=address.page,
        )
    return AccessNeeded(
        "The makers of {model} ask you to accept their terms first.",
        "Accept them at {page}, then enter an access token of your account (from {tokens}).",
        model=address.repository,
        page=address.page,
        tokens=f"{endpoint()}/settings/tokens",
    )


def _bad_token() -> AccessNeeded:
    return AccessNeeded(
        "The model hub does not accept your access token.",
        "Make a new one at {tokens} and enter that.",
        tokens=f"{endpoint()}/settings/tokens",
    )
