"""Dropped files become values in a child; a bad one is reported and does not stop the others."""

from __future__ import annotations

import io

import psutil
import pytest
from PIL import Image

from mmdesk.values import DocumentInput, ImageInput
from mmdesk.workers import file_decoder
from mmdesk.workers.file_loader import FileLoader
from tests.inputs.hostile import docx_bomb

SLOW = 30_000  # a child Python has to start and to import Pillow


@pytest.fixture
def loader(qtbot):
    loader = FileLoader()
    yield loader
    loader.close()


def png() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (6, 4), "red").save(stream, "PNG")
    return stream.getvalue()


def test_files_become_values_in_the_order_they_came(qtbot, loader, tmp_path) -> None:
    picture, text = tmp_path / "red.png", tmp_path / "note.txt"
    picture.write_bytes(png())
    text.write_text("A short note.", encoding="utf-8")
    loaded: list = []
    loader.loaded.connect(loaded.append)
    with qtbot.waitSignal(loader.idle, timeout=SLOW):
        loader.load_paths([str(picture), str(text)])
    assert [type(value) for value in loaded] == [ImageInput, DocumentInput]
    assert (loaded[0].width, loaded[0].height) == (6, 4)
    assert loaded[1].text.strip() == "A short note."


def test_a_pasted_picture_is_decoded(qtbot, loader) -> None:
    with qtbot.waitSignal(loader.loaded, timeout=SLOW) as loaded:
        loader.load_image("pasted.png", png())
    assert loaded.args[0].name == "pasted.png"


def test_bad_files_are_named_and_the_next_one_loads(qtbot, loader, tmp_path) -> None:
    bad, good = tmp_path / "bad.png", tmp_path / "good.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(200)))
    good.write_bytes(png())
    failures, loaded = [], []
    loader.failed.connect(lambda *words: failures.append(words))
    loader.loaded.connect(loaded.append)
    with qtbot.waitSignal(loader.idle, timeout=SLOW):
        loader.load_paths([str(bad), str(tmp_path / "absent.pdf"), str(good)])
    assert "bad.png" in failures[0][0]
    assert "absent.pdf" in failures[1][0]
    assert loaded[0].name == "good.png"


def test_a_decoder_that_dies_costs_only_its_file(qtbot, loader, tmp_path) -> None:
    first, good = tmp_path / "first.docx", tmp_path / "good.png"
    first.write_bytes(docx_bomb(40))
    good.write_bytes(png())
    failures: list = []
    loader.failed.connect(lambda message, _hint: failures.append(message))
    with qtbot.waitSignal(loader.loaded, timeout=SLOW) as loaded:
        loader.load_paths([str(first), str(good)])
        qtbot.waitUntil(lambda: bool(psutil.Process().children()), timeout=SLOW)
        for child in psutil.Process().children():
            child.kill()
    assert "first.docx" in failures[0]
    assert loaded.args[0].name == "good.png"


def test_a_file_that_takes_too_long_is_given_up(qtbot, loader, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(file_decoder, "LIMIT_S", 0.0)
    (tmp_path / "endless.docx").write_bytes(docx_bomb(40))
    with qtbot.waitSignal(loader.failed, timeout=SLOW) as failed:
        loader.load_paths([str(tmp_path / "endless.docx")])
    assert failed.args[0] == "endless.docx took too long to read."
