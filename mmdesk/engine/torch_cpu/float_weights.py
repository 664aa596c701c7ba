"""Loading of float weights, as model hubs store them, into the native code, which takes int8."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open

from mmdesk.engine.families import read_architecture
from mmdesk.engine.model_config import INDEX, WEIGHTS
from mmdesk.engine.native.jit import best_isa
from mmdesk.engine.native.load_weights import build_native
from mmdesk.engine.native.native_model import NativeModel
from mmdesk.models import SCALE, quantised, read_regular

PIECE_VALUES = 1 << 24  # weights quantised at a time, so that their floats take little memory


def load_native_from_floats(
    folder: Path,
    config: dict[str, Any],
    threads: int,
    prefix: str = "model.",
    head: str = "lm_head",
) -> NativeModel | None:
    """Load a model of float weights, in one file or several, quantised to int8 as they are read.

    Args:
        folder: holds the weights.
        config: config.json; of a multimodal model its "text_config".
        threads: how many compute.
        prefix: before the names of the tensors, see `build_native`.
        head: name of the output projection.

    Returns:
        None where the native code does not support this processor, the model's family or its shape.

    Raises:
        OSError, KeyError, ValueError, SafetensorError: the files are damaged or do not fit
            together.
    """
    architecture = read_architecture(config)
    if architecture is None or best_isa() is None:
        return None
    names, slice_of = _open(folder)
    matrices = {name for name in names if len(slice_of(name).get_shape()) == 2}
    names |= {name + SCALE for name in matrices}
    return build_native(names, _QuantisedReader(slice_of), architecture, threads, prefix, head)


class _QuantisedReader:
    """Reader of float tensors in the form in which mmdesk stores them."""

    def __init__(self, slice_of: Callable[[str], Any]) -> None:
        self._slice_of = slice_of
        self._read: dict[str, NDArray[Any]] = {}

    def __call__(self, name: str) -> NDArray[Any]:
        """Return a matrix in int8, its scale, or a vector in float32."""
        if name not in self._read:
            self._quantise(name.removesuffix(SCALE))
        return self._read[name]

    def _quantise(self, name: str) -> None:
        part = self._slice_of(name)
        shape = part.get_shape()
        if len(shape) != 2:
            self._read[name] = part[:].float().numpy()
            return
        weight, scale = np.empty(shape, np.int8), np.empty(shape[0], np.float32)
        step = max(1, PIECE_VALUES // shape[1])
        for start in range(0, shape[0], step):
            rows = slice(start, start + step)
            with torch.inference_mode():
                int8, scales = quantised(part[rows].float())
            weight[rows], scale[rows] = int8.numpy(), scales.numpy()
        self._read[name], self._read[name + SCALE] = weight, scale


def _open(folder: Path) -> tuple[set[str], Callable[[str], Any]]:
    """Return the names of all tensors in a folder, and what returns a slice of one."""
    files = [WEIGHTS]
    if not (folder / WEIGHTS).is_file():
        index = json.loads(read_regular(folder / INDEX))
        files = sorted({Path(name).name for name in index["weight_map"].values()})
    places: dict[str, Any] = {}
    for file in files:
        opened = safe_open(folder / file, "pt")
        places |= dict.fromkeys(opened.keys(), opened)
    return set(places), lambda name: places[name].get_slice(name)
