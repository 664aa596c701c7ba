"""Socket on which the running window takes commands: `mmdesk quick`, `mmdesk capture`."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from mmdesk.desktop.command_address import (
    DONE,
    LONGEST,
    UNKNOWN,
    WINDOW_COMMANDS,
    command_address,
)

log = logging.getLogger(__name__)
_CONNECT_MS = 200


class CommandServer(QObject):
    """Taker of commands from other processes of the same user.

    A second window of the same home takes none: the first one answers.

    Signals:
        commanded(str): one of WINDOW_COMMANDS.
    """

    commanded = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)

    def begin(self) -> bool:
        """Take commands from now on; return whether this is the window that takes them."""
        address = command_address()
        if _is_answered(address):  # asked first: Qt would take the address over
            return False
        QLocalServer.removeServer(address)  # left by a window that was killed
        listening = self._server.listen(address)
        if not listening:
            log.warning("no commands are taken: %s", self._server.errorString())
        return listening

    def close(self) -> None:
        """Take no more commands."""
        self._server.close()

    @Slot()
    def _on_connection(self) -> None:
        while (connection := self._server.nextPendingConnection()) is not None:
            connection.setReadBufferSize(LONGEST)
            connection.readyRead.connect(self._on_data)
            connection.disconnected.connect(connection.deleteLater)

    @Slot()
    def _on_data(self) -> None:
        connection = self.sender()
        if not isinstance(connection, QLocalSocket):
            return
        if not connection.canReadLine():
            if connection.bytesAvailable() >= LONGEST:
                connection.abort()
            return
        command = bytes(connection.readLine().data()).strip().decode("ascii", "replace")
        known = command in WINDOW_COMMANDS
        connection.write(DONE if known else UNKNOWN)
        connection.disconnectFromServer()
        if known:
            self.commanded.emit(command)


def _is_answered(address: str) -> bool:
    """Return whether a window takes commands at this address; a local socket answers at once."""
    probe = QLocalSocket()
    probe.connectToServer(address)
    answered = probe.waitForConnected(_CONNECT_MS)
    probe.abort()
    return answered
