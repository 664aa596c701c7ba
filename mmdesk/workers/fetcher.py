"""Downloads of model parts: progress, cancel and retry over a child process."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mmdesk.errors import MMDeskError
from mmdesk.translatable import TranslatableText
from mmdesk.values import FetchProgress
from mmdesk.workers.child_process import PythonChild

GRACE_MS = 3000  # between asking the child to stop and killing it

CHILD = "mmdesk.workers.fetch_main"


class Fetcher(QObject):
    """Installer of parts, one after another, in the order given.

    Signals (every `fetch` ends with exactly one of finished, failed, cancelled):
        progressed: FetchProgress.
        installed: id of a part that was asked for, id of what is ready for use now: another one
            where no source had the part and its fallback was used.
        finished: all parts are there.
        failed: message, hint of the first part that could not be installed; the others were tried
            too.
        cancelled: the user stopped it.
        part_failed: id, message, hint of each part that could not be installed.
        paused: id of a part that was paused; what was downloaded of it stays.
    """

    progressed = Signal(object)
    installed = Signal(str, str)
    part_failed = Signal(str, object, object)
    paused = Signal(str)
    finished = Signal()
    failed = Signal(object, object)
    cancelled = Signal()

    def __init__(self, parent: QObject | None = None, module: str = CHILD) -> None:
        """Run `module` as the child."""
        super().__init__(parent)
        self._module = module
        self._child: PythonChild | None = None
        self._parts: tuple[str, ...] = ()
        self._tried: tuple[str, ...] = ()
        self._done: set[str] = set()
        self._asked: list[str] = []  # of the child, and not answered yet
        self._paused: list[str] = []
        self._error: MMDeskError | None = None
        self._cancelled = False
        self._grace = QTimer(self)
        self._grace.setSingleShot(True)
        self._grace.setInterval(GRACE_MS)
        self._grace.timeout.connect(self._on_grace_over)

    def is_running(self) -> bool:
        """Return True while parts are being installed."""
        return self._child is not None

    def fetch(self, parts: tuple[str, ...]) -> None:
        """Begin to install parts; while others are being installed, they are added behind them."""
        new = tuple(part for part in parts if part not in self._parts)
        if self._child is not None:
            self._parts += new
            return
        if parts:
            self._parts, self._done = parts, set()
            self._error, self._cancelled = None, False
            self._run()

    @Slot()
    def cancel(self) -> None:
        """Stop; what was downloaded stays, and the next try resumes it."""
        if self._child is not None:
            self._cancelled = True
            self._child.close_input()
            self._grace.start()

    def pause(self, part: str) -> None:
        """Pause one part, whether it is being downloaded or waiting; the others go on.

        Without others this ends like `cancel`, and `retry` resumes it.
        """
        if self._child is not None and part in self._missing() and part not in self._paused:
            self._paused.append(part)
            self._child.close_input()  # it was given all parts at once: another one is started
            self._grace.start()

    @Slot()
    def retry(self) -> None:
        """Install what is still missing of the last `fetch`."""
        if self._child is None:
            self.fetch(self._missing())

    def close(self) -> None:
        """End the child at once; no signal comes."""
        self._grace.stop()
        self._child = None
        for child in self.findChildren(PythonChild):
            child.shut_down()

    def is_missing(self, part: str) -> bool:
        """Return True for a part of the last `fetch` that is not installed yet."""
        return part in self._missing()

    def _missing(self) -> tuple[str, ...]:
        return tuple(part for part in self._parts if part not in self._done)

    def _run(self) -> None:
        self._tried = self._parts
        self._child = PythonChild(self._module, self)
        self._child.received.connect(self._on_received)
        self._child.ended.connect(self._on_ended)
        self._child.ended.connect(self._child.deleteLater)
        self._child.start()
        self._asked = list(self._missing())
        self._child.send(tuple(self._asked))

    @Slot(object)
    def _on_received(self, value: object) -> None:
        if isinstance(value, FetchProgress):
            self.progressed.emit(value)
        elif isinstance(value, MMDeskError):
            self._error = self._error or value
            part = self._asked.pop(0) if self._asked else ""
            self.part_failed.emit(part, value.user_message, value.hint)
        elif isinstance(value, tuple):
            self._done.add(value[1])
            self._asked.remove(value[1])
            self.installed.emit(value[1], value[2])

    @Slot(bool)
    def _on_ended(self, succeeded: bool) -> None:
        self._child = None
        self._grace.stop()
        paused, self._paused = self._paused, []
        for part in paused:
            self.paused.emit(part)
        if self._cancelled:
            self.cancelled.emit()
        elif paused:
            self._go_on_without(paused)
        elif self._error is not None:
            self.failed.emit(self._error.user_message, self._error.hint)
        elif not succeeded:
            self.failed.emit(
                TranslatableText("The download stopped unexpectedly."),
                TranslatableText("Try again: it resumes where it left off."),
            )
        elif self._parts != self._tried:
            self._run()
        else:
            self.finished.emit()

    def _go_on_without(self, paused: list[str]) -> None:
        rest = tuple(part for part in self._parts if part not in paused)
        if set(rest) <= self._done:
            self.cancelled.emit()
        else:
            self._parts = rest
            self._run()

    @Slot()
    def _on_grace_over(self) -> None:
        if self._child is not None:
            self._child.kill()
