"""Part store over folders that a test has made, instead of ModelStore."""

from __future__ import annotations

from pathlib import Path

from mmdesk.errors import InputError, ModelUnavailable
from mmdesk.values import CancelFlag


class FolderStore:
    """Part store over given folders.

    Attributes:
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
            raise ModelUnavailable('The model part "{part}" is not installed.', part=part)
        raise InputError('There is no model part "{part}".', part=part)

    def verify(self, part: str, cancel: CancelFlag, /) -> None:
        self.verified.append(part)
        if part in self.damaged:
            raise ModelUnavailable('The file model.safetensors of "{part}" is damaged.', part=part)
