"""The real fetch_child over a store that fetches nothing; "endless" waits for the flag."""

from __future__ import annotations

import threading
from pathlib import Path

from mmdesk.errors import Cancelled
from mmdesk.values import FetchProgress
from mmdesk.workers import fetch_main


class Store:
    def install(self, part, on_progress, cancel: threading.Event) -> Path:
        on_progress(FetchProgress(part, part, "downloading", 0, 1))
        if part == "endless":
            cancel.wait()
            raise Cancelled
        return Path("models") / part


if __name__ == "__main__":
    fetch_main.ModelStore = Store  # type: ignore[assignment,misc]
    fetch_main.main()
