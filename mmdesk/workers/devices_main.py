"""Main module of the child that lists microphones: `python -m mmdesk.workers.devices_main`.

The sound library would cost the window's process memory before anybody speaks, and some drivers
take their time. Sends one list of names, or the MMDeskError that says why there is none.
"""

from __future__ import annotations

from mmdesk.errors import MMDeskError
from mmdesk.workers import framing


def main() -> None:
    """Send the list once."""
    out = framing.claim_stdout()
    out.write(framing.pack(_names()))
    out.flush()


def _names() -> list[str] | MMDeskError:
    try:
        from mmdesk.inputs import input_devices

        return input_devices()
    except MMDeskError as error:
        return error


if __name__ == "__main__":
    main()
