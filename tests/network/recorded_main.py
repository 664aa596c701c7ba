"""The command line in a process whose every use of the network is recorded and refused.

    python -m tests.network.recorded_main RECORD ARGUMENTS

The audit hook sees what Python code tries. Native code it does not see: to that, the kernel gives
no internet sockets.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mmdesk.sandbox import forbid_internet


def record_network(path: Path) -> None:
    """Write every later use of a socket that is not a pair of this process's own to a file."""

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
            with path.open("a") as stream:
                stream.write(f"{event} {arguments}\n")
            raise OSError(event)

    sys.addaudithook(watch)


if __name__ == "__main__":
    record_network(Path(sys.argv[1]))
    if sys.argv[2] == "--prove":
        import socket

        try:
            socket.create_connection(("192.0.2.1", 80), timeout=0.1)
        except OSError:
            sys.exit(0)
        sys.exit("it connected")
    forbid_internet()
    from mmdesk.__main__ import main

    sys.exit(main(sys.argv[2:]))
