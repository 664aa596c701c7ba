"""Stands in for fetch_child: what happens to a part is in its name."""

from __future__ import annotations

import os
import sys

from mmdesk.errors import ModelUnavailable
from mmdesk.values import FetchProgress
from mmdesk.workers import framing


def main() -> None:
    out = framing.claim_stdout()

    def say(value: object) -> None:
        out.write(framing.pack(value))
        out.flush()

    for part in framing.read(sys.stdin.buffer):
        say(FetchProgress(part, part.title(), "downloading", 1, 2))
        if part == "dies":
            os._exit(7)
        if part == "endless":
            sys.stdin.buffer.read()  # until the window cancels
            return
        if part == "nowhere":
            say(ModelUnavailable("No source has nowhere.", "Try later."))
        else:
            say(("installed", part, "small" if part == "large" else part))


if __name__ == "__main__":
    main()
