"""An encrypted history in the window: locked, unlocked, turned on and off in the settings."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from mmdesk.history import HistoryVault
from mmdesk.history.encryption import key_file
from mmdesk.settings import home
from tests.fakes.echo_engine import EchoEngine
from tests.history.conftest import talk

PASSPHRASE = "three wet otters"
MARK = "Quittenmarmelade"


@pytest.fixture(autouse=True)
def quick_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_file, "_N", 2**10)


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    """Return a home with an encrypted history."""
    folder = tmp_path / "home"
    vault = HistoryVault(folder)
    vault.encrypt(PASSPHRASE)
    with closing(vault.open()) as archive:
        talk(archive, "How is it made?", "Boil quinces.", title=MARK)
    return folder


def titles(user) -> list[str]:
    rows = user.window.history.rows
    return [rows.index(at).data(Qt.ItemDataRole.DisplayRole) for at in range(rows.rowCount())]


def has_card(user) -> bool:
    card = user.window.history.unlock_card
    return card is not None and card.isVisible()


def enter(user, passphrase: str) -> None:
    field = user.window.findChild(QLineEdit, "unlockPassphrase")
    field.clear()
    user.qtbot.keyClicks(field, passphrase)
    user.press("unlockButton")


def test_a_locked_history_asks_in_the_window_and_chat_works_meanwhile(
    open_window, locked: Path
) -> None:
    user = open_window(EchoEngine())
    user.qtbot.waitUntil(lambda: has_card(user))
    assert not user.window.history.list.isVisible()
    user.ask("Hello from outside")
    enter(user, "three dry otters")
    assert user.reads("This is not the passphrase of the history.")
    enter(user, PASSPHRASE)
    user.qtbot.waitUntil(lambda: not has_card(user) and len(titles(user)) >= 2)
    assert user.window.history.list.isVisible()
    assert any(MARK in title for title in titles(user))
    assert user.app.shut_down()
    vault = HistoryVault(locked)
    vault.unlock(PASSPHRASE)
    with closing(vault.open()) as archive:
        assert archive.search("outside")


def test_the_passphrase_is_reached_by_tab_and_entered_by_return(open_window, locked: Path) -> None:
    user = open_window(EchoEngine())
    user.qtbot.waitUntil(lambda: has_card(user))
    panel = user.window.history
    panel.temporary_button.setFocus()
    user.qtbot.keyClick(panel.temporary_button, Qt.Key.Key_Tab)
    field = panel.unlock_card.passphrase
    assert user.window.focusWidget() is field
    assert field.echoMode() is QLineEdit.EchoMode.Password
    user.qtbot.keyClicks(field, PASSPHRASE)
    user.qtbot.keyClick(field, Qt.Key.Key_Return)
    user.qtbot.waitUntil(lambda: not has_card(user))


def test_a_damaged_key_file_is_one_sentence_in_the_card(open_window, locked: Path) -> None:
    (locked / "history.key").write_text("{}")
    user = open_window(EchoEngine())
    user.qtbot.waitUntil(lambda: has_card(user))
    enter(user, PASSPHRASE)
    assert user.reads("The key file of the encrypted history")
    assert user.reads("Put it back from a backup")
    assert (locked / "history.key").read_text() == "{}"


def press_in(dialog: QWidget, user, name: str) -> None:
    button = dialog.findChild(QWidget, name)
    assert button.isVisible(), name
    assert button.isEnabled(), name
    user.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_encryption_is_turned_on_changed_and_off_in_the_settings(open_window) -> None:
    user = open_window(EchoEngine())
    user.ask(f"How is {MARK} made?")
    settings = user.window.pages.open_settings(user.window.settings)
    fields = settings.encryption
    user.qtbot.waitUntil(fields.encrypt.isEnabled)
    press_in(settings, user, "encryptButton")
    dialog = settings.findChild(QWidget, "passphraseDialog")
    assert "no way to reset it" in dialog.findChild(QWidget, "passphraseWarning").text()
    user.qtbot.keyClicks(dialog.new, PASSPHRASE)
    press_in(dialog, user, "acceptPassphraseButton")
    assert dialog.problem.text() == "The two new passphrases differ."
    user.qtbot.keyClicks(dialog.again, PASSPHRASE)
    press_in(dialog, user, "acceptPassphraseButton")
    user.qtbot.waitUntil(lambda: fields.decrypt.isVisible() and fields.decrypt.isEnabled())
    assert fields.state.text() == "Conversations are encrypted."
    assert not (home() / "history.db").exists()
    user.ask("And still it goes on?")
    files = [path.read_bytes() for path in home().rglob("*") if path.is_file()]
    assert files
    assert not any(MARK.encode() in content for content in files)

    fields.change_wanted.emit("not the passphrase", "four dry otters")
    user.qtbot.waitUntil(lambda: "This is not the passphrase" in fields.state.text())
    fields.change_wanted.emit(PASSPHRASE, "four dry otters")
    user.qtbot.waitUntil(lambda: fields.state.text() == "The passphrase was changed.")

    user.qtbot.waitUntil(fields.decrypt.isEnabled)
    press_in(settings, user, "decryptButton")
    press_in(settings, user, "decryptQuestionYes")
    user.qtbot.waitUntil(lambda: fields.encrypt.isVisible() and fields.encrypt.isEnabled())
    settings.accept()
    assert user.app.shut_down()
    with closing(HistoryVault(home()).open()) as archive:
        assert archive.search(MARK)
        assert archive.search("goes on")
