"""The real engine in a child that may not call out: every attempt is written down and refused."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from mmdesk.engine.local import LocalEngine
from tests.fakes.folder_store import FolderStore

OUTWARD = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}


class CalledOutError(RuntimeError):
    """Something wanted to leave the machine."""


def guard(log: Path) -> None:
    """From now on, in this process, whatever calls out is noted in `log` and fails."""

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event in OUTWARD and not isinstance(arguments[-1], str | bytes):  # a path is AF_UNIX
            with log.open("a") as stream:
                stream.write(f"{event} {arguments[1:]}\n")
            raise CalledOutError(event)

    sys.addaudithook(watch)


def make_guarded(folder: Path, log: Path) -> LocalEngine:
    guard(log)
    store = FolderStore({"qwen2.5-coder-0.5b": folder})
    return LocalEngine(store=store, threads=1, precision="fp32")


def guarded(folder: Path, log: Path) -> partial[LocalEngine]:
    """What a child can be told to make."""
    return partial(make_guarded, folder, log)


def prove(log: Path) -> None:
    """A child's main: call out once, guarded, to show that the guard works."""
    import socket

    guard(log)
    for attempt in (
        lambda: socket.getaddrinfo("example.org", 80),
        lambda: socket.socket().connect(("192.0.2.1", 80)),
    ):
        try:
            attempt()
        except CalledOutError:
            continue
        sys.exit(1)


if __name__ == "__main__":
    prove(Path(sys.argv[1]))
