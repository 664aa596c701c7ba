"""The CPU build of PyTorch comes where a CUDA build would be useless, and where it can be had."""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from types import ModuleType

import pytest

Setup = dict[str, ModuleType]


@pytest.fixture
def torch_step(
    setup: Setup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[ModuleType, list[list[str]], dict[str, Path]]:
    """Return the module, the commands that it runs, and its places: Linux without a card."""
    module, commands = setup["setup_torch"], []
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(module, "has_nvidia", lambda: False)
    monkeypatch.setattr(module, "index_answers", lambda: True)
    monkeypatch.delenv("PIP_NO_INDEX", raising=False)
    constraints = tmp_path / "packaging" / "constraints.txt"
    constraints.write_text("# torch: words\ntorch==2.13.0\nPySide6-Essentials<6.12\n")
    places = {"python": Path("python"), "venv": tmp_path / ".venv", "constraints": constraints}
    return module, commands, places


def install(torch_step: tuple[ModuleType, list[list[str]], dict[str, Path]]) -> list[list[str]]:
    module, commands, places = torch_step

    def run(command: list[str]) -> int:
        commands.append(command)
        return 0

    module.install_cpu_torch(run, **places)
    return commands


def test_without_a_card_the_build_comes_from_pytorchs_index(torch_step) -> None:
    (command,) = install(torch_step)
    assert command[-1] == "torch==2.13.0"
    assert command[command.index("--index-url") + 1] == torch_step[0].CPU_INDEX
    assert "--no-deps" in command


def test_with_a_card_the_usual_build_comes(torch_step, monkeypatch) -> None:
    monkeypatch.setattr(torch_step[0], "has_nvidia", lambda: True)
    assert install(torch_step) == []


def test_where_the_index_cannot_be_reached_the_usual_build_comes(torch_step, monkeypatch) -> None:
    monkeypatch.setattr(torch_step[0], "index_answers", lambda: False)
    assert install(torch_step) == []


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_need_no_other_build(torch_step, monkeypatch, system: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert install(torch_step) == []


def test_pip_without_an_index_is_left_alone(torch_step, monkeypatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert install(torch_step) == []


def test_a_torch_that_is_installed_stays(torch_step) -> None:
    venv = torch_step[2]["venv"]
    metadata = venv / "lib/python3.11/site-packages/torch-2.13.0+cpu.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "RECORD").touch()
    assert install(torch_step) == []


def test_a_failure_does_not_end_the_set_up(torch_step, capsys) -> None:
    module, _, places = torch_step
    module.install_cpu_torch(lambda command: 1, **places)
    assert "the usual one follows" in capsys.readouterr().err


def test_an_index_that_does_not_answer_is_no_error(setup: Setup, monkeypatch) -> None:
    monkeypatch.setattr(setup["setup_torch"], "CPU_INDEX", "http://127.0.0.1:9")
    assert not setup["setup_torch"].index_answers()


def test_the_driver_tells_of_a_card(setup: Setup, tmp_path: Path, monkeypatch) -> None:
    module = setup["setup_torch"]
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    monkeypatch.setattr(module, "NVIDIA_FILES", (str(tmp_path / "no"),))
    assert not module.has_nvidia()
    monkeypatch.setattr(module, "NVIDIA_FILES", (str(tmp_path),))
    assert module.has_nvidia()
