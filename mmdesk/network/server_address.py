"""Address of a server with the OpenAI-compatible API, as the user enters it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from mmdesk.errors import InputError
from mmdesk.network.guard import is_this_computer

_ENDPOINTS = ("/chat/completions", "/completions", "/models")  # copied along with the address
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Address of a server.

    Attributes:
        base: URL of the API without a slash at its end, e.g. "http://gpu.example:8000/v1".
        host: name and port as the user knows them, e.g. "gpu.example:8000".
    """

    base: str
    host: str

    @classmethod
    def parse(cls, text: str) -> ServerAddress:
        """Read an address: "host:8000", "http://host:8000" and ".../v1" mean the same.

        Raises:
            InputError: it is no address of a server.
        """
        url = _split(text)
        path = url.path.rstrip("/")
        for endpoint in _ENDPOINTS:
            path = path.removesuffix(endpoint)
        return cls(f"{url.scheme}://{url.netloc}{path or '/v1'}", url.netloc)

    @property
    def root(self) -> str:
        """URL of the server without the API's version, where /health is."""
        return self.base.removesuffix("/v1")

    @property
    def is_encrypted(self) -> bool:
        """Return True where the connection is encrypted."""
        return self.base.startswith("https:")

    @property
    def is_this_computer(self) -> bool:
        """Return True where the server runs on this computer."""
        return is_this_computer(urlsplit(self.base).hostname or "")

    def has_origin(self, url: str) -> bool:
        """Return whether a URL is of this server: the same scheme, name and port."""
        return _origin(urlsplit(url)) == _origin(urlsplit(self.base))


def _split(text: str) -> SplitResult:
    """Split an address into its parts.

    Raises:
        InputError: it is no address of a server.
    """
    text = text.strip()
    try:
        url = urlsplit(text if "://" in text else f"http://{text}")
        good = url.scheme in _PORTS and bool(url.hostname) and url.port != 0
    except ValueError:  # a port that is no number, half an IPv6 address
        good = False
    if not good or any(character.isspace() for character in text):
        raise InputError(
            "{address} is not the address of a server.",
            "It looks like http://gpu.example:8000/v1.",
            address=text[:200] or '""',
        )
    if url.username is not None or url.password is not None:
        raise InputError(
            "The address of the server must not contain a name or a password.",
            "Enter the key in the settings, or put it into MMDESK_API_KEY.",
        )
    return url


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or _PORTS.get(url.scheme)
