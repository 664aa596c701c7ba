"""OCR with PP-OCR through rapidocr, whose models ship in its own package."""

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

DETECTION_EDGE = 960  # px, the long edge for text detection; lines are recognised at full size
MIN_CONFIDENCE = 0.6
MIN_SHORT_CONFIDENCE = 0.95  # one or two characters alone are mostly a window or a leaf
MAX_LINES = 400
MIN_SIDE = 12  # px: in less there is no letter, and rapidocr would blow the picture up first


@dataclass(frozen=True, slots=True)
class TextLine:
    """Recognised line.

    Attributes:
        text: of the line.
        confidence: 0..1.
        box: around the line.
    """

    text: str
    confidence: float
    box: Box


@dataclass(frozen=True, slots=True)
class RecognisedText:
    """Text of one picture.

    Attributes:
        lines: every line that was recognised with confidence, in reading order.
        text: the same as one string; newlines between lines, cells of one table row on one line.
        coverage: share of the picture's area that lines cover, 0..1.
    """

    lines: tuple[TextLine, ...] = ()
    text: str = ""
    coverage: float = 0.0


class TextReader:
    """OCR of Chinese and English (and other Latin) text. One thread at a time.

    Args:
        threads: of the runtime; 0 leaves one core to the window, and takes at most four.
    """

    def __init__(self, threads: int = 0) -> None:
        self._threads = threads or min(4, max(1, (os.cpu_count() or 1) - 1))
        self._ocr: Any = None
        self._lock = threading.Lock()

    def read(self, image: ImageInput) -> RecognisedText:
        """Recognise the text in a picture; empty where there is none.

        Raises:
            ModelUnavailable: the package's model files are missing.
        """
        if min(image.width, image.height) < MIN_SIDE:
            return RecognisedText()
        rgb = np.frombuffer(image.rgb, np.uint8).reshape(image.height, image.width, 3)
        with self._lock:
            self._ocr = self._ocr or _load(self._threads)
            found = self._ocr(np.ascontiguousarray(rgb[:, :, ::-1]))  # it wants BGR
        if getattr(found, "txts", None) is None:
            return RecognisedText()
        lines = [
            TextLine(text.strip(), float(score), _upright_box(corners))
            for text, score, corners in zip(found.txts, found.scores, found.boxes, strict=True)
        ]
        return _in_order([line for line in lines if _is_confident(line)][:MAX_LINES], image)


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


def _in_order(lines: list[TextLine], image: ImageInput) -> RecognisedText:
    rows = in_reading_order([line.box for line in lines], [line.text for line in lines])
    ordered = tuple(lines[index] for row in rows for index in row)
    text = "\n".join("  ".join(lines[index].text for index in row) for row in rows)
    area = sum(line.box.width * line.box.height for line in lines)
    return RecognisedText(ordered, text, min(1.0, area / (image.width * image.height)))


def _load(threads: int) -> Any:
    """Load rapidocr with models named by path: by itself it would download missing ones."""
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
        "The text recognition model ({part}) is missing from the rapidocr package.",
        "Install rapidocr again.",
        part=part,
    )
