"""`mmdesk history encrypt`, `decrypt`, `passphrase`, as a shell sees them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from mmdesk.cli.main import main
from mmdesk.history.encryption import key_file
from mmdesk.history.store import Store
from tests.history.conftest import talk

PASSPHRASE = "three wet otters"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home with a conversation; scrypt is quick, and standard input is no terminal."""
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    monkeypatch.setattr(key_file, "_N", 2**10)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with closing(Store(tmp_path / "history.db")) as store:
        talk(store, "Where is the library?", "In the square.", title="Library")
    return tmp_path


def test_a_history_is_encrypted_listed_and_decrypted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MMDESK_PASSPHRASE", PASSPHRASE)
    assert main(["history", "encrypt"]) == 0
    assert "cannot be reset" in capsys.readouterr().err
    assert not (folder / "history.db").exists()
    assert main(["history", "list"]) == 0
    assert "Library" in capsys.readouterr().out
    assert main(["history", "encrypt"]) == 1
    assert "encrypted already" in capsys.readouterr().err
    assert main(["history", "decrypt"]) == 0
    monkeypatch.delenv("MMDESK_PASSPHRASE")
    capsys.readouterr()
    assert main(["history", "search", "square"]) == 0
    assert "Library" in capsys.readouterr().out


def test_a_wrong_or_missing_passphrase_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MMDESK_PASSPHRASE", PASSPHRASE)
    assert main(["history", "encrypt"]) == 0
    monkeypatch.setenv("MMDESK_PASSPHRASE", "three dry otters")
    for action in ("list", "decrypt"):
        capsys.readouterr()
        assert main(["history", action]) == 2
        assert capsys.readouterr().err == "mmdesk: This is not the passphrase of the history.\n"
    monkeypatch.delenv("MMDESK_PASSPHRASE")
    assert main(["history", "list"]) == 2
    assert "MMDESK_PASSPHRASE" in capsys.readouterr().err


def test_the_passphrase_is_changed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MMDESK_PASSPHRASE", PASSPHRASE)
    assert main(["history", "passphrase"]) == 1
    assert "not encrypted" in capsys.readouterr().err
    assert main(["history", "encrypt"]) == 0
    monkeypatch.setenv("MMDESK_NEW_PASSPHRASE", "short")
    assert main(["history", "passphrase"]) == 2
    monkeypatch.setenv("MMDESK_NEW_PASSPHRASE", "four dry otters")
    assert main(["history", "passphrase"]) == 0
    assert main(["history", "list"]) == 2
    monkeypatch.setenv("MMDESK_PASSPHRASE", "four dry otters")
    assert main(["history", "list"]) == 0


def test_a_terminal_is_asked_without_echo_and_twice_for_a_new_passphrase(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MMDESK_PASSPHRASE", raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    typed = [PASSPHRASE, "another one", PASSPHRASE, PASSPHRASE, PASSPHRASE]
    monkeypatch.setattr("getpass.getpass", lambda prompt: typed.pop(0))
    assert main(["history", "encrypt"]) == 2
    assert "The two new passphrases differ." in capsys.readouterr().err
    assert main(["history", "encrypt"]) == 0
    assert main(["history", "list"]) == 0
    assert "Library" in capsys.readouterr().out
    assert typed == []
