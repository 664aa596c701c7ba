"""Repository of a model on the hub, asked through the hub's own library.

The library (`huggingface_hub`) knows addresses, metadata, redirections and refusals. The bytes of
the weights are downloaded by `mmdesk.models.download`: the library's own download begins a file
again whenever its process was ended (since huggingface_hub pull request 4228), and cannot be
cancelled.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any, TypeVar

from mmdesk import __version__
from mmdesk.errors import MMDeskError
from mmdesk.models.download import cancellable
from mmdesk.models.hub_repository.access_token import access_token
from mmdesk.models.hub_repository.address import HubAddress, endpoint
from mmdesk.models.hub_repository.hub_errors import check_switches, refusal
from mmdesk.translatable import TranslatableText
from mmdesk.values import CancelFlag, HubFile

TIMEOUT_S = 15.0
MAX_JSON_BYTES = 60_000_000  # of a description that is read into memory

Answer = TypeVar("Answer")


class HubRepository:
    """Model on the hub.

    Args:
        address: of the model.
        cancel: gives every request up when set.

    Attributes:
        address: as given.
    """

    def __init__(self, address: HubAddress, cancel: CancelFlag) -> None:
        self.address = address
        self._cancel = cancel
        self._token = access_token()
        self._endpoint = endpoint()

    @property
    def headers(self) -> dict[str, str]:
        """Headers of a download; HTTP clients do not send the token on to another host."""
        headers = {"User-Agent": f"mmdesk/{__version__}"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        return headers

    def url(self, path: str, commit: str) -> str:
        """Return the URL of a file."""
        from huggingface_hub import hf_hub_url

        return hf_hub_url(self.address.repository, path, revision=commit, endpoint=self._endpoint)

    def description(self) -> Any:
        """Return the hub's ModelInfo with the sizes and digests of all files.

        Raises:
            MMDeskError: the hub refuses or does not answer.
            Cancelled: `cancel` was set.
        """

        def ask() -> Any:
            from huggingface_hub import HfApi

            api = HfApi(endpoint=self._endpoint, token=self._token or False)
            return api.model_info(
                self.address.repository,
                revision=self.address.revision,
                files_metadata=True,
                timeout=TIMEOUT_S,
            )

        return self._ask(ask)

    def check_access(self, file: HubFile, commit: str) -> None:
        """Ask whether a file may be downloaded; gated models are described to everybody.

        Raises:
            MMDeskError: it may not, or the hub does not answer.
            Cancelled: `cancel` was set.
        """

        def ask() -> None:
            from huggingface_hub import get_hf_file_metadata

            get_hf_file_metadata(
                self.url(file.path, commit),
                token=self._token or False,
                timeout=TIMEOUT_S,
                endpoint=self._endpoint,
            )

        self._ask(ask)

    def json(self, file: HubFile, commit: str) -> dict[str, Any]:
        """Return a small file's content; an empty dictionary where it is no JSON object.

        Raises:
            MMDeskError: the hub refuses or does not answer.
            Cancelled: `cancel` was set.
        """
        try:
            content = json.loads(self.text(file, commit))
        except (ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}

    def text(self, file: HubFile, commit: str) -> bytes:
        """Return a small file's bytes; nothing of one that is too large.

        Raises:
            MMDeskError: the hub refuses or does not answer.
            Cancelled: `cancel` was set.
        """
        if file.size > MAX_JSON_BYTES:
            return b""

        def ask() -> bytes:
            from huggingface_hub import get_session
            from huggingface_hub.utils import hf_raise_for_status

            response = get_session().get(
                self.url(file.path, commit), headers=self.headers, timeout=TIMEOUT_S
            )
            hf_raise_for_status(response)
            return response.content

        return self._ask(ask)

    def _ask(self, ask: Callable[[], Answer]) -> Answer:
        """Run a request in a thread, so that a hanging look-up of a name holds nobody up."""
        check_switches()
        os.environ.setdefault("HF_HUB_DISABLE_XET", "1")  # native code, which no guard sees
        import httpx2

        from mmdesk.network import hub_session

        reason = TranslatableText("look-up of {model} on the model hub", model=self.address.origin)
        try:
            with hub_session(reason):
                return cancellable(ask, self._cancel)
        except (json.JSONDecodeError, TypeError, AttributeError, LookupError) as problem:
            raise MMDeskError(
                "The answer of the model hub about {model} cannot be read.",
                "Check the address in HF_ENDPOINT, if you have set it.",
                model=self.address.repository,
            ) from problem
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as problem:
            raise refusal(problem, self.address, has_token=bool(self._token)) from problem
