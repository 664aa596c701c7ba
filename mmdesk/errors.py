"""Errors as types: what a person is told, and how a program tells the cases apart.

An `MMDeskError` carries one clear sentence for the person and, where there is one, the way out.
Anything else that escapes is a defect and is reported as such.
"""

from __future__ import annotations


class MMDeskError(Exception):
    """Something went wrong that the person should be told in one sentence.

    Attributes:
        user_message: one sentence that names the thing (the file, the model, the device).
        hint: what the person can do about it; may be empty.
        exit_status: what the command line returns for it.
    """

    exit_status = 1

    def __init__(self, user_message: str, hint: str = "") -> None:
        super().__init__(user_message, hint)
        self.user_message = user_message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.user_message} {self.hint}".strip()


class InputError(MMDeskError):
    """A file, some bytes, a device or an argument that cannot be used."""

    exit_status = 2


class ModelUnavailable(MMDeskError):  # noqa: N818  a state, named as one
    """A known model part that is missing or failed its verification."""

    exit_status = 3


class EngineDied(MMDeskError):  # noqa: N818  an event, named as one
    """The engine's process ended before its answer did; the next request starts a new one."""


class Cancelled(Exception):  # noqa: N818  a person's wish, not an error
    """The person stopped the work. Never shown as an error."""
