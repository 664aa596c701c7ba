"""`mmdesk history`: listing, searching, exporting and importing conversations."""

from __future__ import annotations

import argparse
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from mmdesk.cli.output import Console
from mmdesk.errors import Cancelled, InputError, MMDeskError
from mmdesk.history import Store, export_json, export_markdown, exported, import_json
from mmdesk.settings import home

_SHORT = 8  # characters of an id in a list; any beginning that is unique is understood


def run(options: argparse.Namespace, console: Console, cancel: threading.Event) -> int:
    """Run the action in `options`; returns the exit status.

    Raises:
        InputError: there is no such conversation, or the file to import is of no use.
        MMDeskError: the history cannot be opened or written.
        Cancelled: `cancel` was set.
    """
    with closing(Store(home() / "history.db")) as store:
        if store.damaged is not None:
            console.error(damage(store.damaged))
        try:
            _ACTIONS[options.action](store, options, console, cancel)
        except OSError as error:
            where = error.filename or "The file"
            raise MMDeskError(f"{where} cannot be written: {error.strerror or error}.") from error
        except sqlite3.OperationalError as error:  # locked by another program, or a full disk
            raise MMDeskError(f"{store.path} cannot be used now: {error}.") from error
    return 0


def damage(kept: Path) -> MMDeskError:
    """What a person is told when the database had to be made anew."""
    return MMDeskError(
        "The file of conversations was damaged, so a new one was begun.",
        f"The damaged one was kept as {kept}.",
    )


def _list(
    store: Store, options: argparse.Namespace, console: Console, cancel: threading.Event
) -> None:
    infos = store.conversations()
    if console.json:
        console.object({"conversations": [asdict(info) for info in infos]})
        return
    for info in infos:
        pin = "pinned" if info.pinned else ""
        console.print(
            f"{info.id[:_SHORT]}  {_day(info.changed)}  {info.messages:>5}  {pin:6}  {info.title}"
        )


def _search(
    store: Store, options: argparse.Namespace, console: Console, cancel: threading.Event
) -> None:
    hits = store.search(options.words)
    if console.json:
        console.object({"hits": [asdict(hit) for hit in hits]})
        return
    for hit in hits:
        console.print(f"{hit.conversation[:_SHORT]}  {_day(hit.when)}  {hit.title}")
        if hit.message:
            console.print(f"    {hit.excerpt}")


def _export(
    store: Store, options: argparse.Namespace, console: Console, cancel: threading.Event
) -> None:
    chosen = [_find(store, wanted) for wanted in options.id]
    chosen = chosen or [info.id for info in store.conversations()]
    if options.format == "json":
        if options.to is None:
            console.object(exported(store, chosen))
            return
        path = Path(options.to)
        path = path / "conversations.json" if path.is_dir() else path
        console.print(str(export_json(store, chosen, path)))
        return
    for conversation in chosen:
        if cancel.is_set():
            raise Cancelled
        console.print(str(export_markdown(store, conversation, Path(options.to or "."))))


def _import(
    store: Store, options: argparse.Namespace, console: Console, cancel: threading.Event
) -> None:
    for name in options.files:
        for conversation in import_json(store, Path(name)):
            console.print(f"{conversation[:_SHORT]}  {store.info(conversation).title}")


_ACTIONS = {"list": _list, "search": _search, "export": _export, "import": _import}


def _find(store: Store, wanted: str) -> str:
    """The conversation whose id begins so."""
    found = [info.id for info in store.conversations() if info.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    problem = "More than one conversation begins" if found else "No conversation begins"
    raise InputError(f"{problem} with {wanted!r}.", "mmdesk history list shows them.")


def _day(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
