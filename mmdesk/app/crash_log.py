"""Log files of the window's process, and the last resort for uncaught exceptions."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

from mmdesk.private_files import make_private_folder, open_private
from mmdesk.translatable import TranslatableText

log = logging.getLogger(__name__)

KEPT_BYTES = 1_000_000
_native: list[IO[str]] = []  # faulthandler writes into it until the very end: never closed


def begin(folder: Path) -> Path:
    """Log into mmdesk.log and native crashes into crash.log; return the log's path.

    Args:
        folder: of both files; made where it is missing.

    Raises:
        OSError: the folder cannot be written.
    """
    make_private_folder(folder)
    path = folder / "mmdesk.log"
    if path.exists() and path.stat().st_size > KEPT_BYTES:
        path.replace(folder / "mmdesk.log.old")
    open_private(path, "a").close()  # the handler would create it for all to read
    handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    _native.append(open_private(folder / "crash.log", "a"))
    faulthandler.enable(_native[-1])
    return path


def catch_all(tell: Callable[[str], None]) -> None:
    """Log every uncaught exception of any thread and report it in one sentence.

    Args:
        tell: takes the sentence, in the thread of the exception.
    """

    def on_exception(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("uncaught", exc_info=(kind, error, trace))
        tell(TranslatableText("Something went wrong. Nothing of the conversation is lost."))

    def on_thread_exception(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            on_exception(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = on_exception
    threading.excepthook = on_thread_exception
