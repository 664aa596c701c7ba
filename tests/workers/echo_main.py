"""A child for tests: sends back what it gets; "die" kills it, "print" speaks on stdout."""

from __future__ import annotations

import os
import signal
import sys

from mmdesk.workers import framing


def main() -> None:
    out = framing.claim_stdout()
    while True:
        try:
            value = framing.read(sys.stdin.buffer)
        except EOFError:
            return
        if value == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if value == "print":
            print("a library chats")
        out.write(framing.pack(value))
        out.flush()


if __name__ == "__main__":
    main()
