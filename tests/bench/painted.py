"""Seconds until mmdesk's window has painted, and what was imported by then.

Argument: the parent's time.monotonic() at the start. Prints one JSON object. Starts the way the
command does.
"""

from __future__ import annotations

import json
import sys
import time

from mmdesk.app import startup

HEAVY = ("torch", "transformers", "numpy", "PIL", "onnxruntime", "faster_whisper", "librosa")


class Measured(startup.Startup):
    """Ends at the first paint, before anything else is made."""

    def _begin(self) -> None:
        took = time.monotonic() - float(sys.argv[1])
        heavy = [name for name in (*HEAVY, "sqlite3", "multiprocessing") if name in sys.modules]
        print(json.dumps({"painted_s": took, "heavy_imports": heavy}))
        self.application.quit()


startup.Startup = Measured  # type: ignore
sys.exit(startup.main([]))
