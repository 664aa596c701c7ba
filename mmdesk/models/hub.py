"""The model hub as a source: where a file is, whether it is the right one, whether anyone answers.

A hub that does not answer costs two seconds once; the rest of the set-up does not ask again.
The bytes themselves come through `download`, which can resume and be stopped where the hub's own
library can do neither; the library gives the addresses and headers.
"""

from __future__ import annotations

import os
import threading

import httpx

from mmdesk.models.fetch_errors import SourceFailed, WrongDigest
from mmdesk.models.manifest import FileSpec, HubSource

PATIENCE = 2.0  # seconds
OFF_SWITCHES = ("MMDESK_OFFLINE", "HF_HUB_OFFLINE")


class Hub:
    """The hub at `endpoint` (HF_ENDPOINT or the public one when None)."""

    def __init__(self, endpoint: str | None = None) -> None:
        self._endpoint = endpoint or os.environ.get("HF_ENDPOINT") or None
        self._silent: str | None = None  # why it is not asked again

    def address(self, source: HubSource, file: FileSpec) -> str:
        """The URL of one of the part's files."""
        from huggingface_hub import hf_hub_url

        return hf_hub_url(
            source.repository,
            source.files[file.name],
            revision=source.revision,
            endpoint=self._endpoint,
        )

    def headers(self) -> dict[str, str]:
        """What the hub wants to know about who asks; never a token: all parts are public."""
        from huggingface_hub.utils import build_hf_headers

        return dict(build_hf_headers(token=False, library_name="mmdesk"))

    def check(self, source: HubSource, file: FileSpec) -> None:
        """Ask about a file without fetching it.

        Raises:
            SourceFailed: nobody answers in time, the hub is switched off, or has no such file.
            WrongDigest: the hub's file is another one than the manifest's.
        """
        for switch in OFF_SWITCHES:
            if os.environ.get(switch, "").strip().lower() not in ("", "0", "false", "no"):
                raise SourceFailed(f"the hub is switched off by {switch}")
        if self._silent:
            raise SourceFailed(self._silent)
        response = self._ask(self.address(source, file))
        if response.status_code >= 500:
            self._silent = f"the hub answered {response.status_code}"
            raise SourceFailed(self._silent)
        if response.status_code >= 400:
            raise SourceFailed(f"the hub answered {response.status_code} for {source.repository}")
        digest = _linked_digest(response)
        if digest and digest != file.sha256:
            name = source.files[file.name]
            raise WrongDigest(f"the hub's {name} is another file than the one mmdesk knows")

    def _ask(self, url: str) -> httpx.Response:
        """A HEAD request that is given up after `PATIENCE`, however the network fails: looking
        up a name can hang where no timeout of a library reaches, so it has its own thread.
        """
        answers: list[httpx.Response | httpx.HTTPError] = []
        headers = self.headers()

        def ask() -> None:
            try:
                answers.append(
                    httpx.head(url, headers=headers, follow_redirects=True, timeout=PATIENCE)
                )
            except httpx.HTTPError as problem:
                answers.append(problem)

        thread = threading.Thread(target=ask, daemon=True, name="hub-check")
        thread.start()
        thread.join(PATIENCE)
        if answers and isinstance(answers[0], httpx.Response):
            return answers[0]
        self._silent = "the hub cannot be reached"
        raise SourceFailed(self._silent)


def _linked_digest(response: httpx.Response) -> str | None:
    """The SHA-256 that the hub states for its large files, on the way to their storage."""
    for step in (*response.history, response):
        stated = step.headers.get("X-Linked-Etag", "").strip('"').lower()
        if len(stated) == 64:
            return str(stated)
    return None
