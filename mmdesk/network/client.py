"""HTTP client that writes each of its requests to the connection log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import httpx

from mmdesk import settings
from mmdesk.errors import MMDeskError
from mmdesk.network.connection_log import ConnectionLog
from mmdesk.network.guard import permit
from mmdesk.network.server_address import ServerAddress
from mmdesk.translatable import TranslatableText
from mmdesk.values import Connection

if TYPE_CHECKING:
    import httpx2

    _Request = httpx.Request | httpx2.Request
    _Headers = httpx.Headers | httpx2.Headers

Purpose = Literal["download", "server"]


def open_client(
    reason: str,
    purpose: Purpose = "download",
    *,
    server: ServerAddress | None = None,
    proxy: str | None = None,
    verify: Any = True,
    **options: Any,
) -> httpx.Client:
    """Return a client whose requests are permitted and logged.

    Args:
        reason: English phrase for the log, e.g. TranslatableText("download of {model}", ...).
        purpose: a "download" is permitted, since mmdesk downloads only what the user asks for and
            what the first start needs; a request to a "server" is refused while the user works
            offline, unless it goes to the one in `server`.
        server: address that the user has entered, which permits it, offline or not.
        proxy: address of a proxy; the environment's when None, as httpx has it.
        verify: as for httpx.Client.
        options: further arguments of httpx.Client.
    """

    def logged(transport: httpx.BaseTransport) -> LoggedTransport:
        return LoggedTransport(transport, TranslatableText(reason), purpose, server)

    client = httpx.Client(proxy=proxy, verify=verify, **options)
    # httpx chooses between its transport and those of the environment's proxies by address.
    client._transport = logged(client._transport)
    client._mounts = {
        pattern: None if mounted is None else logged(mounted)
        for pattern, mounted in client._mounts.items()
    }
    return client


class LoggedTransport(httpx.BaseTransport):
    """Transport around another one that logs each request.

    Args:
        inner: sends the requests.
        reason: why, for the log.
        purpose: see `open_client`.
        server: see `open_client`.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport,
        reason: TranslatableText,
        purpose: Purpose,
        server: ServerAddress | None = None,
    ) -> None:
        self._inner, self._reason, self._purpose = inner, reason, purpose
        self._server = server

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            MMDeskError: it is for a server, and the user works offline.
            httpx.TransportError: it failed.
        """
        entry = LogEntry(request, self._reason)
        if self._is_refused(request):
            entry.end(TranslatableText("refused: Work offline is on"))
            raise MMDeskError(
                "mmdesk works offline, so {host} was not contacted.",
                'Turn off "Work offline" in the settings to use a server.',
                host=request.url.host,
            )
        try:
            with permit(self._reason, logged=True):
                response = self._inner.handle_request(request)
        except Exception as problem:
            entry.end(TranslatableText("failed ({kind})", kind=type(problem).__name__))
            raise
        entry.add_head(response.headers)
        assert isinstance(response.stream, httpx.SyncByteStream)
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_CountedStream(response.stream, entry, response.status_code),
            extensions=response.extensions,
        )

    def _is_refused(self, request: httpx.Request) -> bool:
        if self._purpose != "server":
            return False
        if self._server is not None and self._server.has_origin(str(request.url)):
            return False
        return settings.load().work_offline

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class LogEntry:
    """Entry of the log, written when it is made and when it ends.

    Attributes:
        received: bytes so far.

    Args:
        request: of httpx, or of the same library's fork that huggingface_hub uses.
        reason: why it is sent.
    """

    def __init__(self, request: _Request, reason: TranslatableText) -> None:
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        sent = len(url.raw_path) + _size_of(request.headers)
        sent += int(request.headers.get("Content-Length", 0))
        self.received = 0
        self._log = ConnectionLog()
        self._key = self._log.new_key()
        running = TranslatableText("not finished")
        self._connection = Connection(time.time(), url.host, port, reason, running, sent, 0)
        self._log.write(self._key, self._connection)

    def add_head(self, headers: _Headers) -> None:
        """Count the head of the answer."""
        self.received += _size_of(headers)

    def end(self, result: TranslatableText) -> None:
        """Write how it ended."""
        ended = replace(self._connection, result=result, received=self.received)
        self._log.write(self._key, ended)


class _CountedStream(httpx.SyncByteStream):
    """Body of a response whose bytes are counted."""

    def __init__(self, inner: httpx.SyncByteStream, entry: LogEntry, status: int) -> None:
        self._inner, self._entry, self._status = inner, entry, status
        self._problem = ""
        self._ended = False

    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in self._inner:
                self._entry.received += len(piece)
                yield piece
        except httpx.TransportError as problem:
            self._problem = type(problem).__name__
            raise

    def close(self) -> None:
        self._inner.close()
        if self._ended:
            return
        self._ended = True
        if self._problem:
            self._entry.end(TranslatableText("cut off ({kind})", kind=self._problem))
        else:
            self._entry.end(TranslatableText("answered {status}", status=self._status))


def _size_of(headers: _Headers) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.raw)
