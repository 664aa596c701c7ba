"""A decoder that was taken over can change no file, reach nobody and start nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mmdesk.sandbox import forbid_writing

# Libraries are called through ctypes, as code in a process that was taken over would do it.
TRIES = """
import ctypes, json, os, sys
from mmdesk.sandbox import forbid_calls, forbid_internet, forbid_writing
libc = ctypes.CDLL(None, use_errno=True)
os.chdir(sys.argv[1])
parts = {parts}
def call(name, *arguments):
    ctypes.set_errno(0)
    libc[name](*arguments)
    return os.strerror(ctypes.get_errno())
AF_UNIX, AF_INET, AF_INET6, STREAM, DATAGRAM = 1, 2, 10, 1, 2
program = (ctypes.c_char_p * 2)(b"true", None)
print(json.dumps({{
    "program": {start},
    "parts": parts,
    "tcp": call("socket", AF_INET, STREAM, 0),
    "udp": call("socket", AF_INET6, DATAGRAM, 0),
    "unix": call("socket", AF_UNIX, STREAM, 0),
    "new": call("open", b"new", os.O_WRONLY | os.O_CREAT, 0o600),
    "old": call("open", b"old", os.O_WRONLY),
    "truncate": call("truncate", b"old", 0),
    "remove": call("unlink", b"old"),
    "folder": call("mkdir", b"folder", 0o700),
    "rename": call("rename", b"old", b"other"),
    "link": call("symlink", b"old", b"link"),
    "signal": call("kill", os.getppid(), 0),
    "read": call("open", b"old", os.O_RDONLY),
    "null": call("open", b"/dev/null", os.O_WRONLY),
}}))
"""
REFUSED = ("Permission denied", "Operation not permitted")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="of Linux")


def results(parts: str, folder: Path, start: str = "None") -> dict[str, object]:
    (folder / "old").write_text("kept")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", TRIES.format(parts=parts, start=start), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    found = json.loads(done.stdout)
    if not all(found["parts"]):
        pytest.skip("this kernel has no Landlock or no seccomp")
    return found


@on_linux
def test_a_decoder_has_no_way_out(tmp_path: Path) -> None:
    start = 'call("execv", b"/bin/true", program)'
    found = results("[forbid_writing(), forbid_calls()]", tmp_path, start)
    del found["parts"]
    assert found.pop("read") == found.pop("null") == "Success"
    assert [name for name, result in found.items() if result not in REFUSED] == []
    assert (tmp_path / "old").read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


@on_linux
def test_the_engine_has_sockets_of_this_computer_only(tmp_path: Path) -> None:
    found = results("[forbid_internet()]", tmp_path)
    assert found["tcp"] in REFUSED
    assert found["udp"] in REFUSED
    assert found["unix"] == found["new"] == "Success"


@pytest.mark.skipif(sys.platform == "linux", reason="of the other systems")
def test_elsewhere_it_is_said_that_there_is_none() -> None:
    assert not forbid_writing()
