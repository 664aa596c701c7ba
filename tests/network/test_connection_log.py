"""Every connection is in the log: when, where, why, how much, how it ended; and it stays small."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from mmdesk.network import ConnectionLog
from mmdesk.network.connection_log import MAX_BYTES
from mmdesk.translatable import TranslatableText
from mmdesk.values import Connection


@pytest.fixture
def log(tmp_path: Path) -> ConnectionLog:
    return ConnectionLog(tmp_path / "logs" / "connections.jsonl")


def connection(time: float = 1.0, result: str = "not finished", host: str = "h") -> Connection:
    reason = TranslatableText("download of {title}", title="Whisper")
    return Connection(time, host, 443, reason, TranslatableText(result), 10, 20)


def test_what_became_of_a_connection_replaces_its_beginning(log: ConnectionLog) -> None:
    log.write("a", connection(1.0))
    log.write("b", connection(2.0))
    log.write("a", connection(1.0, "answered 200"))
    assert [one.result for one in log.read()] == ["not finished", "answered 200"]
    assert log.read()[0] == connection(2.0)
    assert log.read()[0].reason.template == "download of {title}"


def test_the_home_of_the_user_is_where_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    ConnectionLog().write("a", connection())
    assert (tmp_path / "logs" / "connections.jsonl").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_nobody_else_can_read_it(log: ConnectionLog) -> None:
    log.write("a", connection())
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.path.parent.stat().st_mode) == 0o700


def test_it_stays_small_and_keeps_the_latest(log: ConnectionLog) -> None:
    for number in range(3000):
        log.write(str(number), connection(float(number), host="h" * 200))
    size = sum(path.stat().st_size for path in log.path.parent.iterdir())
    assert size < 2 * MAX_BYTES + 5000
    assert log.read()[0].time == 2999


def test_damaged_lines_are_left_out(log: ConnectionLog) -> None:
    log.write("a", connection())
    with log.path.open("ab") as stream:
        stream.write(b'\xff\xfe\n{"key": 1}\n[]\nnull\n{"key": "x", "time": "now"}\n')
        stream.write(b'{"key":"y","time":1,"host":"h","port":1,"reason":["{a.b}",{"a":"x"}],')
        stream.write(b'"result":["x",{}],"sent":1,"received":1}\n' + b"[" * 3000 + b"\n")
    assert log.read()[-1] == connection()
    log.clear()
    assert log.read() == ()
    log.clear()


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    log = ConnectionLog(tmp_path / "logs" / "connections.jsonl")
    log.write("a", connection())
    assert log.read() == ()


def test_an_address_of_numbers_is_written_as_one() -> None:
    assert connection(host="::1").address == "[::1]:443"
    assert connection(host="example.org").address == "example.org:443"
