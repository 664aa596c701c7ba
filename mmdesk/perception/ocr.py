"""Text in pictures: PP-OCR through rapidocr, whose models ship in its own package."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mmdesk.errors import ModelUnavailable
from mmdesk.perception.line_order import Box, in_reading_order
from mmdesk.values import ImageInput

DETECTION_EDGE = 960  # px, the long edge that is searched for text; words are read at full size
LEAST_CONFIDENCE = 0.6
LONE_CONFIDENCE = 0.95  # one or two characters alone are mostly a window or a leaf
MOST_LINES = 400
SMALLEST = 12  # px: in less there is no letter, and rapidocr would blow the picture up first


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line as it was found: its words, how sure the reading is (0..1), where it stands."""

    text: str
    confidence: float
    box: Box


@dataclass(frozen=True, slots=True)
class ReadText:
    """What was read from one picture.

    Attributes:
        lines: every line that was read with confidence, in reading order.
        text: the same as one string; lines apart by newlines, cells of one table row on one line.
        coverage: the share of the picture's area that lines cover, 0..1.
    """

    lines: tuple[TextLine, ...] = ()
    text: str = ""
    coverage: float = 0.0


class TextReader:
    """Reads Chinese and English (and other Latin) text. One thread at a time.

    `threads` of the runtime; 0 leaves one core to the window, and takes at most four.
    """

    def __init__(self, threads: int = 0) -> None:
        self._threads = threads or min(4, max(1, (os.cpu_count() or 1) - 1))
        self._ocr: Any = None
        self._lock = threading.Lock()

    def read(self, image: ImageInput) -> ReadText:
        """The text in a picture; empty where there is none.

        Raises:
            ModelUnavailable: the package's model files are missing.
        """
        if min(image.width, image.height) < SMALLEST:
            return ReadText()
        rgb = np.frombuffer(image.rgb, np.uint8).reshape(image.height, image.width, 3)
        with self._lock:
            self._ocr = self._ocr or _load(self._threads)
            found = self._ocr(np.ascontiguousarray(rgb[:, :, ::-1]))  # it wants BGR
        if getattr(found, "txts", None) is None:
            return ReadText()
        lines = [
            TextLine(text.strip(), float(score), _upright_box(corners))
            for text, score, corners in zip(found.txts, found.scores, found.boxes, strict=True)
        ]
        return _arranged([line for line in lines if _is_believed(line)][:MOST_LINES], image)


def _is_believed(line: TextLine) -> bool:
    letters = sum(character.isalnum() for character in line.text)
    if letters == 0:
        return False
    return line.confidence >= (LONE_CONFIDENCE if letters <= 2 else LEAST_CONFIDENCE)


def _upright_box(corners: Any) -> Box:
    """The four corners [4,2] of a line, which may be slanted, as the box around them."""
    left, top = np.min(corners, axis=0)
    right, bottom = np.max(corners, axis=0)
    return Box(float(left), float(top), float(right), float(bottom))


def _arranged(lines: list[TextLine], image: ImageInput) -> ReadText:
    rows = in_reading_order([line.box for line in lines], [line.text for line in lines])
    ordered = tuple(lines[index] for row in rows for index in row)
    text = "\n".join("  ".join(lines[index].text for index in row) for row in rows)
    area = sum(line.box.width * line.box.height for line in lines)
    return ReadText(ordered, text, min(1.0, area / (image.width * image.height)))


def _load(threads: int) -> Any:
    """The models are named by path: by itself rapidocr would fetch what it misses."""
    import rapidocr

    folder = Path(rapidocr.__file__).parent / "models"
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,  # turned pictures are put upright by their EXIF
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
        f"The text reader's model ({part}) is missing from the rapidocr package.",
        "Install rapidocr again.",
    )
