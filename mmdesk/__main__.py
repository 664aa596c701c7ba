"""`mmdesk` and `python -m mmdesk`: the window without a verb, the command line with one.

Importing this module does nothing: the engine's child process imports it again when it starts.
"""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> int:
    """Open the window, or run a verb of the command line; returns the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    if not given:
        return _window(given)
    if arguments is None and given[0] == "train":
        from mmdesk.training import restart_with_settings

        restart_with_settings(["-m", "mmdesk", *given])
    from mmdesk.cli import main

    if main.is_meant(given):
        return main.main(given)
    return _window(given)


def _window(options: list[str]) -> int:
    from mmdesk.app.startup import main as open_window

    return open_window(options)


if __name__ == "__main__":
    sys.exit(main())
