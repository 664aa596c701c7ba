"""Store with import and export as methods, the one object that the history worker needs.

A file of its own because the export modules import Store, so that Store cannot import them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mmdesk.history import import_export, markdown_export
from mmdesk.history.store import Store


class Archive(Store):
    """Store that also exports and imports conversations."""

    def export_markdown(self, conversation: str, folder: Path) -> Path:
        """Write a Markdown page, see markdown_export.export_markdown."""
        return markdown_export.export_markdown(self, conversation, folder)

    def export_json(self, conversations: Iterable[str], path: Path) -> Path:
        """Write a JSON file, see import_export.export_json."""
        return import_export.export_json(self, conversations, path)

    def import_json(self, path: Path) -> tuple[str, ...]:
        """Import the conversations of a JSON file, see import_export.import_json."""
        return import_export.import_json(self, path)
