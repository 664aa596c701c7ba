from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.bootstrap.conftest import PACKAGING

Setup = dict[str, ModuleType]


@pytest.fixture
def libraries(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the module on a Linux where two libraries are missing."""
    module = setup["setup_libraries"]
    monkeypatch.setattr(module.sys, "platform", "linux")
    known = [name for name in module.LIBRARIES if "xcb-icccm" not in name and "EGL" not in name]
    monkeypatch.setattr(module, "known_libraries", lambda: "\n".join(known))
    monkeypatch.setattr(module.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(module, "has_chinese_font", lambda: True)
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
    assert command in capsys.readouterr().err


AS_A_USER = """
import sys
sys.path.insert(0, sys.argv[1])
import os
import setup_libraries as libraries
if os.geteuid() == 0:
    os.setuid(65534)  # nobody
libraries.known_libraries = lambda: "libEGL.so.1"
libraries.shutil.which = lambda name: "/usr/bin/" + name
def refuse(command, env=None):
    raise SystemExit("ran " + " ".join(command))
libraries.install_libraries(refuse)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a branch of Linux")
def test_a_real_user_without_rights_gets_a_command_a_shell_can_run() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", AS_A_USER, str(PACKAGING)],
        capture_output=True,
        text=True,
        check=True,
    )
    line = done.stderr.splitlines()[-1]
    update, install = (shlex.split(part) for part in line.split("&&"))
    assert update == ["sudo", "apt-get", "update"]
    assert install[:4] == ["sudo", "apt-get", "install", "--no-install-recommends"]
    assert "libxcb-icccm4" in install
    assert "libegl1" not in install


def test_without_apt_the_libraries_are_named(
    libraries: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(libraries.shutil, "which", lambda name: None)
    libraries.install_libraries(nothing_runs)
    assert "libEGL.so.1 libxcb-icccm.so.4" in capsys.readouterr().err


def test_an_interrupted_dpkg_is_repaired(
    libraries: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries.os, "geteuid", lambda: 0)
    ran: list[str] = []

    def run(command: list[str], env: dict[str, str]) -> int:
        ran.append(command[0] if command[0] == "dpkg" else command[4])
        return 100 if ran.count("install") == 1 else 0

    libraries.install_libraries(run)
    assert ran == ["update", "install", "dpkg", "install"]


def test_a_font_for_chinese_comes_where_there_is_none(
    libraries: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(libraries, "known_libraries", lambda: "\n".join(libraries.LIBRARIES))
    monkeypatch.setattr(libraries, "has_chinese_font", lambda: False)
    monkeypatch.setattr(libraries.os, "geteuid", lambda: 1000)
    libraries.install_libraries(nothing_runs)
    told = capsys.readouterr().err
    assert "a font for Chinese is missing" in told
    assert told.rstrip().endswith("--no-install-recommends fonts-droid-fallback")
    monkeypatch.setattr(libraries.shutil, "which", lambda name: None)
    libraries.install_libraries(nothing_runs)
    assert not capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "found"),
    [("DejaVuSans.ttf", False), ("NotoSansCJK-Regular.ttc", True), ("wqy-zenhei.ttc", True)],
)
def test_a_font_for_chinese_is_known_by_its_name(
    setup: Setup, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file: str, found: bool
) -> None:
    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype" / file).touch()
    module = setup["setup_libraries"]
    monkeypatch.setattr(module, "FONT_FOLDERS", (str(tmp_path), str(tmp_path / "none")))
    assert module.has_chinese_font() is found


def test_nothing_missing_asks_nobody(
    libraries: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libraries, "known_libraries", lambda: "\n".join(libraries.LIBRARIES))
    libraries.install_libraries(nothing_runs)


def test_the_set_up_installs_what_the_window_checks_for(libraries: ModuleType) -> None:
    from mmdesk.app import display_check

    checked = display_check.GUI_LIBRARIES | display_check.XCB_LIBRARIES
    assert len(checked) == 25
    assert checked.items() <= libraries.LIBRARIES.items()
    assert libraries.LIBRARIES["libportaudio.so.2"] == "libportaudio2"
