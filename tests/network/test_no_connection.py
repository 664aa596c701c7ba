"""Chat, pictures, speech and documents in a real process with the real models: no connection."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from mmdesk.network import ConnectionLog
from mmdesk.settings import home


def run(home_folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    record = home_folder / "record"
    command = [sys.executable, "-m", "tests.network.recorded_main", str(record), *arguments]
    environment = os.environ | {"MMDESK_HOME": str(home_folder)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=500)


@pytest.fixture
def own_home(tmp_path: Path) -> Path:
    (tmp_path / "models").symlink_to(home() / "models")
    Image.new("RGB", (320, 240), "red").save(tmp_path / "red.png")
    soundfile.write(tmp_path / "quiet.wav", np.zeros(16000, np.float32), 16000)
    (tmp_path / "note.txt").write_text("The bridge opened in 1932. It is 503 metres long.")
    return tmp_path


VERBS = [
    ("ask", "When did it open?", "--file", "note.txt", "--max-tokens", "8"),
    ("describe", "red.png"),
    ("transcribe", "quiet.wav"),
    ("summarize", "note.txt", "--words", "10"),
]


@pytest.mark.model
@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb[0])
def test_no_task_connects_to_anything(own_home: Path, verb: tuple[str, ...]) -> None:
    arguments = [str(own_home / word) if (own_home / word).exists() else word for word in verb]
    done = run(own_home, *arguments)
    assert done.returncode == 0, done.stderr
    record = own_home / "record"
    assert not record.exists(), record.read_text()
    assert ConnectionLog(own_home / "logs" / "connections.jsonl").read() == ()


def test_a_connection_would_have_been_recorded(tmp_path: Path) -> None:
    assert run(tmp_path, "--prove").returncode == 0
    assert "192.0.2.1" in (tmp_path / "record").read_text()
