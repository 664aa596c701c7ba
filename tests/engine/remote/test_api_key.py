"""A server's key comes from the environment or from the system's keyring."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from mmdesk.engine import api_key, store_api_key
from mmdesk.errors import MMDeskError
from mmdesk.network import ServerAddress

GPU = ServerAddress.parse("http://gpu:8000")


class FakeKeyring(ModuleType):
    """The library's interface over a dictionary."""

    def __init__(self) -> None:
        super().__init__("keyring")
        self.kept: dict[tuple[str, str], str] = {}
        self.is_locked = False

    def get_password(self, service: str, user: str) -> str | None:
        if self.is_locked:
            raise RuntimeError("locked")
        return self.kept.get((service, user))

    def set_password(self, service: str, user: str, key: str) -> None:
        if self.is_locked:
            raise RuntimeError("locked")
        self.kept[service, user] = key

    def delete_password(self, service: str, user: str) -> None:
        del self.kept[service, user]


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> FakeKeyring:
    made = FakeKeyring()
    monkeypatch.setitem(sys.modules, "keyring", made)
    monkeypatch.delenv("MMDESK_API_KEY", raising=False)
    return made


def test_each_server_has_its_own_key(keyring: FakeKeyring) -> None:
    store_api_key(GPU, "secret")
    assert api_key(GPU) == "secret"
    assert api_key(ServerAddress.parse("http://gpu:9000")) == ""
    assert list(keyring.kept) == [("mmdesk", "http://gpu:8000/v1")]
    store_api_key(GPU, "")
    assert api_key(GPU) == ""
    store_api_key(GPU, "")


def test_the_environment_goes_first(keyring: FakeKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    store_api_key(GPU, "kept")
    monkeypatch.setenv("MMDESK_API_KEY", " given ")
    assert api_key(GPU) == "given"


def test_a_keyring_that_refuses_is_told_where_a_key_is_stored(keyring: FakeKeyring) -> None:
    keyring.is_locked = True
    assert api_key(GPU) == ""
    with pytest.raises(MMDeskError, match="keyring \\(locked\\)") as caught:
        store_api_key(GPU, "secret")
    assert "MMDESK_API_KEY" in caught.value.hint


def test_without_the_library_there_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.delenv("MMDESK_API_KEY", raising=False)
    assert api_key(GPU) == ""
    with pytest.raises(MMDeskError, match="not installed"):
        store_api_key(GPU, "secret")
