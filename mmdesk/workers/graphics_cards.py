"""Graphics cards that torch can use, asked in a child: torch never enters the window's process."""

from __future__ import annotations

import json
import logging
import os
import subprocess

from mmdesk.values import CPU, ComputeDevice
from mmdesk.workers.child_environment import child_command, child_python_path

log = logging.getLogger(__name__)

TIMEOUT_S = 90  # the first use of a card's driver takes a while


def find_cards() -> tuple[ComputeDevice, ...]:
    """Return the graphics cards, the one with the most free memory first.

    Costs milliseconds where there can be none, and seconds where there may be one.
    """
    from mmdesk.engine.hardware import may_have_accelerator

    if not may_have_accelerator():
        return ()
    environment = dict(os.environ)
    if (path := child_python_path()) is not None:
        environment["PYTHONPATH"] = path
    try:
        done = subprocess.run(
            child_command("mmdesk.engine.devices"),
            capture_output=True,
            timeout=TIMEOUT_S,
            check=True,
            env=environment,
        )
        found = [ComputeDevice(**device) for device in json.loads(done.stdout)]
    except (OSError, ValueError, TypeError, subprocess.SubprocessError):
        log.warning("the graphics cards cannot be asked", exc_info=True)
        return ()
    return tuple(device for device in found if device.id != CPU)
