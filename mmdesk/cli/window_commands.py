"""Commands to the window that is open: `mmdesk quick` and `mmdesk capture`.

A desktop can bind them to keys of its own, where programs may not have any.
"""

from __future__ import annotations

import socket
import sys

from mmdesk.desktop import DONE, LONGEST, command_address
from mmdesk.errors import MMDeskError

_PATIENCE_S = 5.0


def send(command: str) -> bool:
    """Give the open window a command; return False where no window is open.

    Raises:
        MMDeskError: a window is open, but it does not know the command or does not answer.
    """
    try:
        answer = _exchange(command_address(), f"{command}\n".encode())
    except TimeoutError as error:
        raise MMDeskError(
            "The window of mmdesk does not answer. Close it and try again."
        ) from error
    except OSError:
        return False
    if answer != DONE:
        raise MMDeskError(
            "The open window of mmdesk does not know “{command}”. Close it and open it again.",
            command=command,
        )
    return True


def _exchange(address: str, message: bytes) -> bytes:
    if sys.platform == "win32":
        with open(address, "r+b", buffering=0) as pipe:
            pipe.write(message)
            return pipe.read(LONGEST)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_PATIENCE_S)
        connection.connect(address)
        connection.sendall(message)
        return connection.recv(LONGEST)
