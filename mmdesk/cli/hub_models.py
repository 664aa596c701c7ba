"""`mmdesk models get OWNER/NAME`: download a model from the hub by its address."""

from __future__ import annotations

import argparse
import getpass
import sys
import threading
from dataclasses import asdict

from mmdesk import settings
from mmdesk.cli.output import Console
from mmdesk.models import (
    HubAddress,
    HubInstaller,
    ModelStore,
    ProgressLines,
    catalogue,
    check_disk,
    plan_download,
    store_access_token,
    works_offline,
)
from mmdesk.text import clean_line
from mmdesk.values import CatalogueEntry, HubPlan


def get(
    store: ModelStore, options: argparse.Namespace, console: Console, cancel: threading.Event
) -> int:
    """Plan the download, say what it brings, and download; return the exit status.

    Raises:
        MMDeskError: the hub refuses or does not answer, or mmdesk cannot use the model.
        Cancelled: `cancel` was set.
    """
    address = HubAddress.parse(options.id)
    if settings.load().work_offline and not options.online:
        raise works_offline()
    planned = plan_download(address, store.root, cancel)
    print(f"mmdesk: {plan_line(planned)}", file=sys.stderr)
    if options.dry_run:
        for file in planned.files:
            console.print(f"{file.size:>15,}  {clean_line(file.path)}")
        return 0
    check_disk(planned, store.root)
    lines = ProgressLines(sys.stderr)
    added = HubInstaller(store, planned, planned.id, lines, cancel).run()
    print(f"mmdesk: {added.title} is installed as {added.id}.", file=sys.stderr)
    console.print(str(store.path(added.id)))
    return 0


def plan_line(planned: HubPlan) -> str:
    """Return one line that says what a download brings."""
    kept = planned.kept_bytes
    here = f", {kept / 1e6:,.0f} MB of it are here already" if kept else ""
    gated = "; gated: your account has accepted its terms" if planned.gated else ""
    return clean_line(
        f"{planned.repository} ({planned.revision}, commit {planned.commit[:12]}): "
        f"{len(planned.files)} files, {planned.total_bytes / 1e6:,.0f} MB{here}; "
        f"licence: {planned.licence or 'not stated'}{gated}"
    )


def keep_token() -> None:
    """Ask for the access token of the hub and keep it in the system's keyring.

    Raises:
        MMDeskError: there is no keyring, or it refuses.
    """
    if sys.stdin.isatty():
        token = getpass.getpass("Access token of the model hub (empty removes it): ")
    else:
        token = sys.stdin.readline()
    store_access_token(token)


def show_catalogue(store: ModelStore, console: Console) -> None:
    """List the models of the catalogue, those that are recommended for this computer first."""
    entries = catalogue(store)
    if console.json:
        console.object({"models": [asdict(entry) for entry in entries]})
        return
    for entry in entries:
        console.print(_entry_text(entry))
    if not all(entry.pinned for entry in entries):
        console.print("The newest version is downloaded (none is pinned), and its commit recorded.")


def _entry_text(entry: CatalogueEntry) -> str:
    """Return three lines about a model of the catalogue."""
    info, fit = entry.info, entry.fit
    if entry.installed:
        state = "installed"
    elif entry.problem is not None:
        state = f"not with this version: {entry.problem}"
    elif fit.verdict in ("memory", "disk"):
        state = f"too large here: about {fit.needs / 1e9:.1f} GB of {fit.verdict} needed"
    else:
        state = f"mmdesk models get {entry.repository}"
    speed = fit.speed
    expected = "" if speed is None else f", about {speed.tokens_per_s:.3g} tokens/s expected"
    star = "* " if entry.recommended else "  "
    facts = (
        f"{', '.join(info.takes)}; about {info.disk_bytes / 1e9:.1f} GB, needs "
        f"{fit.needs / 1e9:.1f} GB of memory{expected}; {info.licence}"
    )
    terms = f" {entry.terms}" if entry.terms else ""
    first = f"{star}{entry.repository}" + ("  recommended here" if entry.recommended else "")
    return f"{first}\n    {info.note} {facts}.{terms}\n    {state}"
