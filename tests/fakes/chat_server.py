"""A server on loopback with the OpenAI-compatible API that plays what a test puts into it."""

from __future__ import annotations

import json
import select
import socket
import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CUT = object()  # the connection breaks here
HOLD = object()  # nothing more is sent until the client is gone

Step = Any  # bytes, or one of those


def event(value: Any) -> bytes:
    """Return one event of the stream."""
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


def delta(content: str | None = None, finish: str | None = None, **more: Any) -> bytes:
    """Return a piece of an answer."""
    choice = {"index": 0, "delta": {"content": content, **more}, "finish_reason": finish}
    return event({"object": "chat.completion.chunk", "choices": [choice]})


def usage(prompt: int, completion: int) -> bytes:
    """Return the piece with the token counts."""
    counts = {"prompt_tokens": prompt, "completion_tokens": completion}
    return event({"choices": [], "usage": counts})


DONE = b"data: [DONE]\n\n"


def answer(text: str) -> list[bytes]:
    """Return a whole answer, a word a piece."""
    pieces = [delta(word + " ") for word in text.split()]
    return [*pieces, delta(finish="stop"), usage(7, len(pieces)), DONE]


class ChatServer:
    """Server that plays one script for each chat request; the last one serves the rest.

    Attributes:
        scripts: lists of steps, or (status, JSON) for a refusal.
        models: the JSON of /v1/models, or a status.
        health: statuses of /health; the last one serves the rest.
        asked: the JSON of each chat request.
        paths: of all requests.
        keys: the Authorization headers of all requests.
        client_gone: set when a client has closed the connection while HOLD.
    """

    def __init__(self, *scripts: Any) -> None:
        self.scripts: list[Any] = list(scripts) or [answer("ok")]
        self.models: Any = {"data": [{"id": "tiny"}]}
        self.health = [200]
        self.asked: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.keys: list[str] = []
        self.client_gone = threading.Event()
        self._lock = threading.Lock()
        handler = type("ChatHandler", (_Handler,), {"site": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.host = self.url.removeprefix("http://")
        serve = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        serve.start()

    def next_script(self, body: dict[str, Any]) -> Any:
        """Note a request and return what is played for it."""
        with self._lock:
            self.asked.append(body)
            return self.scripts[min(len(self.asked), len(self.scripts)) - 1]

    def close(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    site: ChatServer

    def do_GET(self) -> None:
        self._note()
        if self.path == "/health":
            health = self.site.health
            self._json(health.pop(0) if len(health) > 1 else health[0], {"status": "?"})
        elif self.path == "/v1/models":
            models = self.site.models
            refused = isinstance(models, int)
            self._json(models if refused else 200, {"error": "no"} if refused else models)
        else:
            self._json(404, {"error": {"message": "not found"}})

    def do_POST(self) -> None:
        self._note()
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        script = self.site.next_script(body)
        if isinstance(script, tuple):
            self._json(*script)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self._play(script)

    def _play(self, steps: Iterable[Step]) -> None:
        self.close_connection = True
        for step in steps:
            if step is CUT:
                linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # a reset instead of an end
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return
            if step is HOLD:
                select.select([self.connection], [], [], 30)  # readable: the client has closed
                self.site.client_gone.set()
                return
            self.wfile.write(step)
            self.wfile.flush()

    def _json(self, status: int, value: Any) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _note(self) -> None:
        self.site.paths.append(self.path)
        self.site.keys.append(self.headers.get("Authorization", ""))

    def log_message(self, *args: object) -> None:
        pass
