"""A server on loopback that behaves like the Hugging Face hub towards its library and a download.

It lists a repository's files with sizes and digests, redirects large files to a storage that knows
ranges, states digests in headers, and refuses as the hub does: gated, private, unknown, too often.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

TOKEN = "hf_accepted"


@dataclass
class FakeRepository:
    """Repository of a model.

    Attributes:
        files: path -> content.
        commit: of the revision main.
        large: paths that are stored with Git LFS, behind a redirect.
        gated: only TOKEN may download.
        private: only TOKEN may see it.
        card: cardData of the API.
    """

    files: dict[str, bytes]
    commit: str = "a" * 40
    large: set[str] = field(default_factory=set)
    gated: bool = False
    private: bool = False
    card: dict[str, Any] = field(default_factory=lambda: {"license": "apache-2.0"})

    def __post_init__(self) -> None:
        self.large |= {path for path in self.files if path.endswith((".safetensors", ".gguf"))}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def git_blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files of a model folder as a repository has them."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class HubServer:
    """The hub, with faults to play.

    Attributes:
        repositories: OWNER/NAME -> FakeRepository.
        delivered: path -> other bytes than the hub states.
        cut_after: path -> bytes that each of the next answers sends before the line drops.
        hold_after: path -> bytes after which an answer waits until `released` is set.
        released: lets the held answers go on.
        status: path of a URL -> statuses to answer with instead, used up one by one.
        refuse_gated: repositories whose terms no account has accepted.
        asked: (method, path of the URL, Range header or "").
        tokens: the Authorization headers that came, with the path of the URL.
    """

    def __init__(self) -> None:
        self.repositories: dict[str, FakeRepository] = {}
        self.delivered: dict[str, bytes] = {}
        self.cut_after: dict[str, list[int]] = {}
        self.hold_after: dict[str, int] = {}
        self.released = threading.Event()
        self.status: dict[str, list[int]] = {}
        self.refuse_gated: set[str] = set()
        self.asked: list[tuple[str, str, str]] = []
        self.tokens: list[tuple[str, str]] = []
        handler = type("HubHandler", (_Handler,), {"hub": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        serve = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        serve.start()

    def add(self, name: str, files: dict[str, bytes], **options: Any) -> FakeRepository:
        made = self.repositories[name] = FakeRepository(dict(files), **options)
        return made

    def downloads(self, path: str) -> list[str]:
        """Return the Range headers of the downloads of a file."""
        end = f"/{path}"
        return [span for method, url, span in self.asked if method == "GET" and url.endswith(end)]

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


class _Handler(BaseHTTPRequestHandler):
    hub: HubServer

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.asked.append((self.command, path, self.headers.get("Range", "")))
        if "Authorization" in self.headers:
            self.hub.tokens.append((self.headers["Authorization"], path))
        if self.hub.status.get(path):
            self._refuse(self.hub.status[path].pop(0), "")
            return
        parts = path.strip("/").split("/")
        if parts[:2] == ["api", "models"] and len(parts) >= 4:
            self._describe("/".join(parts[2:4]), parts[5] if len(parts) > 5 else "main")
        elif parts[0] == "storage":
            self._send("/".join(parts[3:]), self._repository("/".join(parts[1:3])))
        elif len(parts) > 4 and parts[2] == "resolve":
            self._resolve("/".join(parts[:2]), parts[3], "/".join(parts[4:]))
        else:
            self._refuse(404, "RepoNotFound")

    def _repository(self, name: str) -> FakeRepository:
        return self.hub.repositories[name]

    def _may(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def _found(self, name: str, revision: str) -> FakeRepository | None:
        repository = self.hub.repositories.get(name)
        bad_token = "Authorization" in self.headers and not self._may()
        if bad_token:
            self._refuse(401, "", "Invalid credentials in Authorization header")
        elif repository is None or (repository.private and not self._may()):
            self._refuse(404 if self._may() else 401, "RepoNotFound")
        elif revision not in ("main", repository.commit):
            self._refuse(404, "RevisionNotFound")
        else:
            return repository
        return None

    def _describe(self, name: str, revision: str) -> None:
        repository = self._found(name, revision)
        if repository is None:
            return
        siblings = []
        for path, content in repository.files.items():
            entry: dict[str, Any] = {
                "rfilename": path,
                "size": len(content),
                "blobId": git_blob(content),
            }
            if path in repository.large:
                entry["lfs"] = {
                    "size": len(content),
                    "sha256": sha256(content),
                    "pointerSize": 134,
                }
            siblings.append(entry)
        body = json.dumps(
            {
                "id": name,
                "sha": repository.commit,
                "gated": "manual" if repository.gated else False,
                "private": repository.private,
                "tags": [],
                "cardData": repository.card,
                "siblings": siblings,
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self._body(body)

    def _resolve(self, name: str, revision: str, path: str) -> None:
        repository = self._found(name, revision)
        if repository is None:
            return
        if name in self.hub.refuse_gated or (repository.gated and not self._may()):
            self._refuse(403 if "Authorization" in self.headers else 401, "GatedRepo")
        elif path not in repository.files:
            self._refuse(404, "EntryNotFound")
        elif path in repository.large:
            content = repository.files[path]
            self.send_response(302)
            # Another host, as the hub's storage is.
            storage = self.hub.url.replace("127.0.0.1", "localhost")
            self.send_header("Location", f"{storage}/storage/{name}/{path}")
            self.send_header("X-Repo-Commit", repository.commit)
            self.send_header("X-Linked-Etag", f'"{sha256(content)}"')
            self.send_header("X-Linked-Size", str(len(content)))
            self._body(b"")
        else:
            self._send(path, repository)

    def _send(self, path: str, repository: FakeRepository) -> None:
        content = self.hub.delivered.get(path, repository.files[path])
        asked = self.headers.get("Range", "")
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        self.send_response(206 if asked else 200)
        if asked:
            span = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self.send_header("Content-Range", span)
        self.send_header("ETag", f'"{git_blob(repository.files[path])}"')
        self.send_header("X-Repo-Commit", repository.commit)
        cuts = self.hub.cut_after.get(path) if self.command == "GET" else None
        if path in self.hub.hold_after and self.command == "GET":
            self._held(content[start:], self.hub.hold_after.pop(path))
        else:
            self._body(content[start:], cuts.pop(0) if cuts else None)

    def _held(self, body: bytes, first: int) -> None:
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:first])
        self.wfile.flush()
        self.hub.released.wait()
        self.close_connection = True

    def _refuse(self, status: int, code: str, message: str = "") -> None:
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        if message:
            self.send_header("X-Error-Message", message)
        self._body(b"")

    def _body(self, body: bytes, sent: int | None = None) -> None:
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body[:sent])
        if sent is not None:
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass
