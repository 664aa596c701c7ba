from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from mmdesk.errors import Cancelled, InputError
from mmdesk.inputs import load_document
from mmdesk.tasks.folders import FolderIndex, FolderReader
from mmdesk.tasks.folders import folder_files as files
from mmdesk.tasks.folders.folder_store import KEPT_S, remove_unused
from mmdesk.values import DocumentInput, Event, NeverCancelled, Notice, Preparing, Turn

Result = TypeVar("Result")


class CountingDecoder:
    """Decoder that remembers what it decoded."""

    def __init__(self) -> None:
        self.decoded: list[str] = []

    def load_document(self, source: Path, name: str = "") -> DocumentInput:
        self.decoded.append(source.name)
        return load_document(source)


def run(steps: Generator[Event, None, Result]) -> tuple[Result, list[Event]]:
    events: list[Event] = []
    while True:
        try:
            events.append(next(steps))
        except StopIteration as end:
            return end.value, events


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "papers"
    (made / "old").mkdir(parents=True)
    (made / "lease.txt").write_text("The rent of the shop is 940 euros a month.\n")
    (made / "old" / "minutes.md").write_text("# Minutes\n\nThe club elected Rosa Kaminski.\n")
    (made / "broken.pdf").write_bytes(b"%PDF-1.7 nothing else")
    (made / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (made / ".hidden.txt").write_text("A secret.")
    return made


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_the_documents_of_a_folder_are_found_by_their_words(folder: Path, home: Path) -> None:
    index = FolderIndex(folder, home)
    run(index.refresh(CountingDecoder(), NeverCancelled()))
    (found,) = index.search("How much is the rent of the shop?")
    assert (found.name, found.path) == ("lease.txt", str(folder / "lease.txt"))
    (found,) = index.search("Whom did the club elect?")
    assert found.name == "old/minutes.md"
    assert index.search("photosynthesis") == []


def test_what_could_not_be_read_is_told(folder: Path, home: Path) -> None:
    index = FolderIndex(folder, home)
    run(index.refresh(CountingDecoder(), NeverCancelled()))
    document = index.document()
    assert document.is_folder
    assert (document.name, document.pages) == ("papers", 2)
    assert "broken.pdf could not be read." in document.notices
    assert "One file that is no document was left out." in document.notices
    assert "secret" not in document.text
    assert "old/minutes.md" in document.text


def test_an_unchanged_folder_is_not_read_again(folder: Path, home: Path) -> None:
    run(FolderIndex(folder, home).refresh(CountingDecoder(), NeverCancelled()))
    decoder, index = CountingDecoder(), FolderIndex(folder, home)
    changed, events = run(index.refresh(decoder, NeverCancelled()))
    assert (changed, decoder.decoded, events) == (False, [], [])
    assert index.search("rent of the shop")


def test_only_what_changed_is_read_again(folder: Path, home: Path) -> None:
    index = FolderIndex(folder, home)
    run(index.refresh(CountingDecoder(), NeverCancelled()))
    (folder / "lease.txt").write_text("The rent of the shop is 990 euros a month, with heating.\n")
    (folder / "old" / "minutes.md").unlink()
    decoder = CountingDecoder()
    changed, _events = run(index.refresh(decoder, NeverCancelled()))
    assert (changed, decoder.decoded) == (True, ["lease.txt"])
    assert "990" in index.search("rent of the shop")[0].text
    assert index.search("club elected Rosa Kaminski") == []


def test_a_renamed_file_is_known_by_its_content(folder: Path, home: Path) -> None:
    index = FolderIndex(folder, home)
    run(index.refresh(CountingDecoder(), NeverCancelled()))
    (folder / "lease.txt").rename(folder / "contract.txt")
    decoder = CountingDecoder()
    run(index.refresh(decoder, NeverCancelled()))
    assert decoder.decoded == []
    assert index.search("rent of the shop")[0].name == "contract.txt"


def test_a_damaged_index_is_made_again(folder: Path, home: Path) -> None:
    run(FolderIndex(folder, home).refresh(CountingDecoder(), NeverCancelled()))
    for path in home.rglob("*"):
        if path.is_file():
            path.write_bytes(b"\0damaged")
    index = FolderIndex(folder, home)
    run(index.refresh(CountingDecoder(), NeverCancelled()))
    assert index.search("rent of the shop")


def test_reading_can_be_stopped_and_goes_on_later(folder: Path, home: Path) -> None:
    cancel = threading.Event()
    steps = FolderIndex(folder, home).refresh(CountingDecoder(), cancel)
    assert isinstance(next(steps), Preparing)
    cancel.set()
    with pytest.raises(Cancelled):
        run(steps)
    index = FolderIndex(folder, home)
    run(index.refresh(CountingDecoder(), NeverCancelled()))
    assert index.search("rent of the shop")


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("Not in the folder.")
    os.symlink(tmp_path / "outside.txt", folder / "link.txt")
    os.symlink(tmp_path, folder / "loop")
    names = [file.name for file in files.list_folder(folder, NeverCancelled()).files]
    assert names == ["broken.pdf", "lease.txt", "old/minutes.md"]


def test_a_folder_of_too_many_files_is_cut(folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(files, "MAX_FILES", 2)
    listing = files.list_folder(folder, NeverCancelled())
    assert (len(listing.files), listing.is_cut) == (2, True)


@contextmanager
def decoder_of(_cancel: object) -> Iterator[CountingDecoder]:
    yield CountingDecoder()


def test_a_question_is_answered_from_the_matching_documents(folder: Path, home: Path) -> None:
    reader = FolderReader(decoder_of, home)
    document, _events = run(reader.read(folder, NeverCancelled()))
    turn = Turn("user", "How much is the rent of the shop?", documents=(document,))
    (read,), events = run(reader.read_turns((turn,), NeverCancelled()))
    assert [found.name for found in read.documents] == ["lease.txt"]
    assert [event.text for event in events if isinstance(event, Notice)] == [
        "Searched 2 documents in papers. Answered from lease.txt."
    ]


def test_a_question_without_a_match_gets_the_list_of_files(folder: Path, home: Path) -> None:
    reader = FolderReader(decoder_of, home)
    document, _events = run(reader.read(folder, NeverCancelled()))
    turn = Turn("user", "What is this?", documents=(document,))
    (read,), _events = run(reader.read_turns((turn,), NeverCancelled()))
    (listed,) = read.documents
    assert not listed.is_folder
    assert "lease.txt" in listed.text


def test_a_folder_that_is_gone_is_told(folder: Path, home: Path) -> None:
    reader = FolderReader(decoder_of, home)
    document, _events = run(reader.read(folder, NeverCancelled()))
    folder.rename(folder.with_name("elsewhere"))
    turn = Turn("user", "How much is the rent?", documents=(document,))
    _read, events = run(reader.read_turns((turn,), NeverCancelled()))
    assert any("does not exist" in event.text for event in events if isinstance(event, Notice))


def test_a_folder_without_documents_is_refused(tmp_path: Path, home: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="No document in empty could be read"):
        run(FolderReader(decoder_of, home).read(tmp_path / "empty", NeverCancelled()))


def test_an_index_that_nobody_used_for_long_is_removed(folder: Path, home: Path) -> None:
    run(FolderReader(decoder_of, home).read(folder, NeverCancelled()))
    (kept,) = (home / "folders").iterdir()
    now = (kept / "lock").stat().st_mtime
    remove_unused(home, now + KEPT_S - 60)
    assert kept.exists()
    remove_unused(home, now + KEPT_S + 60)
    assert not kept.exists()


def test_an_index_is_readable_by_this_account_alone(folder: Path, home: Path) -> None:
    run(FolderReader(decoder_of, home).read(folder, NeverCancelled()))
    for path in (home / "folders").rglob("*.json"):
        if path.parent.name != "bm25" or path.name == "passages.json":
            assert path.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (home / "folders").iterdir())
