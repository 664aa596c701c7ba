"""Seconds until mmdesk's window has painted, and what was imported by then.

Argument: the parent's time.monotonic() at the start. Prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import time

from mmdesk import settings
from mmdesk.app import App, create_application

HEAVY = ("torch", "transformers", "numpy", "PIL", "onnxruntime", "faster_whisper", "librosa")

application = create_application()
app = App(settings.load())


def tell() -> None:
    took = time.monotonic() - float(sys.argv[1])
    heavy = [name for name in HEAVY if name in sys.modules]
    print(json.dumps({"painted_s": took, "heavy_imports": heavy}))
    application.quit()


app.first_paint.painted.disconnect()
app.first_paint.painted.connect(tell)
app.show()
application.exec()
sys.exit(0 if app.shut_down() else 1)
