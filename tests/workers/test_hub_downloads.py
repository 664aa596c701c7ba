"""Downloads from the hub from the window's side: looked up, downloaded, paused, resumed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from mmdesk.models import ModelStore
from mmdesk.values import FetchProgress, HubPlan
from mmdesk.workers.hub_downloads import HubDownloads
from tests.fakes.hub_server import TOKEN, HubServer, files_of
from tests.fakes.tiny_model import build_model

SLOW = 30_000  # a child Python has to start
WEIGHTS = "model.safetensors"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return files_of(build_model(tmp_path_factory.mktemp("tiny")))


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    server = HubServer()
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    for name in ("HF_TOKEN", "HF_HUB_OFFLINE", "MMDESK_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)
    yield server
    server.close()


@pytest.fixture
def downloads(qtbot: QtBot) -> Iterator[HubDownloads]:
    made = HubDownloads()
    yield made
    assert made.close()


def look_up(qtbot: QtBot, downloads: HubDownloads) -> HubPlan:
    with qtbot.waitSignal(downloads.planned, timeout=SLOW) as planned:
        downloads.look_up("tiny/Tiny-Chat")
    plan: HubPlan = planned.args[0]
    return plan


def test_a_model_is_looked_up_and_then_downloaded(
    qtbot: QtBot, hub: HubServer, tiny: dict[str, bytes], downloads: HubDownloads
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    plan = look_up(qtbot, downloads)
    assert plan.total_bytes > len(tiny[WEIGHTS])
    assert hub.downloads(WEIGHTS) == []
    progress: list[FetchProgress] = []
    downloads.progressed.connect(progress.append)
    with qtbot.waitSignal(downloads.installed, timeout=SLOW) as installed:
        downloads.download(plan.id)
    assert installed.args == [plan.id, "local-tiny-chat"]
    assert {one.part for one in progress} == {plan.id}
    ModelStore().verify("local-tiny-chat")


def test_a_paused_download_is_listed_and_resumed(
    qtbot: QtBot, hub: HubServer, tiny: dict[str, bytes], downloads: HubDownloads
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    plan = look_up(qtbot, downloads)
    hub.hold_after[WEIGHTS] = 2000
    small = plan.total_bytes - len(tiny[WEIGHTS])
    with qtbot.waitSignal(
        downloads.progressed,
        timeout=SLOW,
        check_params_cb=lambda progress: progress.done_bytes >= small + 2000,
    ):
        downloads.download(plan.id)
    with qtbot.waitSignal(downloads.paused, timeout=SLOW) as paused:
        downloads.pause(plan.id)
    assert paused.args == [plan.id]
    assert ModelStore().local.models() == ()
    with qtbot.waitSignal(downloads.listed, timeout=SLOW) as listed:
        downloads.survey()
    (left,) = listed.args[1]
    assert (left.id, left.title) == (plan.id, "Tiny-Chat")
    with qtbot.waitSignal(downloads.installed, timeout=SLOW):
        downloads.download(left.id)
    assert hub.downloads(WEIGHTS)[-1] == "bytes=2000-"


def test_a_failed_download_is_told_once_and_can_be_discarded(
    qtbot: QtBot, hub: HubServer, tiny: dict[str, bytes], downloads: HubDownloads
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    plan = look_up(qtbot, downloads)
    hub.delivered[WEIGHTS] = tiny[WEIGHTS][:-1] + b"!"
    told: list[tuple[object, ...]] = []
    downloads.failed.connect(lambda *values: told.append(values))
    with qtbot.waitSignal(downloads._fetcher.failed, timeout=SLOW):
        downloads.download(plan.id)
    ((download, message, hint),) = told
    assert download == plan.id
    assert "model.safetensors is not the file that the hub describes" in message
    assert "resumes" in hint
    with qtbot.waitSignal(downloads.listed, timeout=SLOW) as listed:
        downloads.discard(plan.id)
    assert listed.args[1] == ()


def test_a_gated_model_says_that_a_token_helps(
    qtbot: QtBot, hub: HubServer, tiny: dict[str, bytes], downloads: HubDownloads
) -> None:
    hub.add("tiny/Tiny-Chat", tiny, gated=True)
    with qtbot.waitSignal(downloads.refused, timeout=SLOW) as refused:
        downloads.look_up("tiny/Tiny-Chat")
    message, hint, token_helps = refused.args
    assert "accept their terms" in message
    assert "tiny/Tiny-Chat" in hint
    assert token_helps


def test_a_token_from_the_environment_opens_it(
    qtbot: QtBot,
    hub: HubServer,
    tiny: dict[str, bytes],
    downloads: HubDownloads,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub.add("tiny/Tiny-Chat", tiny, gated=True)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert look_up(qtbot, downloads).gated


def test_what_is_no_address_is_refused(
    qtbot: QtBot, hub: HubServer, downloads: HubDownloads
) -> None:
    with qtbot.waitSignal(downloads.refused, timeout=SLOW) as refused:
        downloads.look_up("nonsense")
    assert "not the id of a model" in refused.args[0]
    assert not refused.args[2]
    assert hub.asked == []


def test_a_child_that_dies_is_told(qtbot: QtBot) -> None:
    downloads = HubDownloads(plan_module="mmdesk.no_such_module")
    with qtbot.waitSignal(downloads.refused, timeout=SLOW) as refused:
        downloads.look_up("o/n")
    assert refused.args[0] == "The look-up stopped unexpectedly."
    assert downloads.close()


def test_the_catalogue_comes_with_the_survey(qtbot: QtBot, downloads: HubDownloads) -> None:
    with qtbot.waitSignal(downloads.listed, timeout=SLOW) as listed:
        downloads.survey()
    assert len(listed.args[0]) >= 14
