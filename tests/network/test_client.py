"""Requests of the client are permitted and logged; a server is refused while offline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from mmdesk import settings
from mmdesk.errors import MMDeskError
from mmdesk.network import ConnectionLog, ServerAddress, open_client
from mmdesk.settings import Settings
from mmdesk.translatable import TranslatableText
from tests.models.server import Site

BODY = bytes(100_000)


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    served.files["/f"] = BODY
    yield served
    served.close()


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def test_a_request_is_logged_with_its_bytes(site: Site) -> None:
    reason = TranslatableText("download of {title}", title="Ear")
    with open_client(reason) as client:
        assert client.get(f"{site.url}/f").content == BODY
        (one,) = ConnectionLog().read()
    assert one.address == site.url.removeprefix("http://")
    assert one.reason == "download of Ear"
    assert one.result == "answered 200"
    assert one.received is not None
    assert one.sent is not None
    assert len(BODY) < one.received < len(BODY) + 1000
    assert 50 < one.sent < 1000


def test_each_hop_and_each_failure_is_logged(site: Site) -> None:
    site.redirects["/from"] = "/f"
    with open_client("test", follow_redirects=True, timeout=2) as client:
        client.get(f"{site.url}/from")
        with pytest.raises(httpx.ConnectError):
            client.get("http://127.0.0.1:9/")
    results = [one.result for one in ConnectionLog().read()]
    assert results == ["failed (ConnectError)", "answered 200", "answered 302"]


def test_a_download_that_is_broken_off_is_in_the_log(site: Site) -> None:
    with open_client("test") as client, client.stream("GET", f"{site.url}/f") as response:
        next(response.iter_raw(1000))
        (one,) = ConnectionLog().read()
    assert one.result == "not finished"
    assert ConnectionLog().read()[0].result == "answered 200"


def test_a_server_is_not_contacted_while_working_offline(site: Site) -> None:
    assert Settings().work_offline
    with open_client("questions to a server", purpose="server") as client:
        with pytest.raises(MMDeskError, match="works offline"):
            client.get(f"{site.url}/f")
        assert site.asked == []
        assert "offline" in ConnectionLog().read()[0].result
        settings.save(replace(Settings(), work_offline=False))
        assert client.get(f"{site.url}/f").status_code == 200


def test_the_server_that_the_user_entered_is_contacted_while_working_offline(site: Site) -> None:
    assert Settings().work_offline
    address = ServerAddress.parse(site.url)
    with open_client("questions", purpose="server", server=address) as client:
        assert client.get(f"{site.url}/f").status_code == 200
        other = Site()
        with pytest.raises(MMDeskError, match="works offline"):
            client.get(f"{other.url}/f")
        assert other.asked == []
        other.close()
