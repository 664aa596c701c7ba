"""Folders that are dropped or chosen, and the cited files in them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from mmdesk.ui import MainWindow


class FolderController(QObject):
    """Controller between the window and the loader of folders."""

    def __init__(self, window: MainWindow) -> None:
        from mmdesk.chat import FolderLoader
        from mmdesk.ui.folder_progress import FolderProgress

        super().__init__(window)
        self.loader = FolderLoader(self)
        self.progress = FolderProgress()
        window.composer.put_first(self.progress)
        self.progress.cancelled.connect(self.loader.cancel)
        self.loader.progressed.connect(self.progress.show_progress)
        self.loader.idle.connect(self.progress.end)
        self.loader.loaded.connect(window.attachments.add_document)
        self.loader.failed.connect(window.composer.show_error)
        self.loader.cited_file_loaded.connect(window.pages.show_passage)
        window.pages.cited_file_wanted.connect(self.loader.load_cited_file)

    def take(self, paths: list[str]) -> list[str]:
        """Load the folders among the paths; return the others."""
        folders = [path for path in paths if os.path.isdir(path)]
        for folder in folders:
            self.loader.load(os.path.abspath(folder))
        return [path for path in paths if path not in folders]

    def close(self) -> bool:
        """End reading; return False when the thread did not end in time."""
        return self.loader.close()
