"""Hostile files cost one sentence: no memory, no time, no orphan, no standing window."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
import soundfile

from mmdesk.errors import Cancelled, InputError
from mmdesk.workers import decoded_values, file_decoder
from mmdesk.workers.file_decoder import FileDecoder
from mmdesk.workers.file_loader import FileLoader
from tests.inputs.hostile import docx_bomb, nested_pdf

NO_CANCEL = threading.Event()
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")

LIMITED = """
from mmdesk.workers import decoder_limits
decoder_limits.limit_resources()
decoder_limits.limit_cpu(1)
"""


def run_limited(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LIMITED + code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@on_linux
@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("bytearray(5 << 30)", "MemoryError"),
        ("open('written', 'w').write('x' * 10_000)", "File too large"),
        ("files = [open('/dev/null') for _ in range(100)]", "Too many open files"),
    ],
)
def test_the_child_takes_no_more_than_its_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, error: str
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    monkeypatch.chdir(tmp_path)
    assert error in run_limited(code).stderr


@on_linux
def test_the_child_computes_no_longer_than_its_limit() -> None:
    began = time.monotonic()
    assert run_limited("while True: pass").returncode == -signal.SIGXCPU
    assert time.monotonic() - began < 30


@on_linux
def test_a_file_that_wants_all_memory_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "nested.pdf").write_bytes(nested_pdf())
    with FileDecoder(NO_CANCEL) as files, pytest.raises(InputError, match=r"nested\.pdf"):
        files.load_any(tmp_path / "nested.pdf")


def test_a_document_that_unpacks_to_too_much_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "bomb.docx").write_bytes(docx_bomb(80))
    began = time.monotonic()
    with FileDecoder(NO_CANCEL) as files, pytest.raises(InputError, match="unpack"):
        files.load_any(tmp_path / "bomb.docx")
    assert time.monotonic() - began < 20


def test_the_decoder_goes_on_after_a_crash(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("A note.", encoding="utf-8")
    with FileDecoder(NO_CANCEL) as files:
        assert files.load_any(tmp_path / "note.txt").text == "A note."  # type: ignore[union-attr]
        assert files._process is not None
        files._process.kill()
        with pytest.raises(InputError, match="crashed"):
            files.load_any(tmp_path / "note.txt")
        assert files.load_document(b"Bytes.", "standard input").text == "Bytes."


def test_a_text_in_an_old_encoding_is_read_in_the_child() -> None:
    """Its encoding is found from its language; the library for that wants to write a file."""
    text = "Grüße aus Köln, schöne Tage und viele Äpfel.\n" * 3
    with FileDecoder(NO_CANCEL) as files:
        assert files.load_document(text.encode("cp1252"), "old.txt").text.strip() == text.strip()


def test_a_decoder_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_decoder, "LIMIT_S", 0.0)
    (tmp_path / "bomb.docx").write_bytes(docx_bomb(40))
    with FileDecoder(NO_CANCEL) as files, pytest.raises(InputError, match="took too long"):
        files.load_any(tmp_path / "bomb.docx")


def test_a_stop_ends_the_decoder(tmp_path: Path) -> None:
    (tmp_path / "bomb.docx").write_bytes(docx_bomb(40))
    stop = threading.Event()
    threading.Timer(1.0, stop.set).start()
    began = time.monotonic()
    with FileDecoder(stop) as files, pytest.raises(Cancelled):
        files.load_any(tmp_path / "bomb.docx")
    assert time.monotonic() - began < 10


PARENT = """
import sys, threading
from pathlib import Path
from mmdesk.workers.file_decoder import FileDecoder
files = FileDecoder(threading.Event())
files.load_document(b"first", "first.txt")
print(files._process.pid, flush=True)
files.load_any(Path(sys.argv[1]))
"""


@on_linux
def test_the_child_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "bomb.docx").write_bytes(docx_bomb(40))
    command = [sys.executable, "-c", PARENT, str(tmp_path / "bomb.docx")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    _gone, alive = psutil.wait_procs([child], timeout=10)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_a_long_sound_is_taken_out_of_the_pipe_by_another_thread(
    qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "silence.flac"
    soundfile.write(path, np.zeros(8000 * 600, np.int16), 8000)
    readers = []

    def read(stream):
        readers.append(threading.current_thread())
        return decoded_values.read(stream)

    # It kept the window's thread busy for 18 ms at an hour of sound.
    monkeypatch.setattr(file_decoder, "decoded_values", SimpleNamespace(read=read))
    loader = FileLoader()
    with qtbot.waitSignal(loader.loaded, timeout=60_000) as loaded:
        loader.load_paths([str(path)])
    loader.close()
    assert loaded.args[0].seconds == pytest.approx(600)
    assert readers
    assert threading.main_thread() not in readers
