"""Exception types that are shown to the user, told apart by type and exit status.

An `MMDeskError` carries one clear sentence for the user and, where there is one, the way out.
Any other exception that escapes is a defect and is reported as such.
"""

from __future__ import annotations

from mmdesk.translatable import TranslatableText


class MMDeskError(Exception):
    """Failure that is shown to the user in one sentence.

    Args:
        template: one English sentence that names the thing (the file, the model, the device), with
            `{name}` in the places of values.
        hint: template of what the user can do about it; may be empty.
        values: fill both templates.

    Attributes:
        user_message: the filled sentence; the window translates its template.
        hint: the filled hint.
        exit_status: what the command line returns for it.
    """

    exit_status = 1

    def __init__(self, template: str, hint: str = "", **values: object) -> None:
        self.user_message = _filled(template, values)
        self.hint = _filled(hint, values)
        super().__init__(self.user_message, self.hint)  # the arguments that pickle restores it from

    def __str__(self) -> str:
        return f"{self.user_message} {self.hint}".strip()


def _filled(template: str, values: dict[str, object]) -> TranslatableText:
    """Fill a template with those of the values that it names."""
    used = {name: value for name, value in values.items() if f"{{{name}" in template}
    return TranslatableText(template, **used)


class InputError(MMDeskError):
    """File, bytes, device or argument that cannot be used."""

    exit_status = 2


class ModelUnavailable(MMDeskError):  # noqa: N818  a state, named as one
    """Known model part that is missing or failed its verification."""

    exit_status = 3


class HistoryLocked(MMDeskError):  # noqa: N818  a state, named as one
    """Encrypted history whose passphrase has not been given yet."""


class EngineDied(MMDeskError):  # noqa: N818  an event, named as one
    """End of the engine's process before that of its answer; the next request starts a new one."""


class Cancelled(Exception):  # noqa: N818  the user's wish, not an error
    """Stop that the user asked for; never shown as an error."""
