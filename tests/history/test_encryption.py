"""An encrypted history: nothing readable on the disk, and a change back and forth that is safe."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mmdesk.errors import HistoryLocked, InputError, MMDeskError
from mmdesk.history.archive import Archive
from mmdesk.history.encryption import cipher_connection, data_key, key_file, migration
from mmdesk.history.encryption.key_file import KeyFile, WrongPassphrase
from mmdesk.history.encryption.vault import HistoryVault
from mmdesk.values import AudioInput
from tests.history.conftest import talk, texts
from tests.history.test_store import DOG

MARK = "Quittenmarmelade"
PASSPHRASE = "three wet otters"
_PAGE = 4096
_PCM = b"\0\0\0\x3f" * 1600
SOUND = AudioInput("rain.wav", _PCM, hashlib.sha256(_PCM).hexdigest())


@pytest.fixture(autouse=True)
def quick_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_file, "_N", 2**10)


@pytest.fixture(autouse=True)
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Put a keyring in memory in the place of the system's."""
    kept: dict[str, str] = {}
    vault = "mmdesk.history.encryption.vault"
    monkeypatch.setattr(f"{vault}.stored_key", lambda name: kept.get(name, ""))
    monkeypatch.setattr(f"{vault}.store_key", kept.__setitem__)
    return kept


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a plain history about MARK, with a picture, a sound and a damaged copy."""
    folder = tmp_path / "home"
    with closing(HistoryVault(folder).open()) as archive:
        archive.save_picture(DOG)
        talk(archive, f"How is {MARK} made?", f"{MARK}: boil quinces.", title=MARK, images=(DOG,))
        talk(archive, "Listen.", "Rain.", audio=(SOUND,))
    (folder / "history.db.damaged-20260101-000000").write_text(f"damaged {MARK}")
    return folder


def contents(folder: Path) -> tuple:
    """Return what a user has in the history."""
    with closing(opened(folder)) as archive:
        infos = archive.conversations()
        damaged = sorted(path.read_bytes() for path in folder.glob("history.db.damaged-*"))
        return (
            [(info, texts(archive, info.id)) for info in infos],
            [(hit.title, hit.excerpt) for hit in archive.search(MARK.lower())],
            archive.picture_png(DOG.sha256),
            archive.sound(SOUND.sha256),
            damaged,
        )


def opened(folder: Path) -> Archive:
    vault = HistoryVault(folder)
    if vault.is_encrypted:
        vault.unlock(PASSPHRASE)
    return vault.open()


def readable(folder: Path) -> list[str]:
    """Return the files in which the mark, or the picture's digest, can be read."""
    words = [MARK.encode(), MARK.lower().encode(), DOG.sha256.encode(), b"\x89PNG\r\n", b"WAVEfmt "]
    return [
        str(path)
        for path in folder.rglob("*")
        if path.is_file()
        and (any(word in path.read_bytes() for word in words) or DOG.sha256 in path.name)
    ]


def test_nothing_can_be_read_of_an_encrypted_history(home: Path) -> None:
    before = contents(home)
    assert readable(home)
    vault = HistoryVault(home)
    told: list[tuple[int, int]] = []
    vault.encrypt(PASSPHRASE, lambda done, every: told.append((done, every)))
    assert readable(home) == []
    assert told[-1][0] == told[-1][1] > 0
    assert contents(home)[:-1] == before[:-1]
    with closing(vault.open()) as archive:
        talk(archive, f"More {MARK}", "Yes.", title=MARK)
        archive.save_picture(DOG)
        assert readable(home) == []  # with the log of the open database
    assert readable(home) == []


def test_a_decrypted_history_is_as_it_was(home: Path) -> None:
    before = contents(home)
    vault = HistoryVault(home)
    vault.encrypt(PASSPHRASE)
    vault.decrypt()
    assert not vault.is_encrypted
    assert contents(home) == before
    assert not list(home.glob("*encrypted*"))
    assert not list(home.glob("history.key*"))


def test_the_right_passphrase_opens_and_another_one_does_not(home: Path) -> None:
    HistoryVault(home).encrypt(PASSPHRASE)
    vault = HistoryVault(home)
    with pytest.raises(HistoryLocked):
        vault.open()
    with pytest.raises(WrongPassphrase, match="This is not the passphrase of the history"):
        vault.unlock("three dry otters")
    with pytest.raises(HistoryLocked):
        vault.open()
    vault.unlock(PASSPHRASE)
    vault.open().close()


