"""Seconds until mmdesk's window has painted, and what was imported by then.

Argument: the parent's time.monotonic() at the start. Prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import time

from mmdesk import settings
from mmdesk.opening import Opening

HEAVY = ("torch", "transformers", "numpy", "PIL", "onnxruntime", "faster_whisper", "librosa")

opening = Opening(settings.load())


def tell() -> None:
    took = time.monotonic() - float(sys.argv[1])
    heavy = [name for name in HEAVY if name in sys.modules]
    cpu = time.process_time()
    print(json.dumps({"painted_s": took, "cpu_s": cpu, "heavy_imports": heavy}))
    opening.application.quit()


opening.first_paint.painted.disconnect()
opening.first_paint.painted.connect(tell)
sys.exit(opening.run())
