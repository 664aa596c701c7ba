"""Guard of a process: connections that nobody has permitted fail and are logged.

An audit hook sees every name look-up and every connection that Python code of the process makes,
whichever library makes it; it cannot be removed again. Native code that opens sockets itself passes
it by: in the engine's process and in the decoders the kernel refuses those (`mmdesk.sandbox`).
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mmdesk.translatable import TranslatableText

_ADDRESSES: dict[str, Callable[..., object]] = {  # event -> its address
    "socket.connect": lambda _socket, address: address,
    "socket.sendto": lambda _socket, address: address,
    "socket.sendmsg": lambda _socket, address: address,
    "socket.getaddrinfo": lambda host, _port, *_rest: (host, 0),
    "socket.gethostbyname": lambda host: (host, 0),
    "socket.gethostbyaddr": lambda host: (host, 0),
}
_INTERNET = (int(socket.AF_INET), int(socket.AF_INET6))
_permits = threading.local()  # what this thread may do at the moment
_installed = False
_forbidden = False


class NetworkBlocked(PermissionError):  # noqa: N818  a refusal, named as one
    """Connection that mmdesk does not make."""

    def __init__(self, host: str, port: int) -> None:
        where = f"{host}:{port}" if port else host
        super().__init__(errno.EACCES, f"mmdesk does not connect to {where} here")


def guard_network() -> None:
    """Refuse every connection of this process to another computer that was not permitted."""
    global _installed
    if not _installed:
        _installed = True
        sys.addaudithook(_on_event)


def forbid_network() -> None:
    """Refuse every connection of this process for good, permitted or not, on this computer, too."""
    global _forbidden
    _forbidden = True
    guard_network()


@contextmanager
def permit(reason: TranslatableText, *, logged: bool = False) -> Iterator[None]:
    """Permit connections of this thread while the block runs.

    Args:
        reason: for the log.
        logged: the caller writes the log itself; otherwise each connection is logged, but not
            how many bytes it carries.
    """
    before = getattr(_permits, "current", None)
    _permits.current = (reason, logged)
    try:
        yield
    finally:
        _permits.current = before


def _on_event(event: str, arguments: tuple[object, ...]) -> None:
    address_of = _ADDRESSES.get(event)
    if address_of is None:
        if event == "socket.__new__":
            _check_family(arguments[1])
        return
    address = address_of(*arguments)
    if not isinstance(address, tuple) or not address:
        return  # a path: a socket of this computer
    host, port = _text(address[0]), address[1] if len(address) > 1 else 0
    port = port if isinstance(port, int) else 0
    if is_this_computer(host) and not (_forbidden and sys.platform != "win32"):
        return  # on Windows a pair of sockets is connected over loopback
    permitted = None if _forbidden else getattr(_permits, "current", None)
    if permitted is None:
        _log(host, port, TranslatableText("not asked for"), TranslatableText("refused by mmdesk"))
        raise NetworkBlocked(host, port)
    reason, logged = permitted
    if not logged and port:
        _log(host, port, reason, TranslatableText("connected"))


def _check_family(family: object) -> None:
    """Refuse an internet socket where there is no use for one.

    Libraries try out whether there is IPv6 in this way, so nothing is logged.
    """
    if _forbidden and sys.platform != "win32" and family in _INTERNET:
        raise NetworkBlocked("other computers", 0)


def _text(host: object) -> str:
    return host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")


def is_this_computer(host: str) -> bool:
    """Return whether a host is this computer itself."""
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _log(host: str, port: int, reason: TranslatableText, result: TranslatableText) -> None:
    from mmdesk.network.connection_log import ConnectionLog
    from mmdesk.values import Connection

    log = ConnectionLog()
    log.write(log.new_key(), Connection(time.time(), host, port, reason, result))
