"""Folders are read in a thread; what is told of them, and the files that answers cite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from mmdesk.chat import FolderLoader
from mmdesk.values import Citation, DocumentInput

SLOW = 30_000  # ms; a child Python has to start


@pytest.fixture
def loader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FolderLoader]:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path / "home"))
    made = FolderLoader()
    yield made
    assert made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "papers"
    made.mkdir()
    for number in range(3):
        (made / f"letter {number}.txt").write_text(f"The fee of year {number} is {number}0 euros.")
    return made


def test_a_folder_becomes_a_document(qtbot: QtBot, loader: FolderLoader, folder: Path) -> None:
    told: list[tuple[str, str]] = []
    loader.progressed.connect(lambda name, stage, fraction: told.append((name, stage)))
    loaded: list[DocumentInput] = []
    loader.loaded.connect(loaded.append)
    with qtbot.waitSignal(loader.idle, timeout=SLOW):
        loader.load(str(folder))
    (document,) = loaded
    assert (document.name, document.pages, document.is_folder) == ("papers", 3, True)
    assert ("papers", "reading document 1 of 3") in told


def test_a_folder_that_cannot_be_read_is_told(
    qtbot: QtBot, loader: FolderLoader, tmp_path: Path
) -> None:
    with qtbot.waitSignals([loader.failed, loader.idle], timeout=SLOW):
        loader.load(str(tmp_path / "none"))


def test_a_cancelled_folder_is_neither_loaded_nor_a_failure(
    qtbot: QtBot, loader: FolderLoader, folder: Path
) -> None:
    loader.progressed.connect(loader.cancel)
    with (
        qtbot.assertNotEmitted(loader.loaded),
        qtbot.assertNotEmitted(loader.failed),
        qtbot.waitSignal(loader.idle, timeout=SLOW),
    ):
        loader.load(str(folder))


def test_a_cited_file_is_read(qtbot: QtBot, loader: FolderLoader, folder: Path) -> None:
    citation = Citation(0, 1, "letter 1.txt", 0, 5, None, "The f", str(folder / "letter 1.txt"))
    with qtbot.waitSignal(loader.cited_file_loaded, timeout=SLOW) as loaded:
        loader.load_cited_file(citation)
    document, of = loaded.args
    assert (document.name, of) == ("letter 1.txt", citation)
    assert document.text.startswith("The fee of year 1")


def test_a_cited_file_that_is_gone_is_none(
    qtbot: QtBot, loader: FolderLoader, tmp_path: Path
) -> None:
    citation = Citation(0, 1, "gone.txt", 0, 5, None, "The f", str(tmp_path / "gone.txt"))
    with qtbot.waitSignal(loader.cited_file_loaded, timeout=SLOW) as loaded:
        loader.load_cited_file(citation)
    assert loaded.args == [None, citation]
