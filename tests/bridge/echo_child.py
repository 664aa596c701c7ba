"""A child for tests: sends back what it gets; "die" kills it, "print" speaks on stdout."""

from __future__ import annotations

import os
import signal
import sys

from mmdesk.bridge import frames


def main() -> None:
    out = frames.claim_stdout()
    while True:
        try:
            value = frames.read(sys.stdin.buffer)
        except EOFError:
            return
        if value == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if value == "print":
            print("a library chats")
        out.write(frames.pack(value))
        out.flush()


if __name__ == "__main__":
    main()
