"""A server on loopback that behaves like a package index and like a model hub."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Site:
    """Files that are served, faults to play, and the requests that came.

    Attributes:
        files: path -> content.
        cut_after: path -> how many bytes of the next answers are sent before the line drops;
            one number is used up per request.
        status: path -> a status to answer with instead, used up likewise.
        linked_etag: path -> X-Linked-Etag, as the hub sends it.
        redirects: path -> path.
        asked: (method, path, Range header or "").
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.cut_after: dict[str, list[int]] = {}
        self.status: dict[str, list[int]] = {}
        self.linked_etag: dict[str, str] = {}
        self.redirects: dict[str, str] = {}
        self.asked: list[tuple[str, str, str]] = []
        handler = type("SiteHandler", (Handler,), {"site": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        serve = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        serve.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def add_wheel(self, name: str, version: str, members: dict[str, bytes]) -> bytes:
        """Serve a wheel with these members from a simple index at /simple."""
        stem = f"{name.replace('-', '_')}-{version}"
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in members.items():
                archive.writestr(path, content)
            metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            archive.writestr(f"{stem}.dist-info/METADATA", metadata)
            archive.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            archive.writestr(f"{stem}.dist-info/RECORD", "")
        content = buffer.getvalue()
        file = f"{stem}-py3-none-any.whl"
        digest = hashlib.sha256(content).hexdigest()
        self.files[f"/files/{file}"] = content
        page = f'<a href="../../files/{file}#sha256={digest}">{file}</a>'
        self.files[f"/simple/{name}/"] = page.encode()
        return content


class Handler(BaseHTTPRequestHandler):
    """Answers for the `Site` of its subclass."""

    site: Site

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        asked = self.headers.get("Range", "")
        self.site.asked.append((self.command, self.path, asked))
        if self.site.status.get(self.path):
            self._plain(self.site.status[self.path].pop(0))
        elif self.path in self.site.redirects:
            self.send_response(302)
            self.send_header("Location", self.site.redirects[self.path])
            self._etag()
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path in self.site.files:
            self._file(self.site.files[self.path], asked, body)
        else:
            self._plain(404)

    def _plain(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _etag(self) -> None:
        if self.path in self.site.linked_etag:
            self.send_header("X-Linked-Etag", f'"{self.site.linked_etag[self.path]}"')

    def _file(self, content: bytes, asked: str, body: bool) -> None:
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        self.send_response(206 if asked else 200)
        if asked:
            span = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self.send_header("Content-Range", span)
        kind = "text/html" if self.path.endswith("/") else "application/octet-stream"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content) - start))
        self._etag()
        self.end_headers()
        if body:
            cuts = self.site.cut_after.get(self.path)
            end = start + cuts.pop(0) if cuts else len(content)
            self.wfile.write(content[start:end])
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass
