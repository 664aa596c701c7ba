"""A part store over folders a test has made, in the place of models.store.ModelStore."""

from __future__ import annotations

from pathlib import Path

from mmdesk.errors import InputError, ModelUnavailable
from mmdesk.values import CancelFlag


class FolderStore:
    """Attributes:
    verified: ids in the order they were verified.
    damaged: ids whose verification fails.
    """

    def __init__(self, folders: dict[str, Path], known: tuple[str, ...] = ()) -> None:
        self._folders = folders
        self._known = known
        self.verified: list[str] = []
        self.damaged: set[str] = set()

    def path(self, part: str, /) -> Path:
        if part in self._folders:
            return self._folders[part]
        if part in self._known:
            raise ModelUnavailable(f'The model part "{part}" is not installed.')
        raise InputError(f'There is no model part "{part}".')

    def verify(self, part: str, cancel: CancelFlag, /) -> None:
        self.verified.append(part)
        if part in self.damaged:
            raise ModelUnavailable(f'The file model.safetensors of "{part}" is damaged.')
