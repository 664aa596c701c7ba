"""Main module of the child that asks the hub: `python -m mmdesk.workers.hub_plan_main`.

Reads one frame: the address of the model, and an access token to keep, "" for the one that is kept.
Sends the HubPlan, or the MMDeskError that says why there is none. The hub's library takes a moment
to import and may hang in a name look-up; a child can be killed.
"""

from __future__ import annotations

import os
import sys

from mmdesk.errors import MMDeskError
from mmdesk.models import HubAddress, ModelStore, plan_download, store_access_token
from mmdesk.network import guard_network
from mmdesk.values import HubPlan, NeverCancelled
from mmdesk.workers import framing


def main() -> None:
    """Answer one question."""
    guard_network()
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    out = framing.claim_stdout()
    address, token = framing.read(sys.stdin.buffer)
    out.write(framing.pack(_answer(address, token)))
    out.flush()


def _answer(entered: str, token: str) -> HubPlan | MMDeskError:
    try:
        if token:
            store_access_token(token)
        return plan_download(HubAddress.parse(entered), ModelStore().root, NeverCancelled())
    except MMDeskError as error:
        return error


if __name__ == "__main__":
    main()
