from __future__ import annotations

from types import ModuleType

import pytest

Setup = dict[str, ModuleType]


@pytest.fixture
def libraries(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A Linux where two libraries are missing."""
    module = setup["setup_libraries"]
    monkeypatch.setattr(module.sys, "platform", "linux")
    known = [name for name in module.LIBRARIES if "xcb-icccm" not in name and "EGL" not in name]
    monkeypatch.setattr(module, "known_libraries", lambda: "\n".join(known))
    monkeypatch.setattr(module.shutil, "which", lambda name: f"/usr/bin/{name}")
    return module


def nothing_runs(command: list[str], env: object = None) -> int:
    raise AssertionError(command)


def test_root_installs_exactly_what_is_missing(
    libraries: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries.os, "geteuid", lambda: 0)
    ran: list[list[str]] = []

    def run(command: list[str], env: dict[str, str]) -> int:
        ran.append(command)
        return 0

    libraries.install_libraries(run)
    assert ran[-1][-2:] == ["libegl1", "libxcb-icccm4"]
    assert "install" in ran[-1]


def test_others_are_shown_the_command(
    libraries: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(libraries.os, "geteuid", lambda: 1000)
    libraries.install_libraries(nothing_runs)
    command = "sudo apt-get install --no-install-recommends libegl1 libxcb-icccm4"
    assert command in capsys.readouterr().out


def test_without_apt_the_libraries_are_named(
    libraries: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(libraries.shutil, "which", lambda name: None)
    libraries.install_libraries(nothing_runs)
    assert "libEGL.so.1 libxcb-icccm.so.4" in capsys.readouterr().out


def test_an_interrupted_dpkg_is_mended(
    libraries: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries.os, "geteuid", lambda: 0)
    ran: list[str] = []

    def run(command: list[str], env: dict[str, str]) -> int:
        ran.append(command[0] if command[0] == "dpkg" else command[4])
        return 100 if ran.count("install") == 1 else 0

    libraries.install_libraries(run)
    assert ran == ["update", "install", "dpkg", "install"]


def test_nothing_missing_asks_nobody(
    libraries: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "known_libraries", lambda: "\n".join(libraries.LIBRARIES))
    libraries.install_libraries(nothing_runs)
