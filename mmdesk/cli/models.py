"""`mmdesk models`: list, download, add, discover, verify and remove models."""

from __future__ import annotations

import argparse
import shlex
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdesk.cli.output import Console
from mmdesk.errors import InputError, ModelUnavailable
from mmdesk.models import ModelStore, decode_speed
from mmdesk.text import printable
from mmdesk.values import ANY_NUMBER, ModelInfo

if TYPE_CHECKING:
    from mmdesk.models import FetchReport, ProgressLines


def run(options: argparse.Namespace, console: Console, cancel: threading.Event) -> int:
    """Run the action in `options`; return the exit status.

    Raises:
        InputError: there is no such model.
        ModelUnavailable: the model is not installed, damaged, or cannot be downloaded.
        Cancelled: `cancel` was set.
    """
    store = ModelStore()
    if options.action == "list":
        _list(store, console)
    elif options.action == "get":
        return _get(store, options, console, cancel)
    elif options.action == "add":
        _add(store, options.path, options.name, console, cancel)
    elif options.action == "discover":
        _discover(store, console)
    elif options.action == "verify":
        return _verify(store, options.id, console, cancel)
    elif options.action == "remove":
        _remove(store, options.id)
    elif options.action == "token":
        from mmdesk.cli import hub_models  # late: with the HTTP client it takes a while

        hub_models.keep_token()
    elif options.action == "catalogue":
        from mmdesk.cli import hub_models

        hub_models.show_catalogue(store, console)
    else:
        console.print(str(store.path(options.id)))
    return 0


def _list(store: ModelStore, console: Console) -> None:
    infos = store.infos()
    if console.json:
        models = [asdict(info) | _capabilities(info) | _speed(info) for info in infos]
        console.object({"root": str(store.root), "models": models})
        return
    width = max(len(info.id) for info in infos)
    for info in infos:
        state = "installed" if info.installed else "-"
        default = "default" if info.default else "optional"
        size = f"{(info.disk_bytes if info.installed else info.download_bytes) / 1e6:,.0f} MB"
        line = f"{info.id:{width}}  {info.role:8}  {state:9}  {default:8}  {size:>9}  {info.title}"
        speed = _speed(info)
        if speed["tokens_per_s"] is not None:
            how = "on this computer" if speed["speed_measured"] else "expected on this computer"
            line += f" (about {speed['tokens_per_s']:.3g} tokens/s {how})"
        more = [{"picture": "pictures", "sound": "audio"}[kind] for kind in _attachments(info)]
        if more:
            line += f" (takes {' and '.join(more)})"
        console.print(line)


def _attachments(info: ModelInfo) -> tuple[str, ...]:
    """Return the kinds of attachments that a language model takes as they are."""
    return tuple(kind for kind in info.takes if kind != "text") if info.role == "language" else ()


def _capabilities(info: ModelInfo) -> dict[str, Any]:
    """Return what a model takes; null stands for any number."""
    found = info.capabilities
    most = (found.pictures, found.sound_s)
    pictures, seconds = (None if number >= ANY_NUMBER else number for number in most)
    return {"capabilities": {"pictures": pictures, "sound_s": seconds, "missing": found.missing}}


def _speed(info: ModelInfo) -> dict[str, Any]:
    """Return a language model's decode speed here; null where nothing was measured yet."""
    speed = decode_speed(info.id, info.disk_bytes) if info.role == "language" else None
    return {
        "tokens_per_s": None if speed is None else round(speed.tokens_per_s, 1),
        "speed_measured": speed is not None and speed.measured,
    }


def _get(
    store: ModelStore, options: argparse.Namespace, console: Console, cancel: threading.Event
) -> int:
    from mmdesk.models import ProgressLines, fetch, is_hub_address

    if is_hub_address(options.id):
        from mmdesk.cli import hub_models

        return hub_models.get(store, options, console, cancel)
    lines = ProgressLines(sys.stderr)
    if options.id == "default":
        report = _get_defaults(store, options, lines, cancel)
    else:
        report = fetch(store, (options.id,), lines, cancel)
    for notice in report.notices:
        print(f"mmdesk: {printable(notice)}", file=sys.stderr)
    for failure in report.failures:
        console.error(failure)
    for installed in report.installed:
        console.print(str(store.path(installed)))
    return report.failures[0].exit_status if report.failures else 0


def _remove(store: ModelStore, part_id: str) -> None:
    """Remove a model, or what an interrupted download from the hub has left."""
    from mmdesk.models import HubAddress, discard_download, is_hub_address

    if not is_hub_address(part_id):
        store.remove(part_id)
        return
    address = HubAddress.parse(part_id)
    installed = [model for model in store.local.models() if model.origin == address.origin]
    for model in installed:
        store.remove(model.id)
    if not discard_download(store.root, address) and not installed:
        raise InputError("{model} is not installed.", model=address.origin)


def _add(
    store: ModelStore, path: str, name: str, console: Console, cancel: threading.Event
) -> None:
    """Add a folder or a GGUF file of the user's own."""
    added = store.local.add(Path(path), cancel, title=name)
    console.print(added.id)


def _discover(store: ModelStore, console: Console) -> None:
    """List the models that other programs left on this machine."""
    from mmdesk.models import discover

    found = discover()
    if console.json:
        console.object({"models": [asdict(model) for model in found]})
        return
    known = {model.users_path: model.id for model in store.local.models()}
    for model in found:
        path = str(Path(model.path).resolve()) if model.is_folder else model.path
        state = known.get(path) or model.problem or "mmdesk models add " + shlex.quote(model.path)
        size = f"{model.size / 1e6:,.0f} MB"
        console.print(printable(f"{model.program}  {model.name}  {size}\n    {state}"))
    if not found:
        console.print("No models of other programs were found.")


def _get_defaults(
    store: ModelStore, options: argparse.Namespace, lines: ProgressLines, cancel: threading.Event
) -> FetchReport:
    """Download the missing standard parts, and the larger language model where it is wanted."""
    from mmdesk.models import decide_larger, fetch, fetch_defaults, missing_larger, take_larger

    if options.larger:
        take_larger()
    for line in decide_larger(store, small=options.small):
        print(f"mmdesk: {printable(line)}", file=sys.stderr)
    report = fetch_defaults(store, lines, cancel)
    more = fetch(store, missing_larger(store), lines, cancel)
    return report.followed_by(more)


def _verify(
    store: ModelStore, part_id: str | None, console: Console, cancel: threading.Event
) -> int:
    """Verify one model, or all that are installed and the default ones."""
    if part_id is not None:
        store.verify(part_id, cancel)
        console.print(f"{part_id}: ok")
        return 0
    wanted = [info.id for info in store.infos() if info.installed]
    status = 0
    for name in dict.fromkeys([*wanted, *store.missing_defaults()]):
        try:
            store.verify(name, cancel)
            console.print(f"{name}: ok")
        except ModelUnavailable as problem:
            console.error(problem)
            status = problem.exit_status
    return status
