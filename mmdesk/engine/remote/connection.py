"""HTTP requests to a server, each in a thread of its own, so that a cancellation acts at once.

A blocking read cannot be interrupted from outside, and closing a socket does not wake the thread
that reads from it; shutting it down does. The server sees the end of the connection and stops
computing.
"""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from mmdesk.engine.remote.event_stream import ServerError, error_text
from mmdesk.errors import Cancelled, MMDeskError
from mmdesk.network import ServerAddress, open_client
from mmdesk.values import CancelFlag

POLL_S = 0.02  # how late a cancellation may be noticed; what arrives wakes the wait at once
ENDING_S = 0.1
MAX_ERROR_BYTES = 100_000
MAX_JSON_BYTES = 8_000_000  # of a list of models


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Time-outs in seconds.

    Attributes:
        connect: until the server is connected.
        silence: without a byte from the server; a long prompt may take minutes to be read.
        lookup: for the same in questions that need no computing.
        loading: that a server may take to load its model.
    """

    connect: float = 10.0
    silence: float = 300.0
    lookup: float = 20.0
    loading: float = 600.0


class ServerConnection:
    """Requests to one server.

    Args:
        address: of the server.
        key: returns the API key, "" for none; called in the thread of the first request.
        timeouts: of all requests.
    """

    def __init__(
        self,
        address: ServerAddress,
        key: Callable[[], str] = lambda: "",
        timeouts: Timeouts | None = None,
    ) -> None:
        self.address = address
        self.timeouts = timeouts or Timeouts()
        self._make_key = key
        self._key: str | None = None

    def health(self, cancel: CancelFlag) -> int:
        """Return the status of /health: 503 while the model is being loaded.

        Raises:
            Cancelled: `cancel` was set.
            MMDeskError: the server cannot be reached.
        """
        exchange = self._exchange("GET", f"{self.address.root}/health", self.timeouts.lookup)
        chunks = exchange.chunks(cancel)
        with contextlib.closing(chunks), contextlib.suppress(ServerError, StopIteration):
            next(chunks)
        return exchange.status

    def get_json(self, path: str, cancel: CancelFlag) -> Any:
        """Return the object at a path of the API.

        Raises:
            Cancelled: `cancel` was set.
            ServerError: the server refuses.
            MMDeskError: it cannot be reached, or sends something else.
        """
        exchange = self._exchange("GET", f"{self.address.base}{path}", self.timeouts.lookup)
        body = b""
        with contextlib.closing(exchange.chunks(cancel)) as chunks:
            for chunk in chunks:
                body += chunk
                if len(body) > MAX_JSON_BYTES:
                    break
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise MMDeskError(
                "{host} is no server with an OpenAI-compatible API.",
                "Check the address: it mostly ends with /v1.",
                host=self.address.host,
            ) from None

    def post(
        self, path: str, body: dict[str, Any], cancel: CancelFlag
    ) -> Generator[bytes, None, None]:
        """Yield the bytes of a streamed answer; closing the generator closes the connection.

        Raises:
            Cancelled: `cancel` was set; the connection is closed.
            ServerError: the server refuses.
            MMDeskError: it cannot be reached, or the connection broke.
        """
        url = f"{self.address.base}{path}"
        return self._exchange("POST", url, self.timeouts.silence, body).chunks(cancel)

    def _exchange(
        self, method: str, url: str, silence: float, body: dict[str, Any] | None = None
    ) -> _Exchange:
        if self._key is None:
            self._key = self._make_key()
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        timeout = httpx.Timeout(silence, connect=self.timeouts.connect)
        return _Exchange(self.address, method, url, headers, timeout, body)


class _Exchange:
    """One request and its response.

    Attributes:
        status: of the response; 0 before there is one.
    """

    def __init__(
        self,
        address: ServerAddress,
        method: str,
        url: str,
        headers: dict[str, str],
        timeout: httpx.Timeout,
        body: dict[str, Any] | None,
    ) -> None:
        self.status = 0
        self._address, self._timeout = address, timeout
        self._request = (method, url, headers, body)
        self._arrived: queue.SimpleQueue[bytes | Exception | None] = queue.SimpleQueue()
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._ended = False

    def chunks(self, cancel: CancelFlag) -> Generator[bytes, None, None]:
        """Send the request and yield the bytes of the response."""
        if cancel.is_set():
            raise Cancelled
        thread = threading.Thread(target=self._run, name="server", daemon=True)
        thread.start()
        try:
            while True:
                if cancel.is_set():
                    raise Cancelled
                try:
                    arrived = self._arrived.get(timeout=POLL_S)
                except queue.Empty:
                    continue
                if arrived is None:
                    return
                if isinstance(arrived, ServerError):
                    raise self._explained_refusal(arrived)
                if isinstance(arrived, Exception):
                    raise self._explained(arrived) from arrived
                yield arrived
        finally:
            if not cancel.is_set():
                thread.join(ENDING_S)  # a server that has said everything closes it itself
            self._end()
            thread.join(ENDING_S)

    def _end(self) -> None:
        """Close the connection, or prevent it where it is not made yet."""
        with self._lock:
            self._ended = True
            for one in self._sockets:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    # --- in the thread ------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            for chunk in self._receive():
                self._arrived.put(chunk)
            self._arrived.put(None)
        except Exception as problem:  # noqa: BLE001  the caller raises it in its own thread
            self._arrived.put(problem)

    def _receive(self) -> Iterator[bytes]:
        method, url, headers, body = self._request
        client = open_client(
            "questions to a server",
            "server",
            server=self._address,
            timeout=self._timeout,
            trust_env=not self._address.is_this_computer,  # no proxy in between
        )
        with client:
            request = client.build_request(
                method, url, headers=headers, json=body, extensions={"trace": self._on_trace}
            )
            response = client.send(request, stream=True)
            try:
                self.status = response.status_code
                if response.status_code != httpx.codes.OK:
                    raise self._refusal(response)
                yield from response.iter_bytes()
            finally:
                response.close()

    def _on_trace(self, event: str, details: dict[str, Any]) -> None:
        """Keep the sockets that httpcore connects."""
        if not event.endswith(("connect_tcp.complete", "start_tls.complete")):
            return
        connected = details["return_value"].get_extra_info("socket")
        with self._lock:
            if connected is not None:
                self._sockets.append(connected)
            if self._ended:
                raise Cancelled

    def _refusal(self, response: httpx.Response) -> ServerError:
        text = b""
        for chunk in response.iter_bytes():
            text += chunk
            if len(text) > MAX_ERROR_BYTES:
                break
        try:
            reported = error_text(json.loads(text))
        except (ValueError, RecursionError):
            reported = ""
        reported = reported or f"HTTP {response.status_code} {response.reason_phrase}".strip()
        return ServerError(self._address.host, reported, response.status_code)

    # --- errors -------------------------------------------------------------------------------

    def _explained(self, problem: Exception) -> Exception:
        """Return a problem of the connection in words for the user."""
        host = self._address.host
        if isinstance(problem, httpx.ConnectTimeout):
            return _unreachable(host, f"{self._timeout.connect:g} s")
        if isinstance(problem, httpx.TimeoutException):
            return MMDeskError(
                "{host} has sent nothing for {seconds:g} seconds.",
                "What came so far is kept. Ask again, or look after the server.",
                host=host,
                seconds=self._timeout.read,
            )
        if isinstance(problem, httpx.ConnectError):
            return _unreachable(host, str(problem))
        if isinstance(problem, httpx.HTTPError | OSError):
            return broken_off(host)
        return problem if isinstance(problem, MMDeskError) else RuntimeError(str(problem))

    def _explained_refusal(self, problem: ServerError) -> MMDeskError:
        host, status = self._address.host, problem.status
        if status in (401, 403):
            return MMDeskError(
                "{host} does not accept the key.",
                "Enter the key in the settings, or put it into MMDESK_API_KEY.",
                host=host,
            )
        if 300 <= status < 400:
            return MMDeskError(
                "{host} refers to another address, to which mmdesk sends nothing.",
                "Enter that address if you trust it.",
                host=host,
            )
        return problem


def broken_off(host: str) -> MMDeskError:
    """Return the error for a stream that ended before its answer did."""
    return MMDeskError(
        "The connection to {host} broke off in the middle of the answer.",
        "What came so far is kept. Ask again.",
        host=host,
    )


def _unreachable(host: str, reason: str) -> MMDeskError:
    return MMDeskError(
        "{host} cannot be reached ({reason}).",
        "Check the address, and that the server runs.",
        host=host,
        reason=reason,
    )
