"""A fault, what the user reads when it happens, and what is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

from mmdesk.history import Archive
from mmdesk.workers import HistoryWorker

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_MS = 60_000  # a child Python has to start on a busy machine


class NotHandled(AssertionError):  # noqa: N818  the outcome, named as one
    """Fault that went another way than it must."""


@dataclass(frozen=True)
class Outcome:
    """Outcome of a fault.

    Attributes:
        sentence: shown to the user; "" where there is nothing to say.
        kept: of the user's things, and how it goes on.
    """

    sentence: str
    kept: str


@dataclass(frozen=True)
class Fault:
    """Fault that can be made to happen.

    Attributes:
        kind: "Kill", "Disk full", …
        what: it hits.
        run: makes it happen, with an empty folder; raises NotHandled.
        cheap: takes a second or two, and runs with every test run.
        systems: of sys.platform where it can be made to happen; empty for all.
    """

    kind: str
    what: str
    run: Callable[[Path], Outcome]
    cheap: bool = True
    systems: tuple[str, ...] = ()

    @property
    def possible(self) -> bool:
        """Return whether this system can play it."""
        return not self.systems or sys.platform in self.systems


def must(condition: object, what: str) -> None:
    """Fail with `what` unless the condition holds.

    Raises:
        NotHandled: it does not.
    """
    if not condition:
        raise NotHandled(what)


def wait_until(condition: Callable[[], object]) -> None:
    """Run the event loop until the condition holds.

    Raises:
        NotHandled: it took too long.
    """
    application = QCoreApplication.instance() or QCoreApplication([])
    loop, poll, end = QEventLoop(), QTimer(interval=10), QTimer(singleShot=True)
    poll.timeout.connect(lambda: loop.quit() if condition() else None)
    end.timeout.connect(loop.quit)
    poll.start()
    end.start(PATIENCE_MS)
    if not condition():
        loop.exec()
    poll.stop()
    must(condition(), "it took too long")
    del application


class History:
    """History worker of a window, with everything it told the user."""

    def __init__(self, make_store: Callable[[], Archive]) -> None:
        QCoreApplication.instance() or QCoreApplication([])
        self.worker = HistoryWorker(make_store)
        self.told: list[str] = []
        self.written = 0
        self.worker.failed.connect(self._on_failed)
        self.worker.written.connect(self._on_written)

    def _on_failed(self, message: str, hint: str) -> None:
        self.told.append(f"{message} {hint}".strip())

    def _on_written(self, done: int) -> None:
        self.written = done

    def wait_for_sentence(self) -> str:
        """Return the first thing that the user is told."""
        wait_until(lambda: self.told)
        return self.told[0]


def run_command(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `mmdesk` with a home of its own; a traceback is a fault that was not handled."""
    environment = {
        **os.environ,
        "MMDESK_HOME": str(home),
        "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]),
    }
    done = subprocess.run(
        [sys.executable, "-m", "mmdesk", *arguments],
        capture_output=True, text=True, env=environment, timeout=PATIENCE_MS / 1000, check=False,
    )  # fmt: skip
    must("Traceback" not in done.stderr, done.stderr[-500:])
    return done


def first_line(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a command said on stderr, as one line."""
    return " ".join(done.stderr.split())
