"""`mmdesk models get OWNER/NAME` and `mmdesk models catalogue`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mmdesk import settings
from mmdesk.cli.main import main
from mmdesk.models import ModelStore
from mmdesk.settings import Settings
from tests.fakes.hub_server import TOKEN, HubServer, files_of
from tests.fakes.tiny_model import build_model


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    server = HubServer()
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    for name in ("HF_TOKEN", "HF_HUB_OFFLINE", "MMDESK_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)
    (tmp_path / "tiny").mkdir()
    server.add("tiny/Tiny-Chat", files_of(build_model(tmp_path / "tiny")))
    settings.save(replace(Settings(), work_offline=False))
    yield server
    server.close()


def test_a_model_is_planned_and_downloaded(
    hub: HubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "get", "tiny/Tiny-Chat"]) == 0
    printed = capsys.readouterr()
    assert printed.out.strip() == str(ModelStore().path("local-tiny-chat"))
    assert "tiny/Tiny-Chat (main, commit aaaaaaaaaaaa)" in printed.err
    assert "licence: apache-2.0" in printed.err
    ModelStore().verify("local-tiny-chat")


def test_a_dry_run_lists_the_files_and_keeps_nothing(
    hub: HubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "get", "tiny/Tiny-Chat", "--dry-run"]) == 0
    assert "model.safetensors" in capsys.readouterr().out
    assert hub.downloads("model.safetensors") == []
    assert ModelStore().local.models() == ()


def test_offline_the_hub_is_not_contacted_unless_that_is_said(
    hub: HubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.save(replace(Settings(), work_offline=True))
    assert main(["models", "get", "tiny/Tiny-Chat"]) == 1
    told = capsys.readouterr().err
    assert "works offline" in told
    assert "--online" in told
    assert hub.asked == []
    assert main(["models", "get", "tiny/Tiny-Chat", "--online"]) == 0


def test_a_refusal_is_one_sentence_with_a_status(
    hub: HubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "get", "no/such"]) == 2
    assert "no model no/such on the hub" in capsys.readouterr().err
    assert main(["models", "get", "not an/id"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_gated_model_is_opened_by_the_environment(
    hub: HubServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.repositories["tiny/Tiny-Chat"].gated = True
    assert main(["models", "get", "tiny/Tiny-Chat"]) == 2
    assert f"{hub.url}/tiny/Tiny-Chat" in capsys.readouterr().err
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert main(["models", "get", "tiny/Tiny-Chat"]) == 0
    assert "gated" in capsys.readouterr().err


def test_a_model_is_removed_by_its_address(hub: HubServer) -> None:
    assert main(["models", "get", "tiny/Tiny-Chat"]) == 0
    assert main(["models", "remove", "tiny/Tiny-Chat"]) == 0
    assert ModelStore().local.models() == ()
    assert main(["models", "remove", "tiny/Tiny-Chat"]) == 2


def test_the_catalogue_is_listed_for_people_and_for_programs(
    hub: HubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "catalogue"]) == 0
    text = capsys.readouterr().out
    assert "openbmb/MiniCPM5-1B" in text
    assert "newest version is downloaded" in text
    assert main(["models", "catalogue", "--json"]) == 0
    models = json.loads(capsys.readouterr().out)["models"]
    assert {model["repository"] for model in models} >= {"openbmb/MiniCPM5-1B", "Qwen/Qwen3.5-2B"}
    assert hub.asked == []
