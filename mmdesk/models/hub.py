"""Model hub as a source: addresses of files, their digests, and whether the hub answers.

A hub that does not answer costs two seconds once; the rest of the set-up does not ask it again.
The files are downloaded by `download`, which can be resumed and cancelled; the hub's own library
can do neither and gives only the addresses and headers.
"""

from __future__ import annotations

import os
import threading

import httpx

from mmdesk import __version__
from mmdesk.models.fetch_errors import SourceFailed, WrongDigest
from mmdesk.models.manifest import FileSpec, HubSource
from mmdesk.network import open_client
from mmdesk.translatable import TranslatableText

TIMEOUT_S = 2.0
OFF_SWITCHES = ("MMDESK_OFFLINE", "HF_HUB_OFFLINE")


class Hub:
    """Client of the hub at `endpoint` (HF_ENDPOINT or the public one when None)."""

    def __init__(self, endpoint: str | None = None) -> None:
        self._endpoint = endpoint or os.environ.get("HF_ENDPOINT") or None
        self._down: TranslatableText | None = None  # why it is not asked again

    def address(self, source: HubSource, file: FileSpec) -> str:
        """Return the URL of one of the part's files."""
        from huggingface_hub import hf_hub_url

        return hf_hub_url(
            source.repository,
            source.files[file.name],
            revision=source.revision,
            endpoint=self._endpoint,
        )

    def headers(self) -> dict[str, str]:
        """Return the headers of a request; never a token, since all parts are public.

        The hub's own library is not asked for them: to describe the program that runs, it asks
        the hub for a list of programs first.
        """
        return {"User-Agent": f"mmdesk/{__version__}"}

    def check(self, source: HubSource, file: FileSpec) -> None:
        """Ask about a file without downloading it.

        Raises:
            SourceFailed: the hub does not answer in time, is turned off, or has no such file.
            WrongDigest: the hub's file differs from the manifest's.
        """
        for switch in OFF_SWITCHES:
            if os.environ.get(switch, "").strip().lower() not in ("", "0", "false", "no"):
                raise SourceFailed("the model hub is turned off by {switch}", switch=switch)
        if self._down is not None:
            raise SourceFailed(self._down)
        response = self._head(self.address(source, file))
        status = response.status_code
        if status >= 500:
            self._down = TranslatableText("the model hub answered {status}", status=status)
            raise SourceFailed(self._down)
        if status >= 400:
            raise SourceFailed(
                "the model hub answered {status} for {repository}",
                status=status,
                repository=source.repository,
            )
        digest = _linked_digest(response)
        if digest and digest != file.sha256:
            raise WrongDigest(
                "the model hub has a different {file} than mmdesk expects",
                file=source.files[file.name],
            )

    def _head(self, url: str) -> httpx.Response:
        """Send a HEAD request that is given up after `TIMEOUT_S`, however the network fails.

        It has its own thread, because looking up a name can hang where no timeout of a library
        reaches.
        """
        answers: list[httpx.Response | Exception] = []
        headers = self.headers()

        def ask() -> None:
            reason = TranslatableText("check of the model hub")
            try:
                with open_client(reason, headers=headers, timeout=TIMEOUT_S) as client:
                    answers.append(client.head(url, follow_redirects=True))
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as problem:
                answers.append(problem)

        thread = threading.Thread(target=ask, daemon=True, name="hub-check")
        thread.start()
        thread.join(TIMEOUT_S)
        if answers and isinstance(answers[0], httpx.Response):
            return answers[0]
        self._down = TranslatableText("the model hub cannot be reached")
        raise SourceFailed(self._down)


def _linked_digest(response: httpx.Response) -> str | None:
    """Return the SHA-256 that the hub states when it redirects to a large file's storage."""
    for step in (*response.history, response):
        stated = step.headers.get("X-Linked-Etag", "").strip('"').lower()
        if len(stated) == 64:
            return str(stated)
    return None
