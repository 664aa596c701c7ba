"""`mmdesk history`: list, search, export, import and encrypt conversations."""

from __future__ import annotations

import argparse
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from mmdesk.cli import encryption
from mmdesk.cli.output import Console
from mmdesk.errors import Cancelled, InputError, MMDeskError
from mmdesk.history import (
    Store,
    export_json,
    export_markdown,
    exported,
    free_path,
    import_json,
)
from mmdesk.settings import home
from mmdesk.text import file_name
from mmdesk.translatable import TranslatableText

_SHORT = 8  # characters of an id in a list; any unique beginning of an id is accepted


def run(options: argparse.Namespace, console: Console, cancel: threading.Event) -> int:
    """Run the action in `options`; return the exit status.

    Raises:
        InputError: there is no such conversation, or the file cannot be imported.
        MMDeskError: the history cannot be opened or written.
        Cancelled: `cancel` was set.
    """
    if options.action in encryption.ACTIONS:
        encryption.run(options, console)
        return 0
    with closing(encryption.open_history(home())) as store:
        try:
            _act(store, options, console, cancel)
        except OSError as error:
            raise MMDeskError(
                "{file} cannot be written: {reason}.",
                file=error.filename or "The file",
                reason=error.strerror or str(error),
            ) from error
        except sqlite3.OperationalError as error:  # locked by another program, or a full disk
            raise MMDeskError(
                "{file} cannot be used right now: {reason}.", file=store.path, reason=str(error)
            ) from error
        except sqlite3.Error as error:
            raise MMDeskError(
                "{file} is damaged: {reason}.", file=store.path, reason=str(error)
            ) from error
    return 0


def _act(
    store: Store, options: argparse.Namespace, console: Console, cancel: threading.Event
) -> None:
    """Run the action, and again after a damaged database was replaced."""
    if store.damaged is not None:
        console.error(_damage(store, store.damaged))
    try:
        _repair(store, console)
        _ACTIONS[options.action](store, options, console, cancel)
    except (sqlite3.Error, LookupError, TypeError, ValueError) as error:
        if not store.heal(error) or store.damaged is None:
            raise
        console.error(_damage(store, store.damaged))
        _ACTIONS[options.action](store, options, console, cancel)


def _repair(store: Store, console: Console) -> None:
    try:
        repaired = store.repair()
    except sqlite3.OperationalError:  # a read-only or a full disk: reading does without it
        return
    if repaired:
        console.notice(
            TranslatableText(
                "Damaged entries of the history that were repaired: {count}.", count=repaired
            )
        )


def _damage(store: Store, kept: Path) -> MMDeskError:
    """Return the message about a damaged database that was replaced by a new one."""
    if store.salvaged:
        return MMDeskError(
            "The file of conversations was damaged. What could be read was moved into a new one; "
            "conversations: {count}.",
            "The damaged file was kept as {file}.",
            count=store.salvaged,
            file=kept,
        )
    return MMDeskError(
        "The saved conversations were damaged, so mmdesk started a new history.",
        "The damaged file was kept as {file}.",
        file=kept,
    )


def _list(
    store: Store, options: argparse.Namespace, console: Console, cancel: threading.Event
) -> None:
    infos = store.conversations()
    projects = {project.id: project.name for project in store.projects.all()}
    if console.json:
        console.object(
            {
                "conversations": [
                    {**asdict(info), "project": projects.get(info.project, "")} for info in infos
                ]
            }
        )
        return
    for info in infos:
        pin = "pinned" if info.pinned else ""
        project = f"  [{projects[info.project]}]" if info.project in projects else ""
        console.print(
            f"{info.id[:_SHORT]}  {_time(info.changed)}  {info.messages:>5}  {pin:6}  "
            f"{info.title}{project}"
        )


def _search(
    store: Store, options: argparse.Namespace, console: Console, cancel: threading.Event
) -> None:
    hits = store.search(options.words, project=_project(store, options.project))
    if console.json:
        console.object({"hits": [asdict(hit) for hit in hits]})
        return
    for hit in hits:
        console.print(f"{hit.conversation[:_SHORT]}  {_time(hit.when)}  {hit.title}")
        if hit.message:
            console.print(f"    {hit.excerpt}")


def _project(store: Store, name: str | None) -> str:
    """Return the id of the project with this name; "" where none was given."""
    if name is None:
        return ""
    projects = store.projects.all()
    found = next((one.id for one in projects if one.name.casefold() == name.casefold()), None)
    if found is None:
        names = ", ".join(one.name for one in projects)
        hint = TranslatableText("Projects: {names}.", names=names) if names else ""
        raise InputError("There is no project {name!r}.", hint, name=name)
    return found


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
    folder = Path(options.to or ".")
    for conversation in chosen:
        if cancel.is_set():
            raise Cancelled
        if options.format in ("markdown", "md"):
            console.print(str(export_markdown(store, conversation, folder)))
        else:
            console.print(str(export_pages(store, conversation, folder, options.format)))


def export_pages(store: Store, conversation: str, folder: Path, kind: str) -> Path:
    """Write a conversation as PDF, HTML or DOCX into a folder.

    Raises:
        InputError: there is no such conversation.
        MMDeskError: the file cannot be written.
        OSError: nor can the folder.
    """
    from mmdesk.ui import compose_export, drawing_without_window, write_export

    opened = store.open(conversation)
    digests = {image.sha256 for message in opened.messages for image in message.turn.images}
    pictures = {digest: store.picture_png(digest) for digest in digests}
    folder.mkdir(parents=True, exist_ok=True)
    path = free_path(folder, file_name(opened.info.title), f".{kind}")
    with drawing_without_window():
        return write_export(compose_export(opened, pictures), path)


def _import(
    store: Store, options: argparse.Namespace, console: Console, cancel: threading.Event
) -> None:
    for name in options.files:
        for conversation in import_json(store, Path(name)):
            console.print(f"{conversation[:_SHORT]}  {store.info(conversation).title}")


_ACTIONS = {"list": _list, "search": _search, "export": _export, "import": _import}


def _find(store: Store, wanted: str) -> str:
    """Return the id of the only conversation whose id starts with `wanted`."""
    found = [info.id for info in store.conversations() if info.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    hint = "Run mmdesk history list to see the IDs."
    if found:
        raise InputError('More than one conversation ID starts with "{start}".', hint, start=wanted)
    raise InputError('No conversation ID starts with "{start}".', hint, start=wanted)


def _time(seconds: float) -> str:
    """Return a time that the store has checked (`codec.moment`)."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
