"""A process connects nowhere unless it was permitted to, whichever library tries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mmdesk.network import ConnectionLog

TRIES = """
import http.client, json, socket, sys, urllib.request
from mmdesk.network import forbid_network, guard_network, permit
from mmdesk.translatable import TranslatableText
{start}
def tried(work):
    try:
        work()
    except Exception as problem:
        return f"{{type(problem).__name__}} {{problem}}"
    return "done"
def udp():
    socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53))
def permitted():
    with permit(TranslatableText("a test")):
        connected()
def connected():
    one = socket.socket()
    one.settimeout(0.05)
    one.connect(("192.0.2.1", 80))
def local():
    listener = socket.create_server(("127.0.0.1", 0))
    socket.create_connection(listener.getsockname())
works = {{
    "look-up": lambda: socket.getaddrinfo("example.org", 80),
    "urllib": lambda: urllib.request.urlopen("http://192.0.2.1/", timeout=0.05),
    "connect": connected,
    "udp": udp,
    "permitted": permitted,
    "local": local,
    "pair": socket.socketpair,
}}
print(json.dumps({{name: tried(work) for name, work in works.items()}}))
"""


def results(start: str, home: Path) -> dict[str, str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "MMDESK_HOME": str(home)}
    command = [sys.executable, "-c", TRIES.format(start=start)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    return json.loads(done.stdout)


def test_only_what_was_permitted_connects(tmp_path: Path) -> None:
    found = results("guard_network()", tmp_path)
    for name in ("look-up", "urllib", "connect", "udp"):
        assert "mmdesk does not connect to" in found[name], name
    assert "mmdesk" not in found["permitted"]
    assert found["local"] == found["pair"] == "done"
    logged = [(one.address, one.reason) for one in ConnectionLog(tmp_path / LOG).read()]
    assert ("example.org", "not asked for") in logged
    assert ("192.0.2.1:53", "not asked for") in logged
    assert ("192.0.2.1:80", "a test") in logged


LOG = Path("logs", "connections.jsonl")


@pytest.mark.skipif(sys.platform == "win32", reason="a pair of sockets uses loopback there")
def test_a_process_that_needs_no_network_gets_none(tmp_path: Path) -> None:
    found = results("forbid_network()", tmp_path)
    assert found.pop("pair") == "done"
    for name, result in found.items():
        assert "mmdesk does not connect to" in result, name
