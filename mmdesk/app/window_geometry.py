"""Position and size of the window, kept from one start to the next."""

from __future__ import annotations

import logging
from base64 import b64decode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

log = logging.getLogger(__name__)


def save_geometry(window: QWidget, path: Path) -> None:
    """Save position and size; a folder that cannot be written is only logged."""
    import json

    state = bytes(window.saveGeometry().toBase64().data()).decode("ascii")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"geometry": state}), encoding="utf-8")
    except OSError as error:
        log.warning("the window's geometry was not saved: %s", error)


def restore_geometry(window: QWidget, path: Path) -> bool:
    """Restore position and size; return False when nothing usable was saved."""
    import json

    try:
        state = json.loads(path.read_text(encoding="utf-8"))["geometry"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    if not isinstance(state, str):
        return False
    try:
        kept = b64decode(state)
    except ValueError:
        return False
    return window.restoreGeometry(kept)
