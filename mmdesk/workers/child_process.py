"""Child process that runs one module of mmdesk and exchanges pickled frames with the window.

Work that holds the interpreter lock, needs torch, or feeds foreign bytes to native decoders does
not belong in the window's process: in a child it can neither delay nor crash the window, and it
can be killed. QProcess does the waiting, so no thread is needed.
"""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal, Slot

from mmdesk.workers import framing
from mmdesk.workers.child_environment import child_command, child_python_path

log = logging.getLogger(__name__)


class PythonChild(QObject):
    """One run of `python -m <module>`.

    Signals:
        received: a value the child sent.
        ended: the child is gone; True when it ended by itself with status 0.
    """

    received = Signal(object)
    ended = Signal(bool)

    def __init__(self, module: str, parent: QObject | None = None) -> None:
        """Prepare the process; `start` runs it."""
        super().__init__(parent)
        self._module = module
        self._unpacker = framing.Unpacker()
        self._process = QProcess(self)
        program, *arguments = child_command(module)
        self._process.setProgram(program)
        self._process.setArguments(arguments)
        self._process.setProcessEnvironment(_environment())
        self._process.readyReadStandardOutput.connect(self._on_output)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)

    def start(self) -> None:
        """Start the process without waiting for it."""
        self._process.start()

    def send(self, value: object) -> None:
        """Send the child one value; written as the child reads it."""
        self._process.write(framing.pack(value))

    def close_input(self) -> None:
        """Close the child's input: it ends, or stops what it does."""
        self._process.closeWriteChannel()

    def kill(self) -> None:
        """Kill the process."""
        self._process.kill()

    def is_running(self) -> bool:
        """Return True from `start` until the process is gone."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    def shut_down(self, patience_ms: int = 2000) -> None:
        """Kill the child and wait, bounded, until it is gone; no signal comes any more."""
        self.blockSignals(True)
        if self.is_running():
            self._process.kill()
            self._process.waitForFinished(patience_ms)

    @Slot()
    def _on_output(self) -> None:
        data = bytes(self._process.readAllStandardOutput().data())
        for value in self._unpacker.feed(data):
            self.received.emit(value)

    @Slot(int, QProcess.ExitStatus)
    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._on_output()
        succeeded = status is QProcess.ExitStatus.NormalExit and code == 0
        errors = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
        if not succeeded:
            log.error("%s ended with %s, %s:\n%s", self._module, code, status.name, errors[-4000:])
        self.ended.emit(succeeded)

    @Slot(QProcess.ProcessError)
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:  # `finished` does not come then
            log.error("%s could not be started: %s", self._module, self._process.errorString())
            self.ended.emit(False)


def _environment() -> QProcessEnvironment:
    environment = QProcessEnvironment.systemEnvironment()
    path = child_python_path()
    if path is not None:
        environment.insert("PYTHONPATH", path)
    return environment
