from __future__ import annotations

import threading
from pathlib import Path

import httpx
import pytest

from mmdesk.errors import Cancelled
from mmdesk.models.download import ATTEMPTS, download
from mmdesk.models.fetch_errors import SourceFailed
from mmdesk.values import NeverCancelled
from tests.models.server import Site

CONTENT = bytes(range(251)) * 8000
GO = NeverCancelled()


def fetch(site: Site, target: Path, size: int = len(CONTENT), cancel=GO, seen=None) -> None:  # type: ignore[no-untyped-def]
    with httpx.Client() as client:
        report = seen.append if seen is not None else (lambda here: None)
        download(client, f"{site.url}/big", target, size, report, cancel)


def test_progress_ends_at_the_size(site: Site, tmp_path: Path) -> None:
    site.files["/big"] = CONTENT
    seen: list[int] = []
    fetch(site, tmp_path / "f", seen=seen)
    assert (tmp_path / "f").read_bytes() == CONTENT
    assert seen == sorted(seen)
    assert seen[-1] == len(CONTENT)


def test_a_cut_line_is_carried_on_with(site: Site, tmp_path: Path) -> None:
    site.files["/big"] = CONTENT
    site.cut_after["/big"] = [700_000, 300_000]
    fetch(site, tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == CONTENT
    ranges = [asked for _, _, asked in site.asked]
    assert ranges[0] == ""
    assert all(asked.startswith("bytes=") for asked in ranges[1:])
    assert len(ranges) == 3


def test_what_an_earlier_call_left_is_used(site: Site, tmp_path: Path) -> None:
    site.files["/big"] = CONTENT
    (tmp_path / "f.part").write_bytes(CONTENT[:1234])
    fetch(site, tmp_path / "f")
    assert site.asked == [("GET", "/big", "bytes=1234-")]
    assert (tmp_path / "f").read_bytes() == CONTENT


def test_a_server_that_recovers_is_asked_again(site: Site, tmp_path: Path) -> None:
    site.files["/big"] = CONTENT
    site.status["/big"] = [503, 429]
    fetch(site, tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == CONTENT


def test_a_server_that_stays_down_is_given_up(site: Site, tmp_path: Path) -> None:
    site.status["/big"] = [503] * 50
    with pytest.raises(SourceFailed, match="503"):
        fetch(site, tmp_path / "f")
    assert len(site.asked) == ATTEMPTS


def test_a_refusal_is_not_repeated(site: Site, tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match="404"):
        fetch(site, tmp_path / "f")
    assert len(site.asked) == 1


def test_a_file_that_is_too_long_is_deleted(site: Site, tmp_path: Path) -> None:
    site.files["/big"] = CONTENT
    with pytest.raises(SourceFailed, match="longer"):
        fetch(site, tmp_path / "f", size=1000)
    assert list(tmp_path.iterdir()) == []


def test_cancelling_keeps_the_partial_file(site: Site, tmp_path: Path) -> None:
    site.files["/big"] = CONTENT
    stop = threading.Event()

    class StopAfterFirst(list[int]):
        def append(self, here: int) -> None:
            stop.set()

    with pytest.raises(Cancelled):
        fetch(site, tmp_path / "f", cancel=stop, seen=StopAfterFirst())
    assert 0 < (tmp_path / "f.part").stat().st_size < len(CONTENT)
    assert not (tmp_path / "f").exists()
