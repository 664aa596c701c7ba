"""Package registry as a source: wheels from pip's index, with `pip download` as a fallback.

The index is read with pip's settings (index, extra indexes, find-links, proxy, certificates), but
not by pip: its dry run downloads whole wheels in the versions that come with Python 3.11, and its
download shows no progress and cannot be resumed. Where reading the index fails for any reason
(a keyring, an unusual index), `pip download` runs in a process that can be killed.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import url2pathname

import httpx

import mmdesk
from mmdesk.errors import Cancelled
from mmdesk.models.download import cancellable, download
from mmdesk.models.fetch_errors import SourceFailed
from mmdesk.models.manifest import Wheel
from mmdesk.network import open_client
from mmdesk.translatable import TranslatableText
from mmdesk.values import CancelFlag

try:  # pip's own default, so that mmdesk asks where pip would ask
    from pip._internal.models.index import PyPI

    PUBLIC_INDEX: str = PyPI.simple_url
except ImportError:  # no pip: `pip download` reports it
    PUBLIC_INDEX = ""
BAD_INDEX = (OSError, ValueError, LookupError, TypeError)  # what a damaged index page raises
ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"


@dataclass(frozen=True, slots=True)
class PipSettings:
    """Settings of pip about where packages come from."""

    indexes: tuple[str, ...] = (PUBLIC_INDEX,)
    find_links: tuple[str, ...] = ()
    proxy: str | None = None
    cert: str | None = None


def pip_settings() -> PipSettings:
    """Ask pip for its settings; the environment overrides the files, as in pip itself."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return PipSettings()
    return _settings(done.stdout)


def _settings(listing: str) -> PipSettings:
    found: dict[str, str] = {}
    ranks = {"global": 0, "download": 1, ":env:": 2}
    seen: dict[str, int] = {}
    for section, key, value in re.findall(r"^([\w:]+)\.([\w-]+)=(.*)$", listing, re.MULTILINE):
        rank = ranks.get(section, -1)
        if rank >= seen.get(key, 0):
            seen[key] = rank
            found[key] = str(ast.literal_eval(value))
    indexes = [found.get("index-url") or PUBLIC_INDEX, *found.get("extra-index-url", "").split()]
    if found.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        indexes = []
    return PipSettings(
        indexes=tuple(indexes),
        find_links=tuple(found.get("find-links", "").split()),
        proxy=found.get("proxy"),
        cert=found.get("cert"),
    )


class Registry:
    """Downloader of wheels, created once per set-up; reads pip's settings when first used."""

    def __init__(self, settings: PipSettings | None = None) -> None:
        self._settings = settings
        self._client: httpx.Client | None = None

    def close(self) -> None:
        """Close the connections."""
        if self._client:
            self._client.close()
            self._client = None

    def fetch(
        self, wheel: Wheel, folder: Path, on_bytes: Callable[[int], None], cancel: CancelFlag
    ) -> Path:
        """Download a wheel into `folder`.

        Returns:
            The wheel's path: in `folder`, or where a local index keeps it (never delete that).

        Raises:
            SourceFailed: neither the index nor pip delivers the wheel.
            Cancelled: `cancel` was set.
        """
        try:
            return self._fetch_directly(wheel, folder, on_bytes, cancel)
        except SourceFailed as problem:
            first: str = problem.reason
        except (httpx.HTTPError, httpx.InvalidURL, *BAD_INDEX) as problem:
            first = str(problem) or type(problem).__name__
        try:
            return _pip_download(wheel, folder, cancel)
        except SourceFailed as problem:
            raise SourceFailed(
                "{first}; pip: {second}", first=first, second=problem.reason
            ) from problem

    def _fetch_directly(
        self, wheel: Wheel, folder: Path, on_bytes: Callable[[int], None], cancel: CancelFlag
    ) -> Path:
        client, url = cancellable(lambda: self._find(wheel), cancel)
        local = _local_path(url)
        if local is not None:
            return local
        target = folder / wheel_file(url)
        if not target.exists():
            download(client, url, target, wheel.size, on_bytes, cancel)
        return target

    def _find(self, wheel: Wheel) -> tuple[httpx.Client, str]:
        client = self._open()
        return client, self._locate(wheel, client)

    def _open(self) -> httpx.Client:
        if self._settings is None:
            self._settings = pip_settings()
        if self._client is None:
            import ssl

            cert = self._settings.cert
            context = ssl.create_default_context(cafile=cert) if cert else True
            self._client = open_client(
                TranslatableText("download from the package registry"),
                proxy=self._settings.proxy,
                verify=context,
                follow_redirects=True,
                timeout=15.0,
            )
        return self._client

    def _locate(self, wheel: Wheel, client: httpx.Client) -> str:
        assert self._settings is not None
        problems: list[str] = []
        pages = [*self._settings.find_links]
        pages += [f"{index.rstrip('/')}/{_normal(wheel.name)}/" for index in self._settings.indexes]
        for page in pages:
            try:
                links = _links(page, client)
            except (httpx.HTTPError, httpx.InvalidURL, *BAD_INDEX) as problem:
                problems.append(str(problem) or type(problem).__name__)
                continue
            for link in links:
                if _is_file_of(link, wheel):
                    return link
        if problems:
            raise SourceFailed("{reason}", reason="; ".join(problems))
        raise SourceFailed("no index has {requirement}", requirement=wheel.requirement)


