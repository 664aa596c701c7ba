"""Main module of the child that decodes files: `python -m mmdesk.workers.parse_main`.

Reads (loader, name, bytes or None, more arguments) frames and answers each with the decoded value
or with the MMDeskError that says why there is none, as `decoded_values` packs them. Ends when its
input does, and with its parent.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import threading
from pathlib import Path
from typing import Any

from mmdesk import inputs
from mmdesk.errors import InputError, MMDeskError
from mmdesk.workers import decoded_values, decoder_limits, framing

log = logging.getLogger(__name__)

GRACE_S = 10.0  # for the file at hand when the input ends; an orphan must end all the same


def main() -> None:
    """Answer frames until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which ends this
    decoder_limits.end_with_parent()
    decoder_limits.limit_resources()
    decoder_limits.close_ways_out()
    out = framing.claim_stdout()
    requests: queue.SimpleQueue[tuple[Any, ...] | None] = queue.SimpleQueue()
    threading.Thread(target=_read_requests, args=(requests,), daemon=True).start()
    while (request := requests.get()) is not None:
        decoder_limits.limit_cpu()
        for piece in decoded_values.pack(_decode(request)):
            out.write(piece)
        out.flush()


def _read_requests(requests: queue.SimpleQueue[tuple[Any, ...] | None]) -> None:
    # Not sys.stdin: its lock, held by a thread that waits, aborts the interpreter at its end.
    with open(0, "rb", closefd=False) as stream:
        try:
            while True:
                requests.put(framing.read(stream))
        except (EOFError, OSError):
            requests.put(None)
    deadline = threading.Timer(GRACE_S, os._exit, args=(1,))
    deadline.daemon = True
    deadline.start()


def _decode(request: tuple[Any, ...]) -> object:
    name = Path(request[1]).name
    try:
        return _load(*request)
    except MMDeskError as error:
        return error
    except MemoryError:
        return InputError("{name} needs too much memory to be opened.", name=name)
    except Exception as error:
        log.exception("decoding %s", request[1])
        return InputError("{name} cannot be read ({kind}).", name=name, kind=type(error).__name__)


def _load(loader: str, name: str, data: bytes | None, *more: Any) -> object:
    source = Path(name) if data is None else data
    label = None if data is None else name
    if loader == "image":
        return inputs.load_image(source, label)
    if loader == "audio":
        return inputs.load_audio(source, label)
    if loader == "document":
        return inputs.load_document(source, label)
    if loader == "page":
        return inputs.load_page(source, *more)
    return inputs.load_any(Path(name))


if __name__ == "__main__":
    main()
