"""Refusals of a desktop, as sentences for the user."""

from __future__ import annotations

from mmdesk.translatable import TranslatableText

SCREEN_REFUSED = TranslatableText("This desktop does not let mmdesk see the screen.")
PASTE_INSTEAD = TranslatableText(
    "Take a screenshot with the desktop's own key and paste it here (Ctrl+V)."
)


class HotkeyRefused(Exception):  # noqa: N818  a refusal, named as one
    """Key that cannot be had.

    Attributes:
        reason: for the user.
    """

    def __init__(self, reason: TranslatableText) -> None:
        super().__init__(reason)
        self.reason = reason
