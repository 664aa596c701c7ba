"""`python -m tests.bench.window_latency`: one JSON object about how late the window's loop gets.

Two jobs, one after the other, in the real window: an answer of 64 KB with code and tables streams
(400 pieces of 16 characters a second, faster than any model here) into a conversation of 1,000
messages that is kept as it comes; and a PDF of 300 pages is read. The figures are of all ticks of
both; `jobs` has them apart. `busy_max_ms` is the window thread's own processor time between two
ticks, which does not count what other programs take from this one.

Needs no model: the engine is scripted. Needs a display, or QT_QPA_PLATFORM=offscreen.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles
from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from mmdesk.app.application import App
from mmdesk.app.window import create_application
from mmdesk.history.archive import Archive
from mmdesk.settings import Settings
from mmdesk.values import (
    ConversationInfo,
    Event,
    Finished,
    LoadRequest,
    ModelInfo,
    Request,
    StoredMessage,
    TextChunk,
    Turn,
)
from tests.bench.drive import wait_for
from tests.bench.lateness import LateMeter

MESSAGES, ANSWER, PAGES = 1000, 64 * 1024, 300
PIECE, PIECES_PER_S = 16, 400
LANGUAGE = ModelInfo("scripted", "Scripted", "language", ("text",), "", 1, 1, True, True)
PART = """## Section {0}

A paragraph with *some* words and `code` in it, long enough to be laid out in two or three lines
of the column, as answers usually are. It goes on a little further than that.

```python
def section_{0}(values: list[int]) -> int:
    \"\"\"Sum what is even.\"\"\"
    return sum(value for value in values if value % 2 == 0)
```

| Name | Value | Share |
|---|---:|---:|
| alpha | {0} | 12 % |
| beta | 7 | 88 % |

- one thing
- another **thing**

"""


def answer_text() -> str:
    """64 KB of Markdown."""
    return "".join(PART.format(number) for number in range(ANSWER // len(PART) + 2))[:ANSWER]


class StreamingEngine:
    """Says the answer at a steady pace."""

    def generate(self, request: Request, cancel: object) -> Iterator[Event]:
        if not isinstance(request, LoadRequest):
            text, due = answer_text(), time.perf_counter()
            for at in range(0, len(text), PIECE):
                due += 1 / PIECES_PER_S
                time.sleep(max(0.0, due - time.perf_counter()))
                yield TextChunk(text[at : at + PIECE])
        yield Finished()

    def close(self) -> None:
        return None


def fill(path: Path) -> str:
    """Write a history with one long conversation; return its id."""
    store, parent = Archive(path), ""
    with store.together():
        store.begin(ConversationInfo("long", "A long conversation"))
        for number in range(MESSAGES):
            role = "assistant" if number % 2 else "user"
            text = PART.format(number) if number % 2 else f"Question {number}: what of it?"
            store.add("long", StoredMessage(f"m{number}", parent, Turn(role, text)))
            parent = f"m{number}"
    store.set_shown("long")
    store.close()
    return "long"


def make_pdf(path: Path) -> None:
    """300 pages of text, written by hand: the simplest PDF there is."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    kids = []
    objects.append(font)
    for page in range(PAGES):
        lines = "".join(
            f"(Page {page + 1}, line {line}: some words of a report that goes on.) Tj T*\n"
            for line in range(45)
        )
        content = f"BT /F1 11 Tf 14 TL 50 780 Td\n{lines}ET".encode()
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (PAGES, b" ".join(kids))
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    path.write_bytes(out)


def figures(ticks: list[float]) -> dict[str, float]:
    cuts = quantiles(ticks, n=1000)
    return {
        "p50_ms": round(cuts[499], 2),
        "p99_ms": round(cuts[989], 2),
        "max_ms": round(max(ticks), 2),
    }


def stream(app: App, meter: LateMeter) -> None:
    QTest.keyClicks(app.window.findChild(QWidget, "chatInput"), "Tell me everything")
    send = app.window.findChild(QAbstractButton, "sendButton")
    meter.start()
    wait_for(app.chat.answers.finished, send.click)
    meter.stop()


def read_pdf(app: App, meter: LateMeter, path: Path) -> None:
    meter.start()
    wait_for(app.loader.loaded, lambda: app.window.files_offered.emit([str(path)]))
    meter.stop()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MMDESK_HOME"] = folder
        fill(Path(folder) / "history.db")
        pdf = Path(folder) / "report.pdf"
        make_pdf(pdf)
        print(json.dumps(measure(pdf)))


def measure(pdf: Path) -> dict[str, Any]:
    application = create_application()
    app = App(Settings(), lambda _settings: StreamingEngine)
    app.parts.begin = lambda _model, **_options: app.parts._on_listed((LANGUAGE,), ())  # type: ignore
    app.window.resize(1240, 800)
    wait_for(app.window.conversation.column.settled, app.show)
    meters = {
        "stream_64_kb_into_1000_messages": LateMeter(),
        "read_a_pdf_of_300_pages": LateMeter(),
    }
    streaming, reading = meters.values()
    stream(app, streaming)
    read_pdf(app, reading, pdf)
    documents = app.window.attachments.documents
    result: dict[str, Any] = figures(streaming.late_ms + reading.late_ms)
    result["busy_max_ms"] = round(max(streaming.busy_ms + reading.busy_ms), 2)
    meters = {"stream_64_kb_into_1000_messages": streaming, "read_a_pdf_of_300_pages": reading}
    result["jobs"] = {
        name: figures(meter.late_ms)
        | {"ticks": len(meter.late_ms), "busy_max_ms": round(max(meter.busy_ms), 2)}
        for name, meter in meters.items()
    }
    result["messages"] = len(app.window.conversation.column.messages)
    result["pdf_characters"] = len(documents[0].text)
    result["load_average"] = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    app.shut_down()
    application.processEvents()
    return result


if __name__ == "__main__":
    sys.exit(main())
