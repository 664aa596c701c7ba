"""Text is read from pictures with the models inside the rapidocr package, without a network."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from mmdesk.errors import ModelUnavailable
from mmdesk.inputs.image import from_pil, to_pil
from mmdesk.perception.line_order import Box
from mmdesk.perception.ocr import (
    RecognisedText,
    TextLine,
    TextReader,
    _in_order,
    _is_confident,
    _is_garbage,
)
from mmdesk.perception.picture_kind import picture_kind
from mmdesk.values import PictureKind
from tests.perception import pictures


@pytest.fixture(scope="module")
def reader() -> TextReader:
    return TextReader(threads=1)


def test_screenshot(reader: TextReader) -> None:
    read = reader.read(pictures.screenshot())
    assert "Could not connect to the printer" in read.text
    assert read.text.index("Settings") < read.text.index("Could") < read.text.index("Check")
    assert 0.01 < read.coverage < 0.5
    assert all(0.6 <= line.confidence <= 1 for line in read.lines)


def test_page_in_order(reader: TextReader) -> None:
    lines = reader.read(pictures.page()).text.splitlines()
    assert lines[0] == "Annual Report"
    assert lines[1].startswith("The quarterly report shows")
    words = " ".join(lines[1:]).split()
    wanted = (pictures.REPORT * 3).split()
    same = sum(a == b for a, b in zip(words, wanted, strict=False))
    assert same / len(wanted) > 0.95


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_turned_page_is_read_upright(reader: TextReader, turns: int) -> None:
    upright = to_pil(pictures.page())
    scan = from_pil(turned(upright, 4 - turns), "scan.png")
    read = reader.read(scan)
    assert read.quarter_turns == turns
    assert read.text == reader.read(from_pil(upright, "page.png")).text
    assert picture_kind(scan, read) is PictureKind.PAGE


def turned(picture: Image.Image, quarter_turns: int) -> Image.Image:
    return Image.fromarray(np.rot90(np.asarray(picture), quarter_turns).copy())


def test_upright_page_is_read_once(reader: TextReader, monkeypatch: pytest.MonkeyPatch) -> None:
    passes = []
    recognise = TextReader._recognise
    monkeypatch.setattr(
        TextReader,
        "_recognise",
        lambda self, bgr: passes.append(bgr.shape) or recognise(self, bgr),
    )
    monkeypatch.setattr(TextReader, "_recognise_line", None)
    reader.read(pictures.page())
    reader.read(pictures.screenshot())
    assert passes == [(1200, 900, 3), (620, 1000, 3)]


def test_long_screenshot_is_read_in_tiles(reader: TextReader) -> None:
    messages = [f"Message {n} of the long chat" for n in range(24)]
    chat = Image.new("RGB", (540, 24 * 140), "white")
    for n, message in enumerate(messages):
        ImageDraw.Draw(chat).text(
            (30 + 60 * (n % 2), 30 + 140 * n), message, font=pictures.font(22), fill="black"
        )
    assert reader.read(from_pil(chat, "chat.png")).text.splitlines() == messages


def test_line_across_tiles_of_a_wide_screenshot_is_read_whole(reader: TextReader) -> None:
    line = "All of this one line stands across the edges of several tiles and is read as a whole"
    wide = Image.new("RGB", (3000, 300), "white")
    ImageDraw.Draw(wide).text((60, 120), line, font=pictures.font(60), fill="black")
    text = reader.read(from_pil(wide, "wide.png")).text
    assert text.replace(" ", "") == line.replace(" ", "")


def test_no_text(reader: TextReader) -> None:
    assert reader.read(pictures.photo()) == RecognisedText()


@pytest.mark.parametrize("size", [(1, 1), (1, 2048), (2048, 1), (5, 7), (31, 29)])
def test_tiny_and_thin_pictures(reader: TextReader, size: tuple[int, int]) -> None:
    assert reader.read(from_pil(Image.new("RGB", size, "white"), "tiny")).text == ""


def test_pure_noise(reader: TextReader) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    assert reader.read(from_pil(Image.fromarray(noise), "noise")).text == ""


def test_nothing_goes_to_the_network_or_to_stderr(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refused(*arguments: object, **options: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refused)
    picture = Image.new("RGB", (300, 80), "white")
    ImageDraw.Draw(picture).text((20, 20), "Hello 42", font=pictures.font(36), fill="black")
    assert TextReader(threads=1).read(from_pil(picture, "hello.png")).text == "Hello 42"
    assert capfd.readouterr() == ("", "")


def test_a_missing_model_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import rapidocr

    monkeypatch.setattr(rapidocr, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(ModelUnavailable, match=r"\(det\) is missing"):
        TextReader().read(pictures.photo())


@pytest.mark.parametrize(
    ("text", "confidence", "believed"),
    [
        ("Exit", 0.9, True),
        ("Exit", 0.5, False),
        ("鑫", 0.92, False),
        ("OK", 0.99, True),
        ("--", 0.99, False),
    ],
)
def test_what_is_confident(text: str, confidence: float, believed: bool) -> None:
    assert _is_confident(TextLine(text, confidence, Box(0, 0, 9, 9))) is believed


def test_garbage_is_not_quoted() -> None:
    lines = [TextLine("Ppena nnd Kki ds", 0.7, Box(0, n * 30, 200, n * 30 + 20)) for n in range(4)]
    assert _is_garbage(lines)
    assert not _is_garbage(lines[:1])
    assert not _is_garbage([replace(line, confidence=0.9) for line in lines])
    read = _in_order(lines, (300, 300), 0, True)
    assert (len(read.lines), read.text) == (4, "")


def test_reading_tells_its_progress_and_can_be_stopped_within_a_picture(reader: TextReader) -> None:
    shares: list[float] = []
    page = pictures.page()
    whole = reader.read(page, shares.append)
    assert whole.text == reader.read(page).text
    assert len(shares) > 2
    assert shares == sorted(shares)
    assert 0 == shares[0] < shares[-1] < 1

    class Stopped(Exception):  # noqa: N818  # no error
        pass

    def stop(share: float) -> None:
        if share > 0:
            raise Stopped

    with pytest.raises(Stopped):
        reader.read(page, stop)
    assert reader.read(page).text == whole.text


def test_how_sure_the_reading_is(reader: TextReader) -> None:
    assert not reader.read(pictures.page()).is_doubtful
    lines = tuple(TextLine("words", 0.7, Box(0, i, 9, i + 1)) for i in range(2))
    assert _in_order(list(lines), (10, 10), 0, False).is_doubtful
    assert not RecognisedText().is_doubtful
