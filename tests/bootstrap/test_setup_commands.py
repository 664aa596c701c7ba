from __future__ import annotations

import json
from types import ModuleType

import pytest

Setup = dict[str, ModuleType]


@pytest.fixture
def commands(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = setup["setup_commands"]
    module.VENV.mkdir()
    monkeypatch.setattr(module, "prepare", lambda extras: None)
    return module


def download_child(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch, status: int
) -> list[list[str]]:
    """Replace the downloading child by one that installs one part and records it."""
    ran: list[list[str]] = []
    part = module.ROOT / "installed.json"

    def call(command: list[str], **options: object) -> int:
        ran.append(command)
        if not status and "--record" in command:
            part.touch()
            module.MODELS.with_name(module.MODELS.name + ".records").write_text(
                json.dumps([str(part)])
            )
        return status

    monkeypatch.setattr(module.subprocess, "call", call)
    return ran


def test_models_are_downloaded_once(commands: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = download_child(commands, monkeypatch, 0)
    commands.download_models()
    commands.download_models()
    assert len(ran) == 1
    (commands.ROOT / "installed.json").unlink()
    commands.download_models()
    assert len(ran) == 2


def test_another_home_is_checked_again(
    commands: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = download_child(commands, monkeypatch, 0)
    commands.download_models()
    monkeypatch.setenv("MMDESK_HOME", "/elsewhere")
    commands.download_models()
    assert len(ran) == 2


def test_a_failed_download_is_tried_again_next_time(
    commands: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = download_child(commands, monkeypatch, 3)
    commands.download_models()
    commands.download_models()
    assert len(ran) == 2


def test_without_a_display_the_ask_command_is_shown(
    commands: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    download_child(commands, monkeypatch, 0)
    monkeypatch.setattr(commands.sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert commands.main(["run"]) == 0
    assert "bootstrap.py run -- ask" in capsys.readouterr().err


def test_arguments_are_passed_on(commands: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    download_child(commands, monkeypatch, 0)
    became: list[list[str]] = []
    monkeypatch.setattr(commands, "WINDOWS", False)
    monkeypatch.setattr(commands.os, "execv", lambda path, command: became.append(command))
    commands.main(["run", "--", "ask", "a b"])
    assert became[0][1:] == ["-P", "-m", "mmdesk", "ask", "a b"]


def test_the_set_up_says_nothing_on_standard_output(
    commands: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    download_child(commands, monkeypatch, 3)
    monkeypatch.setattr(commands, "WINDOWS", False)
    monkeypatch.setattr(commands.os, "execv", lambda path, command: None)
    commands.main(["run", "--", "ask", "a"])
    told = capsys.readouterr()
    assert "downloading the models" in told.err
    assert told.out == ""


def test_every_check_runs_and_the_first_failure_is_returned(
    commands: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "download_models", lambda: None)
    ran: list[str] = []
    statuses = {"mypy": 7, "lint-imports": 5}

    def call(command: list[str], **options: object) -> int:
        name = "pytest" if "pytest" in command else command[0].rpartition("/")[2]
        ran.append(name)
        return statuses.get(name, 0)

    monkeypatch.setattr(commands.subprocess, "call", call)
    assert commands.main(["test"]) == 7
    assert ran == ["ruff", "ruff", "mypy", "lint-imports", "pytest"]
    assert "mypy FAILED; lint-imports FAILED" in capsys.readouterr().err


def test_small_keeps_the_small_model_and_else_the_machine_decides(
    commands: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = download_child(commands, monkeypatch, 0)
    began: list[str] = []
    monkeypatch.setattr(commands, "WINDOWS", False)
    monkeypatch.setattr(commands.os, "execv", lambda path, command: None)
    monkeypatch.setattr(commands, "download_larger_model", lambda: began.append("larger"))
    commands.main(["run", "--small", "--", "ask", "a"])
    assert "--small" in ran[-1]
    assert began == []
    (commands.ROOT / "installed.json").unlink()
    commands.main(["run", "--", "ask", "a"])
    assert "--decide" in ran[-1]
    assert began == ["larger"]


def test_the_tests_download_no_larger_model(
    commands: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = download_child(commands, monkeypatch, 0)
    began: list[str] = []
    monkeypatch.setattr(commands, "checks", list)
    monkeypatch.setattr(commands, "download_larger_model", lambda: began.append("larger"))
    commands.main(["test"])
    assert not {"--decide", "larger"} & set(ran[0])
    assert began == []
