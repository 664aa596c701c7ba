"""Main module of the child that downloads model parts: `python -m mmdesk.workers.fetch_main`.

Reads one frame, the ids of the parts, or addresses of models on the hub. Sends FetchProgress
values, after each part ("installed", id, id of what is installed now: another one where a fallback
is used), and an MMDeskError for each that could not be downloaded. The conversion of a language
model needs torch, which must not enter the window's process. When the input ends, the download is
cancelled; the next run resumes it.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO

from mmdesk.errors import Cancelled, MMDeskError
from mmdesk.models import HubAddress, ModelStore, install_from_hub, is_hub_address
from mmdesk.network import guard_network
from mmdesk.workers import framing

log = logging.getLogger(__name__)

GRACE_S = 10.0  # a conversion looks at the flag rarely; an orphan must end all the same


def main() -> None:
    """Install the parts one after another."""
    guard_network()
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_XET", "1")  # native code, which no guard sees
    out = framing.claim_stdout()
    parts = framing.read(sys.stdin.buffer)
    cancel = threading.Event()
    threading.Thread(target=_watch_input, args=(cancel,), daemon=True).start()
    store = ModelStore()
    for part in parts:
        try:
            _install(store, part, out, cancel)
        except Cancelled:
            return


def _install(store: ModelStore, part: str, out: BinaryIO, cancel: threading.Event) -> None:
    def send(value: object) -> None:
        out.write(framing.pack(value))
        out.flush()

    try:
        send(("installed", part, _installed_id(store, part, send, cancel)))
    except MMDeskError as error:
        send(error)
    except OSError as error:
        log.exception("installing %s", part)
        reason = error.strerror or str(error)
        send(MMDeskError("{part} cannot be saved: {reason}.", part=part, reason=reason))


def _installed_id(
    store: ModelStore, part: str, send: Callable[[object], None], cancel: threading.Event
) -> str:
    """Install a part, or a model from the hub, and return the id of what is installed."""
    if not is_hub_address(part):
        return store.install(part, send, cancel).name
    return install_from_hub(store, HubAddress.parse(part), send, cancel).id


def _watch_input(cancel: threading.Event) -> None:
    # Not sys.stdin: its lock, held by a thread that waits, aborts the interpreter at its end.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    cancel.set()  # the window closed the pipe, or is gone
    deadline = threading.Timer(GRACE_S, os._exit, args=(1,))
    deadline.daemon = True  # it must end a process that does not, and not hold one that does
    deadline.start()


if __name__ == "__main__":
    main()
