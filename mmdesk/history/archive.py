"""The store with its ways out and in, as one object for whoever keeps conversations."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mmdesk.history import import_export, markdown_export
from mmdesk.history.store import Store


class Archive(Store):
    """See Store; exporting and importing belong to it for the window."""

    def export_markdown(self, conversation: str, folder: Path) -> Path:
        """Write one page; see markdown.export_markdown."""
        return markdown_export.export_markdown(self, conversation, folder)

    def export_json(self, conversations: Iterable[str], path: Path) -> Path:
        """Write one file; see transfer.export_json."""
        return import_export.export_json(self, conversations, path)

    def import_json(self, path: Path) -> tuple[str, ...]:
        """Take a file's conversations over; see transfer.import_json."""
        return import_export.import_json(self, path)
