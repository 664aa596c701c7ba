from __future__ import annotations

import pytest

from mmdesk.models import hub as hub_module
from mmdesk.models.fetch_errors import SourceFailed, WrongDigest
from mmdesk.models.hub import Hub
from mmdesk.models.manifest import HubSource
from tests.models.conftest import FIRST, SECOND, spec
from tests.models.server import Site

BIG = spec("model.bin", FIRST + SECOND)


def test_the_right_file_is_accepted_without_fetching_it(site: Site, hub_source: HubSource) -> None:
    Hub(site.url).check(hub_source, BIG)
    assert {method for method, _, _ in site.asked} == {"HEAD"}


def test_another_file_is_refused_before_it_is_fetched(site: Site, hub_source: HubSource) -> None:
    site.linked_etag["/org/ear/resolve/main/m.bin"] = "0" * 64
    with pytest.raises(WrongDigest, match=r"a different m\.bin"):
        Hub(site.url).check(hub_source, BIG)


def test_a_missing_file_does_not_condemn_the_hub(site: Site, hub_source: HubSource) -> None:
    hub = Hub(site.url)
    with pytest.raises(SourceFailed, match="404"):
        hub.check(HubSource("org/none", "main", {"model.bin": "x"}), BIG)
    hub.check(hub_source, BIG)


def test_a_hub_that_does_not_answer_is_not_asked_twice(
    hub_source: HubSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    calls: list[str] = []
    over = threading.Event()

    def hang(reason: str, **options: object) -> None:
        calls.append(reason)
        over.wait(30)
        raise OSError

    monkeypatch.setattr(hub_module, "TIMEOUT_S", 0.05)
    monkeypatch.setattr(hub_module, "open_client", hang)
    hub = Hub("http://192.0.2.1")
    for _ in range(2):
        with pytest.raises(SourceFailed, match="cannot be reached"):
            hub.check(hub_source, BIG)
    over.set()
    assert len(calls) == 1


@pytest.mark.parametrize("switch", ["MMDESK_OFFLINE", "HF_HUB_OFFLINE"])
def test_it_can_be_switched_off(
    site: Site, hub_source: HubSource, monkeypatch: pytest.MonkeyPatch, switch: str
) -> None:
    monkeypatch.setenv(switch, "1")
    with pytest.raises(SourceFailed, match=switch):
        Hub(site.url).check(hub_source, BIG)
    assert site.asked == []
