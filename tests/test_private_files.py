"""What mmdesk keeps can be read by the user's own account and by no other."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mmdesk import settings
from mmdesk.app import crash_log
from mmdesk.app.window_geometry import save_geometry
from mmdesk.history import Archive
from mmdesk.private_files import make_private_folder, open_private, restrict, restrict_home
from mmdesk.settings import Settings
from mmdesk.values import ConversationInfo, new_id

pytestmark = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def open_to_others(folder: Path) -> dict[str, str]:
    """Return the paths under a folder, itself included, that other accounts may use."""
    paths = (folder, *folder.rglob("*"))
    return {path.name: oct(mode(path)) for path in paths if mode(path) & 0o077}


def test_missing_parents_are_private_too(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "b" / "c")
    assert [mode(tmp_path / name) for name in ("a", "a/b", "a/b/c")] == [0o700] * 3


def test_a_file_in_the_folders_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(FileExistsError):
        make_private_folder(tmp_path / "a")


def test_a_file_that_exists_is_restricted_and_keeps_its_content(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("before, ")
    with open_private(path, "a") as file:
        file.write("after")
    assert path.read_text() == "before, after"
    assert mode(path) == 0o600


def test_a_folder_that_is_shared_on_purpose_stays_shared(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    restrict(shared)
    assert mode(shared) == 0o1777


def test_the_users_home_folder_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = tmp_path / "user"
    account.mkdir()
    monkeypatch.setenv("HOME", str(account))
    restrict(account)
    assert mode(account) == 0o755


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "model.bin").touch()
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(outside)
    restrict_home(home)
    assert mode(home) == 0o700
    assert mode(outside) == 0o755
    assert mode(outside / "model.bin") == 0o644


def test_an_earlier_home_is_restricted_whole(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for name in ("history.db", "history.db-wal", "logs/mmdesk.log", "attachments/ab/x.png"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).touch()
    restrict_home(home)
    assert open_to_others(home) == {}
    assert mode(home / "history.db") == 0o600
    assert mode(home / "attachments" / "ab") == 0o700


def test_what_is_not_mmdesks_own_in_its_home_is_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    script = home / "script.sh"
    script.touch(0o755)
    restrict_home(home)
    assert mode(script) == 0o755


def test_a_home_that_is_not_there_is_not_created(tmp_path: Path) -> None:
    restrict_home(tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_the_settings_are_private(tmp_path: Path) -> None:
    settings.save(Settings(), tmp_path / "home" / "settings.json")
    assert open_to_others(tmp_path / "home") == {}


def test_the_history_is_private_while_it_is_open(tmp_path: Path) -> None:
    with closing(Archive(tmp_path / "home" / "history.db")) as archive:
        archive.begin(ConversationInfo(new_id(), "A title", 0.0, 0.0))
        assert {path.name for path in (tmp_path / "home").glob("history.db-*")} != set()
        assert open_to_others(tmp_path / "home") == {}


def test_the_logs_are_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crash_log.faulthandler, "enable", lambda _file: None)
    root = logging.getLogger()
    before = list(root.handlers)
    crash_log.begin(tmp_path / "home" / "logs")
    logging.getLogger("test").error("written down")
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()
    assert (tmp_path / "home" / "logs" / "mmdesk.log").exists()
    assert open_to_others(tmp_path / "home") == {}


def test_the_engines_log_is_private(tmp_path: Path) -> None:
    path = tmp_path / "home" / "engine.log"
    code = (
        "import sys, pathlib; from mmdesk.engine import engine_main;"
        "engine_main._redirect_output(pathlib.Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, timeout=60)
    assert path.exists()
    assert open_to_others(tmp_path / "home") == {}


def test_the_windows_geometry_is_private(tmp_path: Path, qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    save_geometry(widget, tmp_path / "home" / "window.json")
    assert (tmp_path / "home" / "window.json").exists()
    assert open_to_others(tmp_path / "home") == {}


def test_a_verb_of_the_command_line_restricts_an_earlier_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mmdesk.cli import main

    home = tmp_path / "home"
    (home / "logs").mkdir(parents=True)
    (home / "settings.json").write_text("{}")
    monkeypatch.setenv("MMDESK_HOME", str(home))
    assert main.main(["history", "list"]) == 0
    assert open_to_others(home) == {}
