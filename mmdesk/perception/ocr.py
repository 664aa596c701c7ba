"""OCR with PP-OCR through rapidocr, whose models ship in its own package."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mmdesk.errors import ModelUnavailable
from mmdesk.perception.line_order import Box, in_reading_order, screens
from mmdesk.perception.ocr_tiles import TextLine, merged_tiles, tiles_of
from mmdesk.values import ImageInput

__all__ = ["Progress", "RecognisedText", "TextLine", "TextReader"]

Pixels = npt.NDArray[np.uint8]

DETECTION_EDGE = 960  # px, the long edge for text detection; lines are recognised at full size
MIN_CONFIDENCE = 0.6
MIN_SHORT_CONFIDENCE = 0.95  # one or two characters alone are mostly a window or a leaf
DOUBTFUL_CONFIDENCE = 0.85  # below which a page may be turned
GARBAGE_CONFIDENCE = 0.78  # below which nothing of a picture is quoted
MAX_LINES = 800
TALL = 2.5  # height by width, from which a picture is several screens or pages
MAX_UNTILED_EDGE = 2048  # px; a larger picture is read in tiles
_GARBAGE_LINES = 3
_LONG_LINE = 4  # characters, from which the direction of a line is known
_PROBES = 5  # lines that are read the other way round to find out how a page is turned
_MOSTLY = 0.6
_CLEARLY_BETTER = 0.1
MIN_SIDE = 12  # px: in less there is no letter, and rapidocr would blow the picture up first
LINES_AT_ONCE = 6  # recognised in one run, which takes half a second at most
_DETECTION_SHARE = 0.15  # of the time that a tile with much text takes

# Gets the share of the work that is done, 0..1, several times a second; may raise to stop it.
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class RecognisedText:
    """Text of one picture.

    Attributes:
        lines: every line that was recognised with confidence, in reading order.
        text: the same as one string; newlines between lines, cells of one table row on one line.
            Empty where all of it is too doubtful to be quoted.
        coverage: share of the picture's area that lines cover, 0..1.
        quarter_turns: counterclockwise, that put the picture upright; boxes are those of the
            upright picture.
        confidence: mean of the lines, 0..1; 0 without lines.
    """

    lines: tuple[TextLine, ...] = ()
    text: str = ""
    coverage: float = 0.0
    quarter_turns: int = 0
    confidence: float = 0.0

    @property
    def is_doubtful(self) -> bool:
        """Return whether much of it may be wrong."""
        return bool(self.lines) and self.confidence < DOUBTFUL_CONFIDENCE


class TextReader:
    """OCR of Chinese and English (and other Latin) text. One thread at a time.

    Args:
        threads: of the runtime; 0 leaves one core to the window, and takes at most four.
    """

    def __init__(self, threads: int = 0) -> None:
        self._threads = threads or min(4, max(1, (os.cpu_count() or 1) - 1))
        self._ocr: Any = None
        self._lock = threading.Lock()
        self._pass = ReadingPass()

    def read(self, image: ImageInput, progress: Progress | None = None) -> RecognisedText:
        """Recognise the text in a picture; empty where there is none.

        Args:
            image: the picture.
            progress: gets the share that is done; what it raises ends the reading.

        Raises:
            ModelUnavailable: the package's model files are missing.
        """
        if min(image.width, image.height) < MIN_SIDE:
            return RecognisedText()
        rgb = np.frombuffer(image.rgb, np.uint8).reshape(image.height, image.width, 3)
        bgr = rgb[:, :, ::-1]  # what rapidocr wants
        with self._lock:
            self._ocr = self._ocr or _load(self._threads, self._before_lines)
            self._pass = ReadingPass(progress)
            lines, turns = self._upright_lines(bgr, self._lines(bgr))
        confident = [line for line in lines if _is_confident(line)]
        sides = (image.height, image.width) if turns % 2 else (image.width, image.height)
        return _in_order(confident[:MAX_LINES], sides, turns, _is_garbage(confident))

    def _lines(self, bgr: Pixels) -> list[TextLine]:
        """Return every line found in the pixels [height, width, 3]; large ones in tiles."""
        if max(bgr.shape[:2]) <= MAX_UNTILED_EDGE:
            self._pass.begin_tile(0, 1)
            return self._recognise(bgr)
        tiles = tiles_of(bgr.shape[1], bgr.shape[0])
        found = []
        for number, tile in enumerate(tiles):
            self._pass.begin_tile(number, len(tiles))
            left, top, right, bottom = (round(side) for side in astuple(tile))
            lines = self._recognise(bgr[top:bottom, left:right])
            found.append([replace(line, box=line.box.moved(left, top)) for line in lines])
        return merged_tiles(tiles, found, lambda box: self._recognise_line(bgr, box))

    def _recognise(self, bgr: Pixels) -> list[TextLine]:
        found = self._ocr(np.ascontiguousarray(bgr), use_det=True)
        if getattr(found, "txts", None) is None:
            return []
        return [
            TextLine(text.strip(), float(score), _upright_box(corners))
            for text, score, corners in zip(found.txts, found.scores, found.boxes, strict=True)
        ]

    def _before_lines(self, done: int, count: int) -> None:
        self._pass.report(done, count)

    def _recognise_line(self, bgr: Pixels, box: Box, quarter_turns: int = 0) -> TextLine:
        """Recognise the one line in a box, turned counterclockwise first."""
        left, top = max(0, math.floor(box.left)), max(0, math.floor(box.top))
        crop = bgr[top : math.ceil(box.bottom), left : math.ceil(box.right)]
        found = self._ocr(np.ascontiguousarray(np.rot90(crop, quarter_turns)), use_det=False)
        texts, scores = found.txts or ("",), found.scores or (0.0,)
        return TextLine(texts[0].strip(), float(scores[0]), box)

    def _upright_lines(self, bgr: Pixels, lines: list[TextLine]) -> tuple[list[TextLine], int]:
        """Read a turned page again as it should stand; scans carry no EXIF.

        Upright lines that were read well cost nothing. Lines that stand on end were turned
        counterclockwise by rapidocr already, so good ones say that the page needs the same.

        Returns:
            The lines, and the quarter turns counterclockwise that put the picture upright.
        """
        long = [line for line in lines if len(line.text) >= _LONG_LINE]
        if not long:
            return lines, 0
        sideways, confidence = _are_sideways(long), _confidence(long)
        if confidence >= DOUBTFUL_CONFIDENCE:
            return (self._turned_lines(bgr, 1), 1) if sideways else (lines, 0)
        turns = 3 if sideways else 2
        longest = sorted(long, key=lambda line: max(line.box.width, line.box.height))[-_PROBES:]
        turned = _confidence([self._recognise_line(bgr, line.box, turns) for line in longest])
        if turned >= max(GARBAGE_CONFIDENCE, _confidence(longest) + _CLEARLY_BETTER):
            return self._turned_lines(bgr, turns), turns
        if sideways and confidence >= GARBAGE_CONFIDENCE:
            return self._turned_lines(bgr, 1), 1
        return lines, 0

    def _turned_lines(self, bgr: Pixels, turns: int) -> list[TextLine]:
        return self._lines(np.rot90(bgr, turns))


def _are_sideways(lines: list[TextLine]) -> bool:
    tall = sum(line.box.height > 1.5 * line.box.width for line in lines)
    return tall >= _MOSTLY * len(lines)


def _confidence(lines: list[TextLine]) -> float:
    """Return the mean confidence of the lines, long ones counting for more."""
    letters = [len(line.text) for line in lines]
    if not any(letters):
        return 0.0
    return float(np.average([line.confidence for line in lines], weights=letters))


def _is_garbage(lines: list[TextLine]) -> bool:
    """Return true if what was read of the whole picture is too doubtful to be quoted.

    Text on its head, scribbles and patterns come out as lines of 0.6 to 0.75; even a blurred or
    noisy page is read with more than 0.85.
    """
    return len(lines) >= _GARBAGE_LINES and _confidence(lines) < GARBAGE_CONFIDENCE


def _is_confident(line: TextLine) -> bool:
    letters = sum(character.isalnum() for character in line.text)
    if letters == 0:
        return False
    return line.confidence >= (MIN_SHORT_CONFIDENCE if letters <= 2 else MIN_CONFIDENCE)


def _upright_box(corners: Any) -> Box:
    """Return the box around the four corners [4,2] of a line, which may be slanted."""
    left, top = np.min(corners, axis=0)
    right, bottom = np.max(corners, axis=0)
    return Box(float(left), float(top), float(right), float(bottom))


def _in_order(
    lines: list[TextLine], sides: tuple[int, int], turns: int, garbage: bool
) -> RecognisedText:
    rows = _rows(lines, sides)
    ordered = tuple(lines[index] for row in rows for index in row)
    text = "\n".join("  ".join(lines[index].text for index in row) for row in rows)
    area = sum(line.box.width * line.box.height for line in lines)
    coverage = min(1.0, area / (sides[0] * sides[1]))
    confidence = _confidence(lines)
    return RecognisedText(ordered, "" if garbage else text, coverage, turns, confidence)


def _rows(lines: list[TextLine], sides: tuple[int, int]) -> list[list[int]]:
    """Return the indices of the lines in rows, in reading order; a tall picture in screens."""
    boxes, texts = [line.box for line in lines], [line.text for line in lines]
    width, height = sides
    if height <= TALL * width:
        return in_reading_order(boxes, texts)
    return [
        [screen[index] for index in row]
        for screen in screens(boxes, width)
        for row in in_reading_order([boxes[i] for i in screen], [texts[i] for i in screen])
    ]


class ReadingPass:
    """Progress through the tiles of one picture, which may be read a second time, turned.

    Args:
        progress: gets the share that is done.
    """

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress or (lambda share: None)
        self._tile, self._tiles, self._highest = 0, 1, 0.0

    def begin_tile(self, number: int, count: int) -> None:
        """Report that tile `number` of `count` is begun; text detection comes first."""
        self._tile, self._tiles = number, count
        self._tell(0.0)

    def report(self, done: int, count: int) -> None:
        """Report that `done` of the `count` lines of the tile are recognised."""
        self._tell(_DETECTION_SHARE + (1 - _DETECTION_SHARE) * done / max(1, count))

    def _tell(self, share: float) -> None:
        self._highest = max(self._highest, (self._tile + share) / self._tiles)
        self._progress(self._highest)


def _load(threads: int, before_lines: Callable[[int, int], None]) -> Any:
    """Load rapidocr with models named by path: by itself it would download missing ones.

    Args:
        threads: of the runtime.
        before_lines: is called before every few lines with how many are done, and of how many.
    """
    import rapidocr
    from rapidocr.ch_ppocr_rec.typings import TextRecOutput

    class InterruptibleOCR(rapidocr.RapidOCR):
        """RapidOCR that recognises a few lines at a time, so that it can be stopped."""

        def recognize_txt(self, img: Sequence[Pixels]) -> Any:
            """Recognise lines, those of similar shape together, as RapidOCR does."""
            order = sorted(range(len(img)), key=lambda i: img[i].shape[1] / img[i].shape[0])
            texts, scores = [""] * len(img), [0.0] * len(img)
            for start in range(0, len(order), LINES_AT_ONCE):
                before_lines(start, len(order))
                batch = order[start : start + LINES_AT_ONCE]
                found = super().recognize_txt([img[i] for i in batch])
                for i, text, score in zip(batch, found.txts, found.scores, strict=True):
                    texts[i], scores[i] = text, score
            words = (None,) * len(img)
            return TextRecOutput(list(img), tuple(texts), tuple(scores), words, 0.0)

    folder = Path(rapidocr.__file__).parent / "models"
    return InterruptibleOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,  # it turns single lines; `_upright_lines` turns the page
            "Global.max_side_len": 2048,
            "Det.model_path": _model(folder, "det"),
            "Det.limit_type": "max",
            "Det.limit_side_len": DETECTION_EDGE,
            "Rec.model_path": _model(folder, "rec"),
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _model(folder: Path, part: str) -> str:
    for path in sorted(folder.glob(f"*_{part}_*.onnx")):
        return str(path)
    raise ModelUnavailable(
        "The text recognition model ({part}) is missing from the rapidocr package.",
        "Install rapidocr again.",
        part=part,
    )
