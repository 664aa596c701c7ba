"""Requests of the hub's own library, permitted and logged like all others of mmdesk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from huggingface_hub import constants, set_client_factory
from huggingface_hub.utils._http import default_client_factory

from mmdesk.network.client import LogEntry
from mmdesk.network.guard import permit
from mmdesk.translatable import TranslatableText


@contextmanager
def hub_session(reason: TranslatableText) -> Iterator[None]:
    """Permit and log what `huggingface_hub` requests while the block runs; one block at a time.

    The library's telemetry is off: it would ask the hub which programs there are before the first
    request. Whether it thinks itself offline does not matter: that is decided before.

    Args:
        reason: for the log.
    """

    def logged(transport: httpx2.BaseTransport) -> _LoggedTransport:
        return _LoggedTransport(transport, reason)

    def make_client() -> httpx2.Client:
        client = default_client_factory()
        client._transport = logged(client._transport)
        client._mounts = {
            pattern: None if mounted is None else logged(mounted)
            for pattern, mounted in client._mounts.items()
        }
        return client

    constants.HF_HUB_DISABLE_TELEMETRY = True
    before, constants.HF_HUB_OFFLINE = constants.HF_HUB_OFFLINE, False
    set_client_factory(make_client)
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before
        set_client_factory(default_client_factory)  # whose connections the guard refuses


class _LoggedTransport(httpx2.BaseTransport):
    """Transport of the library's HTTP client that logs each request; its answers are small."""

    def __init__(self, inner: httpx2.BaseTransport, reason: TranslatableText) -> None:
        self._inner, self._reason = inner, reason

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request.

        Raises:
            httpx2.TransportError: it failed.
        """
        entry = LogEntry(request, self._reason)
        try:
            with permit(self._reason, logged=True):
                response = self._inner.handle_request(request)
        except Exception as problem:
            entry.end(TranslatableText("failed ({kind})", kind=type(problem).__name__))
            raise
        entry.add_head(response.headers)
        stated = response.headers.get("Content-Length", "")
        entry.received += int(stated) if stated.isdigit() and request.method != "HEAD" else 0
        entry.end(TranslatableText("answered {status}", status=response.status_code))
        return response

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()
