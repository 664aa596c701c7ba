"""Main module of a child that runs pip: `python -m mmdesk.network.pip_main ARGUMENTS`.

Every connection of pip is in the connection log, without the bytes that it carries.
"""

from __future__ import annotations

import runpy

from mmdesk.network.guard import guard_network, permit
from mmdesk.translatable import TranslatableText


def main() -> None:
    """Run pip with the arguments of the command line."""
    guard_network()
    with permit(TranslatableText("download by pip")):
        runpy.run_module("pip", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
