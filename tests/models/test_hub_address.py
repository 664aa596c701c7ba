"""Addresses of models on the hub: what the user may enter, and what is refused."""

from __future__ import annotations

import pytest

from mmdesk.errors import InputError
from mmdesk.models.hub_repository.address import HubAddress, is_hub_address

UNDERSTOOD = {
    "Qwen/Qwen3-0.6B": HubAddress("Qwen/Qwen3-0.6B"),
    "  Qwen/Qwen3-0.6B ": HubAddress("Qwen/Qwen3-0.6B"),
    "Qwen/Qwen3-0.6B@v1.0": HubAddress("Qwen/Qwen3-0.6B", "v1.0"),
    "Qwen/Qwen3-0.6B@refs/pr/3": HubAddress("Qwen/Qwen3-0.6B", "refs/pr/3"),
    "o/n:n-Q8_0.gguf": HubAddress("o/n", "main", "n-Q8_0.gguf"),
    "o/n@abc:q8/n-Q8_0.gguf": HubAddress("o/n", "abc", "q8/n-Q8_0.gguf"),
    "o/n:Q4_K_M": HubAddress("o/n", "main", "Q4_K_M"),
    "https://huggingface.co/Qwen/Qwen3-0.6B": HubAddress("Qwen/Qwen3-0.6B"),
    "huggingface.co/Qwen/Qwen3-0.6B/": HubAddress("Qwen/Qwen3-0.6B"),
    "hf.co/o/n:Q8_0": HubAddress("o/n", "main", "Q8_0"),
    "https://huggingface.co/o/n/tree/v2": HubAddress("o/n", "v2"),
    "https://huggingface.co/o/n/blob/main/n.gguf": HubAddress("o/n", "main", "n.gguf"),
    "https://huggingface.co/o/n/resolve/main/a/n.gguf?download=true": HubAddress(
        "o/n", "main", "a/n.gguf"
    ),
    "https://huggingface.co/o/n/blob/main/README.md": HubAddress("o/n"),
    "https://huggingface.co/o/n/discussions/4": HubAddress("o/n"),
}
REFUSED = (
    "",
    "Qwen",
    "a/b/c",
    "o/n@",
    "o n/m",
    "../etc/passwd",
    "o/..",
    "o/n@../x",
    "o/n:../../x.gguf",
    "datasets/squad",
    "https://huggingface.co/datasets/squad",
    "https://huggingface.co/Qwen",
    "https://example.org/o/n",
    "file:///etc/passwd",
    "o/n\nm",
)


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_an_id_or_a_page_is_understood(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert HubAddress.parse(text) == UNDERSTOOD[text]


@pytest.mark.parametrize("text", REFUSED)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputError, match="not the id of a model") as told:
        HubAddress.parse(text)
    assert "Qwen/Qwen3-0.6B" in told.value.hint


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_the_id_of_a_download_means_the_same_address(text: str) -> None:
    assert HubAddress.parse(UNDERSTOOD[text].id) == UNDERSTOOD[text]


def test_a_page_of_the_hub_that_is_set_up_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://mirror.example:8080/")
    address = HubAddress.parse("http://mirror.example:8080/o/n")
    assert address == HubAddress("o/n")
    assert address.page == "http://mirror.example:8080/o/n"


def test_ids_of_parts_are_no_addresses() -> None:
    assert not is_hub_address("qwen2.5-coder-0.5b")
    assert not is_hub_address("local-my-model")
    assert is_hub_address("o/n")
