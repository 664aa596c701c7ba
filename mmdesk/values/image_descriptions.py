"""Descriptions of pictures by digest, where a user's correction wins over what was recognised."""

from __future__ import annotations

from dataclasses import replace

from mmdesk.values.media import ImageDescription


class ImageDescriptions:
    """Recognised and corrected descriptions by the picture's digest.

    They are about the pictures, so all conversations share them.
    """

    def __init__(self) -> None:
        self._recognised: dict[str, ImageDescription] = {}
        self._corrections: dict[str, str] = {}

    def remember(self, sha256: str, description: ImageDescription) -> ImageDescription:
        """Keep what was recognised in a picture.

        A correction that is known already wins over one in `description`.

        Returns:
            The description with the user's correction, if there is one.
        """
        self._recognised[sha256] = replace(description, correction=None)
        if description.correction:
            self._corrections.setdefault(sha256, description.correction)
        return self.get(sha256) or description

    def correct(self, sha256: str, text: str) -> None:
        """Put the user's own text in place of what was recognised; "" takes it back."""
        if text.strip():
            self._corrections[sha256] = text.strip()
        else:
            self._corrections.pop(sha256, None)

    def get(self, sha256: str) -> ImageDescription | None:
        """Return what is known about a picture; None before it was analysed or corrected."""
        recognised = self._recognised.get(sha256)
        correction = self._corrections.get(sha256)
        if correction is None:
            return recognised
        return replace(recognised or ImageDescription(), correction=correction)
