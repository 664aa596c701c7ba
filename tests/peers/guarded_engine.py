"""The real engine in a child process without a network: every attempt is logged and refused."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from mmdesk.engine.local import LocalEngine
from tests.fakes.folder_store import FolderStore

NETWORK_EVENTS = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}


class NetworkUsedError(RuntimeError):
    """Something tried to use the network."""


def block_network(log: Path) -> None:
    """Log every later use of the network by this process in `log`, and let it fail."""

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        is_local = isinstance(arguments[-1], str | bytes)  # a path is AF_UNIX
        if event in NETWORK_EVENTS and not is_local:
            with log.open("a") as stream:
                stream.write(f"{event} {arguments[1:]}\n")
            raise NetworkUsedError(event)

    sys.addaudithook(watch)


def make_guarded(folder: Path, log: Path) -> LocalEngine:
    block_network(log)
    store = FolderStore({"qwen2.5-coder-0.5b": folder})
    return LocalEngine(store=store, threads=1, precision="fp32")


def guarded(folder: Path, log: Path) -> partial[LocalEngine]:
    """Return the engine's factory for a child process."""
    return partial(make_guarded, folder, log)


def prove(log: Path) -> None:
    """Use the network in two ways, as a child process, to show that it is blocked."""
    import socket

    block_network(log)
    for attempt in (
        lambda: socket.getaddrinfo("example.org", 80),
        lambda: socket.socket().connect(("192.0.2.1", 80)),
    ):
        try:
            attempt()
        except NetworkUsedError:
            continue
        sys.exit(1)


if __name__ == "__main__":
    prove(Path(sys.argv[1]))
