"""The made pictures as a whole: number n is the same picture whoever makes it, whenever."""

from __future__ import annotations

import numpy as np

from mmdesk.training.data.drawing import SyntheticImage
from mmdesk.training.data.shapes import make_shapes
from mmdesk.training.data.synthetic_documents import (
    make_chart,
    make_page,
    make_screenshot,
    make_sign,
)

MAKERS = (make_shapes, make_shapes, make_page, make_screenshot, make_chart, make_sign)
LEARNED, JUDGED = "made", "made-dev"  # the views their features are cached under
COUNTS = {LEARNED: 2400, JUDGED: 240}


def make(view: str, number: int) -> SyntheticImage:
    """Picture `number` of the pictures that are learned from, or of those that judge."""
    rng = np.random.default_rng([20, int(view == JUDGED), number])
    return MAKERS[number % len(MAKERS)](rng)