def test_a_changed_passphrase_encrypts_the_key_anew_and_nothing_else(home: Path) -> None:
    HistoryVault(home).encrypt(PASSPHRASE)
    database = (home / migration.ENCRYPTED).read_bytes()
    vault = HistoryVault(home)
    with pytest.raises(WrongPassphrase):
        vault.change_passphrase("wrong wrong", "four dry otters")
    vault.change_passphrase(PASSPHRASE, "four dry otters")
    with pytest.raises(WrongPassphrase):
        vault.unlock(PASSPHRASE)
    vault.unlock("four dry otters")
    vault.open().close()
    assert (home / migration.ENCRYPTED).read_bytes() == database


def test_a_key_in_the_keyring_opens_without_a_passphrase(
    home: Path, keyring: dict[str, str]
) -> None:
    HistoryVault(home).encrypt(PASSPHRASE)
    HistoryVault(home).unlock(PASSPHRASE, keep=True)
    HistoryVault(home).open().close()
    keyring["history"] = "ab" * 32  # of another history
    with pytest.raises(HistoryLocked):
        HistoryVault(home).open()


def test_a_short_passphrase_is_refused_and_nothing_changes(home: Path) -> None:
    before = contents(home)
    with pytest.raises(InputError, match="at least 8 characters"):
        HistoryVault(home).encrypt("short")
    assert contents(home) == before


def test_a_missing_library_is_one_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    HistoryVault(home).encrypt(PASSPHRASE)
    monkeypatch.setattr(data_key, "_LIBRARIES", ("sqlcipher_of_nobody",))
    for action in (HistoryVault(home).open, lambda: HistoryVault(home).unlock(PASSPHRASE)):
        with pytest.raises(MMDeskError, match="needs the library sqlcipher_of_nobody"):
            action()


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"version": 1, "n": 1e9}'])
def test_a_damaged_key_file_is_told_and_kept(home: Path, content: bytes) -> None:
    HistoryVault(home).encrypt(PASSPHRASE)
    file = home / migration.KEY_FILE
    sound = file.read_bytes()
    file.write_bytes(content)
    with pytest.raises(MMDeskError, match=r"The key file .* cannot be read"):
        HistoryVault(home).unlock(PASSPHRASE)
    assert file.read_bytes() == content
    file.write_bytes(sound.replace(b'"wrapped": "', b'"wrapped": "0'))
    with pytest.raises(MMDeskError, match=r"The key file .* cannot be read"):
        HistoryVault(home).unlock(PASSPHRASE)
    file.write_bytes(sound)
    opened(home).close()


def test_a_missing_key_file_is_told_and_nothing_is_removed(home: Path) -> None:
    HistoryVault(home).encrypt(PASSPHRASE)
    (home / migration.KEY_FILE).rename(home / "elsewhere")
    with pytest.raises(MMDeskError, match=r"The key file .* is missing"):
        HistoryVault(home).open()
    (home / "elsewhere").rename(home / migration.KEY_FILE)
    opened(home).close()


def test_a_key_file_cannot_ask_for_all_memory(home: Path) -> None:
    HistoryVault(home).encrypt(PASSPHRASE)
    content = KeyFile(home / migration.KEY_FILE)._read()
    greedy = dataclasses.replace(content, n=2**30)
    values = {**dataclasses.asdict(greedy), "sha256": greedy.digest()}
    (home / migration.KEY_FILE).write_text(json.dumps(values))
    with pytest.raises(MMDeskError, match="cannot be read"):
        HistoryVault(home).unlock(PASSPHRASE)


def test_a_history_in_use_is_not_encrypted(home: Path) -> None:
    before = contents(home)
    with closing(HistoryVault(home).open()) as archive:
        archive.conversations()
        with pytest.raises(MMDeskError, match="Another mmdesk is using the conversations"):
            HistoryVault(home).encrypt(PASSPHRASE)
        talk(archive, "Still", "here")
    assert len(contents(home)[0]) == len(before[0]) + 1


def test_a_foreign_history_in_the_way_is_not_overwritten(home: Path) -> None:
    HistoryVault(home).encrypt(PASSPHRASE)
    with closing(Archive(home / migration.PLAIN)) as other:  # as an earlier mmdesk makes it
        talk(other, "From an earlier mmdesk", "Yes")
    vault = HistoryVault(home)
    vault.unlock(PASSPHRASE)
    with pytest.raises(MMDeskError, match="is in the way"):
        vault.decrypt()
    with closing(Archive(home / migration.PLAIN)) as other:
        assert len(other.conversations()) == 1