def _links(page: str, client: httpx.Client) -> list[str]:
    """Return all files that a page or a folder offers, as absolute URLs without fragments."""
    folder = _local_path(page)
    if folder is not None:
        index = folder / "index.html"
        if index.is_file():
            return _html_links(index.read_text(encoding="utf-8"), index.as_uri())
        return [path.absolute().as_uri() for path in sorted(folder.glob("*.whl"))]
    response = client.get(page, headers={"Accept": ACCEPT})
    if response.status_code == 404:
        return []
    response.raise_for_status()
    if "json" in response.headers.get("Content-Type", ""):
        files = json.loads(response.text)["files"]
        return [urljoin(str(response.url), file["url"]).partition("#")[0] for file in files]
    return _html_links(response.text, str(response.url))


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.targets += [value for name, value in attrs if (tag, name) == ("a", "href") and value]


def _html_links(text: str, base: str) -> list[str]:
    anchors = _Anchors()
    anchors.feed(text)
    return [urljoin(base, target).partition("#")[0] for target in anchors.targets]


def _local_path(address: str) -> Path | None:
    """Return the path of a file: URL or of a plain path; None for anything remote."""
    scheme = urlsplit(address).scheme
    if scheme == "file":
        return Path(url2pathname(urlsplit(address).path))
    return Path(address) if len(scheme) < 2 else None  # "C:\\wheels" has a scheme of one letter


def wheel_file(url: str) -> str:
    """Return the file name at the end of a URL."""
    return unquote(urlsplit(url).path).rpartition("/")[2]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _is_file_of(url: str, wheel: Wheel) -> bool:
    name = wheel_file(url)
    pieces = name.removesuffix(".whl").split("-")
    return (
        name.endswith(".whl")
        and len(pieces) > 1
        and _normal(pieces[0]) == _normal(wheel.name)
        and pieces[1] == wheel.version
    )


def _pip_download(wheel: Wheel, folder: Path, cancel: CancelFlag) -> Path:
    """Run `pip download`, polled so that it can be cancelled."""
    command = [sys.executable, "-P", "-m", "mmdesk.network.pip_main", "download", "--no-deps"]
    command += ["--no-cache-dir", "--quiet"]
    command += ["--retries", "1", "--only-binary", ":all:", "--dest", str(folder)]
    environment = {**os.environ, "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    root = str(Path(mmdesk.__file__).resolve().parent.parent)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    try:
        with subprocess.Popen(
            [*command, wheel.requirement],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        ) as process:
            stderr = _wait_for(process, cancel)
    except OSError as problem:
        raise SourceFailed("{reason}", reason=str(problem)) from problem
    fitting = [path for path in folder.glob("*.whl") if _is_file_of(path.as_uri(), wheel)]
    if process.returncode or not fitting:
        errors = [line for line in stderr.splitlines() if line.startswith("ERROR")]
        if errors:
            raise SourceFailed("{reason}", reason=errors[-1].removeprefix("ERROR: "))
        raise SourceFailed("no wheel was downloaded")
    return fitting[0]


def _wait_for(process: subprocess.Popen[str], cancel: CancelFlag) -> str:
    """Wait for the end and return standard error; kill the process on cancel."""
    while True:
        try:
            return process.communicate(timeout=0.2)[1]
        except subprocess.TimeoutExpired:
            if cancel.is_set():
                process.kill()
                raise Cancelled from None
