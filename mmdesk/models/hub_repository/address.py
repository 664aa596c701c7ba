"""Address of a model on the hub, as the user enters it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from mmdesk.errors import InputError

PREFIX = "hub:"  # of the id of a model that is downloaded by its address
PUBLIC_HUB = "https://huggingface.co"
_HOSTS = ("huggingface.co", "www.huggingface.co", "hf.co")
_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}"
_REPOSITORY = re.compile(rf"({_NAME})/({_NAME})")
_REVISION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}")
_FILE = re.compile(r"[^\x00-\x1f\\:]{1,300}")
_OTHER_KINDS = ("datasets", "spaces", "kernels", "collections", "papers")
MAIN = "main"


def endpoint() -> str:
    """Return the hub's address: HF_ENDPOINT, or the public hub."""
    return (os.environ.get("HF_ENDPOINT") or PUBLIC_HUB).rstrip("/")


@dataclass(frozen=True, slots=True)
class HubAddress:
    """Address of a model on the hub.

    Attributes:
        repository: OWNER/NAME.
        revision: branch, tag or commit.
        file: path of a GGUF file in the repository, or a part of its name such as "Q8_0"; "" for
            the whole model.
    """

    repository: str
    revision: str = MAIN
    file: str = ""

    @classmethod
    def parse(cls, text: str) -> HubAddress:
        """Read OWNER/NAME, with @REVISION or :FILE behind it, or the address of the model's page.

        Raises:
            InputError: it is no address of a model.
        """
        text = text.strip().removeprefix(PREFIX)
        address = _from_url(text) if _is_url(text) else _from_name(text)
        if address is None or not address._is_valid():
            raise InputError(
                "{address} is not the id of a model on the hub.",
                "It looks like Qwen/Qwen3-0.6B, or like the address of the model's page.",
                address=text[:200] or '""',
            )
        return address

    def _is_valid(self) -> bool:
        owner, _, name = self.repository.partition("/")
        return bool(
            _REPOSITORY.fullmatch(self.repository)
            and owner not in _OTHER_KINDS
            and ".." not in self.repository
            and "--" not in self.repository
            and not name.endswith((".git", "."))
            and _REVISION.fullmatch(self.revision)
            and ".." not in self.revision
            and (not self.file or (_FILE.fullmatch(self.file) and ".." not in self.file))
        )

    @property
    def name(self) -> str:
        """NAME of the repository."""
        return self.repository.partition("/")[2]

    @property
    def origin(self) -> str:
        """Address without the revision: the same for every version of a model."""
        return self.repository + (f":{self.file}" if self.file else "")

    @property
    def id(self) -> str:
        """Id of the model among those that are downloaded."""
        return f"{PREFIX}{self.repository}@{self.revision}" + (f":{self.file}" if self.file else "")

    @property
    def page(self) -> str:
        """Address of the model's page."""
        return f"{endpoint()}/{self.repository}"

    def at(self, commit: str, file: str) -> HubAddress:
        """Return the address of one commit and of one file (or the whole model)."""
        return replace(self, revision=commit, file=file)


def is_hub_address(text: str) -> bool:
    """Return whether a text is meant as an address on the hub: ids of parts have no slash."""
    return text.startswith(PREFIX) or "/" in text


def _is_url(text: str) -> bool:
    host = urlsplit(endpoint()).netloc
    return "://" in text or text.lower().startswith(tuple(f"{known}/" for known in (*_HOSTS, host)))


def _from_name(text: str) -> HubAddress | None:
    head, _, file = text.partition(":")
    repository, at, revision = head.partition("@")
    return None if at and not revision else HubAddress(repository, revision or MAIN, file)


def _from_url(text: str) -> HubAddress | None:
    """Read the address of a model's page, of its files, or of one file."""
    url = urlsplit(text if "://" in text else f"https://{text}")
    if url.scheme not in ("http", "https"):
        return None
    if url.netloc.lower() not in (*_HOSTS, urlsplit(endpoint()).netloc.lower()):
        return None
    parts = [unquote(part) for part in url.path.strip("/").split("/")]
    if len(parts) < 2:
        return None
    repository, rest = "/".join(parts[:2]), parts[2:]
    if not rest:
        return _from_name(repository)
    if rest[0] not in ("tree", "blob", "resolve") or len(rest) < 2:
        return HubAddress(repository)
    file = "/".join(rest[2:]) if rest[0] != "tree" else ""
    return HubAddress(repository, rest[1], file if file.lower().endswith(".gguf") else "")
