"""Drives the real window from outside; see tests.bench.drive.

The process engine's child imports this module anew, as it imports the `mmdesk` command, which is as
light as this.
"""

from __future__ import annotations

if __name__ == "__main__":
    from tests.bench.drive import main

    main()
