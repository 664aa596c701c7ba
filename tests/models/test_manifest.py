from __future__ import annotations

import pytest

from mmdesk.errors import InputError
from mmdesk.models.manifest import HubSource, WheelSource, load_manifest

PARTS = load_manifest().parts
LANGUAGE_SHA = {
    "qwen2.5-coder-0.5b": "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    "qwen2.5-coder-1.5b": "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
}


def test_defaults_are_one_of_each_role_with_the_language_first() -> None:
    assert [part.role for part in load_manifest().defaults] == ["language", "speech", "vision"]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.id)
def test_wheels_join_to_exactly_the_parts_files(part) -> None:  # type: ignore[no-untyped-def]
    (source,) = (source for source in part.sources if isinstance(source, WheelSource))
    sizes: dict[str, int] = {}
    for wheel in source.wheels:
        for member in wheel.members:
            sizes[member.into] = sizes.get(member.into, 0) + member.size
    assert sizes == {file.name: file.size for file in part.files}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.id)
def test_hub_comes_first_and_names_every_file(part) -> None:  # type: ignore[no-untyped-def]
    hubs = [source for source in part.sources if isinstance(source, HubSource)]
    assert hubs == list(part.sources[: len(hubs)])
    assert all(set(hub.files) == {file.name for file in part.files} for hub in hubs)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.id)
def test_weights_are_pinned(part) -> None:  # type: ignore[no-untyped-def]
    assert {"model.safetensors", "model.bin", "voice.onnx"} & {pin.name for pin in part.pinned}


def test_language_digests_are_those_of_the_published_files() -> None:
    for part_id, sha in LANGUAGE_SHA.items():
        assert load_manifest().part(part_id).files[0].sha256 == sha


def test_unknown_part_names_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"'nope'.*smollm2-135m"):
        load_manifest().part("nope")
