"""Entry point of `mmdesk` and `python -m mmdesk`: the command line with a verb, else the window.

Importing this module does nothing: the engine's child process imports it again when it starts.
"""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> int:
    """Open the window, or run a verb of the command line; return the exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    if not words:
        return _window(words)
    if arguments is None and words[0] == "train":
        from mmdesk.training import restart_with_settings

        restart_with_settings(["-m", "mmdesk", *words])
    from mmdesk.cli import main

    if main.is_for_window(words):
        return main.send_to_window(words[0], _window)
    if main.is_meant(words):
        return main.main(words)
    return _window(words)


def _window(options: list[str]) -> int:
    from mmdesk.app.startup import main as open_window

    return open_window(options)


if __name__ == "__main__":
    sys.exit(main())