def test_a_damaged_page_of_an_encrypted_database_loses_no_more_than_its_rows(home: Path) -> None:
    with closing(opened(home)) as archive:
        for number in range(60):
            talk(archive, f"question {number} " * 900, "answer " * 900)
    vault = HistoryVault(home)
    vault.encrypt(PASSPHRASE)
    file = home / migration.ENCRYPTED
    data = bytearray(file.read_bytes())
    with closing(vault.open()) as archive:
        count = len(archive.conversations())
    middle = len(data) // _PAGE * 3 // 4  # in the messages, which come last
    for page in range(middle, middle + 6):
        data[page * _PAGE + 200] ^= 1
    file.write_bytes(data)
    with closing(vault.open()) as archive:
        infos = archive.conversations()
        with pytest.raises(sqlite3.DatabaseError) as raised:
            [archive.open(info.id) for info in infos]
        assert archive.heal(raised.value)
        assert archive.salvaged == len(archive.conversations()) == count
        assert any(archive.open(info.id).messages for info in archive.conversations())
    assert readable(home) == []


def test_a_damaged_first_page_starts_a_new_history_and_the_old_file_is_kept(home: Path) -> None:
    vault = HistoryVault(home)
    vault.encrypt(PASSPHRASE)
    file = home / migration.ENCRYPTED
    data = bytearray(file.read_bytes())
    data[200] ^= 1
    file.write_bytes(data)
    with closing(vault.open()) as archive:
        assert archive.conversations() == ()
        assert archive.damaged is not None
        assert archive.damaged.read_bytes() == data
    vault.decrypt()
    assert archive.damaged.read_bytes() == data  # and the key that opens it
    assert list(home.glob("history.key.*"))


@pytest.mark.parametrize("moment", ["marked", "file", "database", "rows", "switch"])
def test_a_full_disk_leaves_the_history_as_it_was(
    home: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(home)

    def step(name: str) -> None:
        if name == moment:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(migration, "step", step)
    with pytest.raises(MMDeskError, match=r"No space left on device\. They are as they were"):
        HistoryVault(home).encrypt(PASSPHRASE)
    assert contents(home) == before
    assert not list(home.glob("*encrypted*"))


def killed(action, at: int) -> bool:
    """Run an action in a process that dies at a step; False when it had fewer steps."""
    child = os.fork()
    if not child:
        left = [at]

        def step(name: str) -> None:
            left[0] -= 1
            if left[0] < 0:
                os._exit(9)

        migration.step = step
        try:
            action()
        except BaseException:  # noqa: BLE001  the child must not go on with pytest
            os._exit(1)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 9)
    return status == 9


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the kill needs fork")
def test_a_kill_between_any_two_steps_of_encryption_loses_nothing(home: Path) -> None:
    before, at, forms = contents(home), 0, set()
    while killed(lambda: HistoryVault(home).encrypt(PASSPHRASE), at):
        assert contents(home)[:-1] == before[:-1]  # opening has finished or undone it
        vault = HistoryVault(home)
        forms.add(vault.is_encrypted)
        if vault.is_encrypted:
            assert readable(home) == []
            vault.unlock(PASSPHRASE)
            vault.decrypt()
        assert contents(home) == before
        assert not list(home.glob("*encrypted*"))
        at += 1
    assert at > 10
    assert forms == {True, False}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the kill needs fork")
def test_a_kill_between_any_two_steps_of_decryption_loses_nothing(home: Path) -> None:
    before, at, forms = contents(home), 0, set()

    def decrypt() -> None:
        vault = HistoryVault(home)
        vault.unlock(PASSPHRASE)
        vault.decrypt()

    HistoryVault(home).encrypt(PASSPHRASE)
    while killed(decrypt, at):
        assert contents(home)[:-1] == before[:-1]
        vault = HistoryVault(home)
        forms.add(vault.is_encrypted)
        if vault.is_encrypted:
            assert readable(home) == []
        else:
            assert contents(home) == before
            assert not list(home.glob("*encrypted*"))
            vault.encrypt(PASSPHRASE)
        at += 1
    assert at > 10
    assert forms == {True, False}
    assert contents(home) == before


def test_exceptions_are_those_of_sqlite3(tmp_path: Path) -> None:
    key = data_key.DataKey.random()
    with closing(cipher_connection.connect_encrypted(tmp_path / "x.db", key, 1)) as connection:
        connection.execute("CREATE TABLE t (a UNIQUE)")
        connection.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            connection.execute("SELECT * FROM u")
        assert list(connection.execute("SELECT a FROM t")) == [(1,), (2,)]
    other = data_key.DataKey.random()
    with closing(cipher_connection.connect_encrypted(tmp_path / "x.db", other, 1)) as connection:
        with pytest.raises(sqlite3.DatabaseError) as raised:
            connection.execute("SELECT * FROM t")
        assert raised.value.sqlite_errorcode == sqlite3.SQLITE_NOTADB
