"""Numbered sets of synthetic images: a number always gives the same picture, on every machine."""

from __future__ import annotations

import numpy as np

from mmdesk.training.data.shapes import make_shapes
from mmdesk.training.data.synthetic_documents import (
    make_chart,
    make_page,
    make_screenshot,
    make_sign,
)
from mmdesk.training.data.synthetic_image import SyntheticImage

MAKERS = (make_shapes, make_shapes, make_page, make_screenshot, make_chart, make_sign)
SYNTHETIC_TRAIN, SYNTHETIC_DEV = "made", "made-dev"  # names of the views in the feature cache
COUNTS = {SYNTHETIC_TRAIN: 2400, SYNTHETIC_DEV: 240}


def make_image(view: str, number: int) -> SyntheticImage:
    """Draw picture `number` of the training set or of the dev set."""
    rng = np.random.default_rng([20, int(view == SYNTHETIC_DEV), number])
    return MAKERS[number % len(MAKERS)](rng)
