"""Addresses of servers, as people write them."""

from __future__ import annotations

import pytest

from mmdesk.errors import InputError
from mmdesk.network import ServerAddress


@pytest.mark.parametrize(
    ("text", "base", "host"),
    [
        ("gpu:8000", "http://gpu:8000/v1", "gpu:8000"),
        (" http://gpu:8000/ ", "http://gpu:8000/v1", "gpu:8000"),
        ("http://gpu:8000/v1/", "http://gpu:8000/v1", "gpu:8000"),
        ("http://gpu/v1/chat/completions", "http://gpu/v1", "gpu"),
        ("http://gpu/v1/models", "http://gpu/v1", "gpu"),
        ("https://api.example/openai/v2", "https://api.example/openai/v2", "api.example"),
        ("http://[::1]:8000", "http://[::1]:8000/v1", "[::1]:8000"),
    ],
)
def test_addresses_are_completed(text: str, base: str, host: str) -> None:
    address = ServerAddress.parse(text)
    assert (address.base, address.host) == (base, host)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "ftp://gpu", "http://", "http://gpu:x", "http://gpu:0", "a b", "http://[::1"],
)
def test_other_things_are_no_address(text: str) -> None:
    with pytest.raises(InputError, match="not the address"):
        ServerAddress.parse(text)


def test_a_password_does_not_belong_into_an_address() -> None:
    with pytest.raises(InputError, match="must not contain"):
        ServerAddress.parse("http://me:secret@gpu:8000")


def test_what_is_encrypted_and_what_is_near() -> None:
    assert ServerAddress.parse("https://gpu").is_encrypted
    assert not ServerAddress.parse("gpu").is_encrypted
    assert ServerAddress.parse("localhost:8000").is_this_computer
    assert ServerAddress.parse("http://[::1]:8000").is_this_computer
    assert not ServerAddress.parse("192.168.1.5:8000").is_this_computer


def test_only_the_same_scheme_name_and_port_is_this_server() -> None:
    address = ServerAddress.parse("http://gpu/v1")
    assert address.has_origin("http://gpu:80/health")
    for other in ("https://gpu/v1", "http://gpu:8000/v1", "http://gpu.evil/v1", "http://evil/gpu"):
        assert not address.has_origin(other)
