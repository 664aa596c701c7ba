"""Missing, unreadable and empty files are named before any decoder sees them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mmdesk.errors import InputError
from mmdesk.inputs import load_any, load_audio, load_document, load_image
from mmdesk.inputs.open_file import opened
from mmdesk.translatable import TranslatableText

NAMELESS = TranslatableText("The file")
LOADERS = [load_image, load_audio, load_document, load_any]


class UnforeseenError(Exception):
    """Exception of a library that is not among `DECODER_ERRORS`."""


@pytest.mark.parametrize("load", LOADERS)
def test_missing_folder_and_empty(load: object, tmp_path: Path) -> None:
    empty = tmp_path / "empty.png"
    empty.touch()
    for path, reason in (
        (tmp_path / "gone.png", r"gone\.png does not exist"),
        (tmp_path / "empty.png" / "inside.png", "does not exist"),
        (tmp_path, "is a folder"),
        (empty, r"empty\.png is empty"),
    ):
        with pytest.raises(InputError, match=reason) as caught:
            load(path)
        assert caught.value.hint


@pytest.mark.parametrize("load", LOADERS)
def test_names_that_no_system_opens(load: object) -> None:
    for path in (Path("a\0b"), Path("x" * 5000)):
        with pytest.raises(InputError, match="cannot be opened"):
            load(path)


def test_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.txt"
    path.write_text("x")

    def refused(*arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(InputError, match=r"secret\.txt cannot be opened: permission denied"):
        load_document(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="a device or a pipe"):
        load_any(tmp_path / "pipe")


def test_size_limit(tmp_path: Path) -> None:
    path = tmp_path / "big"
    path.write_bytes(b"x" * 11)
    with (
        pytest.raises(InputError, match="big has"),
        opened(path, None, 10, TranslatableText("The file")),
    ):
        pass


def test_bytes_without_a_name() -> None:
    with pytest.raises(InputError, match=r"^The picture is empty") as caught:
        load_image(b"")
    assert caught.value.user_message.template == "{name} is empty."
    assert caught.value.user_message.values["name"].template == "The picture"


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, RecursionError, UnforeseenError])
@pytest.mark.parametrize("as_bytes", [True, False])
def test_whatever_a_decoder_raises_is_one_sentence(
    tmp_path: Path, error: type[BaseException], as_bytes: bool
) -> None:
    path = tmp_path / "file.x"
    path.write_bytes(b"content")
    source = path.read_bytes() if as_bytes else path
    expected = KeyboardInterrupt if error is KeyboardInterrupt else InputError
    with pytest.raises(expected, match=r"^$|file\.x"), opened(source, "file.x", 99, NAMELESS):
        raise error
