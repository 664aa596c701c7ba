"""4-bit codes for int8 weight matrices, and their conversion in a safetensors file.

A row of an int8 matrix is cut into groups of 32 weights. A weight of group g is stored as a 4-bit
code, and stands for the int8 number

    offset[g] + floor((step[g] * code + 8) / 16)

The row's float scale stays. So an unpacked matrix is an int8 matrix, and whatever computes with one
gives the same bits from the codes. Formats with 4-bit codes and a scale and minimum per 32 weights
(Q4_K in GGUF files) fit into it with an error of a third of an int8 step; formats with more bits do
not, so each matrix is tried and only those that lose little are packed.

`NAME.weight` and `NAME.weight_scale` become, with 128 weights in one block:

- `NAME.weight_codes` U8 [outputs, inputs / 2]: 64 bytes a block; byte b holds the code of weight b
  in its low half and that of weight 64 + b in its high half.
- `NAME.weight_groups` U8 [outputs, inputs / 16]: 8 bytes a block; four steps (unsigned), then four
  offsets (signed).
- `NAME.weight_scale` F32 [outputs], unchanged.

That is 4.5 bits a weight. All steps are integers or exactly rounded by IEEE 754, so the same int8
weights give the same bytes on every machine.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmdesk.models.quantise import PIECE_VALUES
from mmdesk.models.safetensors_writer import SafetensorsWriter, TensorSpec

CODES, GROUPS = "_codes", "_groups"  # after the name of the tensor they stand for
INT4_BLOCK = 128  # weights whose codes stand together
INT4_GROUP = 32  # weights that share a step and an offset
GROUPS_PER_BLOCK = INT4_BLOCK // INT4_GROUP
LEVELS = range(15, 5, -1)  # codes that the range of a group is spread over, tried in this order
# RMS error over RMS weight up to which a matrix is packed. Measured on Qwen2.5-Coder 1.5B from
# Q4_K_M: 1.1 to 1.7 % where the file has Q4_K, 7 % where it has Q6_K.
MAX_RELATIVE_ERROR = 0.04
SAMPLE_ROWS = 64  # by which a matrix is judged
# Weights fitted at a time: few enough for the processor's second-level cache.
FIT_VALUES = 1 << 16
MAX_THREADS = 8
# Rows are looked up in these, not multiplied only.
EMBEDDINGS = ("model.embed_tokens.weight", "lm_head.weight")

AnyArray = NDArray[Any]


def pack(weight: AnyArray) -> tuple[AnyArray, AnyArray]:
    """Return the codes and groups that come closest to an int8 matrix.

    Args:
        weight: int8 [outputs, inputs], inputs being a multiple of INT4_BLOCK.

    Returns:
        Codes, uint8 [outputs, inputs / 2], and groups, uint8 [outputs, inputs / 16].
    """
    outputs, inputs = weight.shape
    rows = max(1, FIT_VALUES // inputs)
    pieces = [_pack_rows(weight[start : start + rows]) for start in range(0, outputs, rows)]
    codes, groups = zip(*pieces, strict=True)
    return np.concatenate(codes), np.concatenate(groups)


def unpack(codes: AnyArray, groups: AnyArray) -> AnyArray:
    """Return the int8 matrix [outputs, inputs] that codes and groups stand for.

    Raises:
        ValueError: their shapes do not belong together.
    """
    outputs, half = codes.shape
    if groups.shape != (outputs, half // 8) or 2 * half % INT4_BLOCK:
        raise ValueError("The codes and groups of a matrix do not belong together.")
    weight = np.empty((outputs, 2 * half), np.int8)
    rows = max(1, PIECE_VALUES // 8 // (2 * half))
    for start in range(0, outputs, rows):
        piece = slice(start, start + rows)
        weight[piece] = _unpack_rows(codes[piece], groups[piece])
    return weight


def relative_error(weight: AnyArray) -> float:
    """Return what packing costs: RMS error over RMS weight, of evenly spaced rows."""
    rows = weight[:: max(1, len(weight) // SAMPLE_ROWS)]
    error = rows.astype(np.float64) - unpack(*pack(rows))
    squares = float((rows.astype(np.float64) ** 2).sum())
    return float(np.sqrt((error**2).sum() / squares)) if squares else 0.0


def is_packable(name: str, weight: AnyArray) -> bool:
    """Return whether a matrix of this name is stored in 4 bits."""
    return (
        name not in EMBEDDINGS
        and weight.shape[1] % INT4_BLOCK == 0
        and relative_error(weight) <= MAX_RELATIVE_ERROR
    )


def write_int4(source: Path, target: Path) -> Iterator[int]:
    """Pack the matrices of an int8 safetensors file that lose little by it.

    Yields:
        The size of each piece written, and 0 while matrices are judged.

    Raises:
        OSError: a file cannot be read or written.
        ValueError: a tensor does not fit its shape.
        SafetensorError: the source is not a safetensors file.
    """
    from safetensors import safe_open

    with safe_open(source, "np") as file, target.open("wb") as stream:
        specs = []
        for name in file.keys():  # noqa: SIM118
            specs += _specs(name, file)
            yield 0
        writer = SafetensorsWriter(stream, specs)
        threads = max(1, min(MAX_THREADS, os.cpu_count() or 1))
        with ThreadPoolExecutor(threads, thread_name_prefix="pack") as pool:
            packed: dict[str, list[AnyArray]] = {}  # groups of the matrix whose codes came last
            for spec in writer.tensors:
                yield from writer.write(spec, _pieces(spec, file, packed, pool))


def int8_reader(
    names: set[str], read: Callable[[str], AnyArray]
) -> tuple[set[str], Callable[[str], AnyArray]]:
    """Return names and reader of a file's tensors as if its matrices were stored in int8."""
    packed = {name.removesuffix(CODES) for name in names if name.endswith(CODES)}

    def read_int8(name: str) -> AnyArray:
        return unpack(read(name + CODES), read(name + GROUPS)) if name in packed else read(name)

    parts = {name + suffix for name in packed for suffix in (CODES, GROUPS)}
    return (names - parts) | packed, read_int8


def _specs(name: str, file: Any) -> list[TensorSpec]:
    """Return the tensors that one of the int8 file becomes."""
    part = file.get_slice(name)
    shape, dtype = tuple(part.get_shape()), part.get_dtype()
    if dtype != "I8" or len(shape) != 2 or not is_packable(name, part[:]):
        return [TensorSpec(name, dtype, shape)]
    outputs, inputs = shape
    return [
        TensorSpec(name + CODES, "U8", (outputs, inputs // 2)),
        TensorSpec(name + GROUPS, "U8", (outputs, inputs // 16)),
    ]


def _pieces(
    spec: TensorSpec, file: Any, packed: dict[str, list[AnyArray]], pool: ThreadPoolExecutor
) -> Iterator[bytes]:
    """Yield the bytes of one stored tensor, some rows at a time.

    Codes come before the groups of the same matrix, which wait in `packed`.
    """
    if spec.dtype != "U8":
        yield from _copied(file.get_slice(spec.name), spec.shape)
        return
    if spec.name.endswith(GROUPS):
        yield np.concatenate(packed.pop(spec.name.removesuffix(GROUPS))).tobytes()
        return
    name = spec.name.removesuffix(CODES)
    weight = file.get_tensor(name)
    rows = max(1, PIECE_VALUES // 4 // weight.shape[1])
    parts = [weight[start : start + rows] for start in range(0, len(weight), rows)]
    packed[name] = []
    for codes, groups in pool.map(pack, parts):
        packed[name].append(groups)
        yield codes.tobytes()


def _copied(part: Any, shape: tuple[int, ...]) -> Iterator[bytes]:
    width = shape[1] if len(shape) > 1 else 1
    rows = max(1, PIECE_VALUES // width)
    for start in range(0, shape[0], rows):
        yield part[start : min(start + rows, shape[0])].tobytes()


# --- The fit ------------------------------------------------------------------------------------


def _pack_rows(weight: AnyArray) -> tuple[AnyArray, AnyArray]:
    outputs, inputs = weight.shape
    # [32, groups]: one vector operation then works on as many groups as fit a register.
    values = np.ascontiguousarray(weight.reshape(-1, INT4_GROUP).T).astype(np.float32)
    step, offset = _fit(values)
    codes = _codes(values, step, offset).astype(np.uint8).T
    halves = codes.reshape(outputs, inputs // INT4_BLOCK, 2, INT4_BLOCK // 2)
    joined = halves[:, :, 0] | (halves[:, :, 1] << 4)
    numbers = np.empty((outputs, inputs // INT4_BLOCK, 2 * GROUPS_PER_BLOCK), np.uint8)
    numbers[..., :GROUPS_PER_BLOCK] = step.reshape(outputs, -1, GROUPS_PER_BLOCK)
    signed = offset.astype(np.int8).view(np.uint8)
    numbers[..., GROUPS_PER_BLOCK:] = signed.reshape(outputs, -1, GROUPS_PER_BLOCK)
    return joined.reshape(outputs, inputs // 2), numbers.reshape(outputs, inputs // 16)


def _unpack_rows(codes: AnyArray, groups: AnyArray) -> AnyArray:
    outputs, half = codes.shape
    blocks = codes.reshape(outputs, -1, INT4_BLOCK // 2)
    both = np.stack((blocks & 15, blocks >> 4), axis=2).astype(np.int16)
    values = both.reshape(outputs, -1, GROUPS_PER_BLOCK, INT4_GROUP)  # [outputs, blocks, 4, 32]
    numbers = groups.reshape(outputs, -1, 2 * GROUPS_PER_BLOCK)
    values *= numbers[..., :GROUPS_PER_BLOCK, None].astype(np.int16)
    values += 8
    values >>= 4
    values += numbers[..., GROUPS_PER_BLOCK:, None].view(np.int8)
    return values.astype(np.int8).reshape(outputs, 2 * half)


def _fit(values: AnyArray) -> tuple[AnyArray, AnyArray]:
    """Return step and offset of each group, float32 [groups] with integers in them.

    The range of a group is spread over 15, 14, … codes, since Q4_K does not use all codes in every
    group. For given codes and a given step the best offset is the mean error, so it costs no
    search. At last the steps next to the best are tried.

    Args:
        values: float32 [INT4_GROUP, groups] with integers in it.
    """
    low = values.min(0)
    span = values.max(0) - low
    best = _Best(span.shape)
    for levels in LEVELS:
        step = np.clip(np.rint(np.float32(16) * span / np.float32(levels)), 1, 255)
        best.take(step, *_best_offset(values, _codes(values, step, low), step))
    codes = _codes(values, best.step, best.offset)
    start = best.step.copy()
    for change in (0, -1, 1, -2, 2):
        step = np.clip(start + np.float32(change), 1, 255)
        offset, _ = _best_offset(values, codes, step)
        best.take(step, offset, _error(values, step, offset))
    return best.step, best.offset


class _Best:
    """Best step and offset found for each group, with the squared error."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.error = np.full(shape, np.inf, np.float32)
        self.step, self.offset = np.ones(shape, np.float32), np.zeros(shape, np.float32)

    def take(self, step: AnyArray, offset: AnyArray, error: AnyArray) -> None:
        """Replace what these come closer than."""
        better = error < self.error
        for kept, new in ((self.error, error), (self.step, step), (self.offset, offset)):
            np.copyto(kept, new, where=better)


def _codes(values: AnyArray, step: AnyArray, offset: AnyArray) -> AnyArray:
    """Return the codes 0..15 nearest to the values."""
    codes = values - offset
    codes *= np.float32(16) / step
    np.rint(codes, out=codes)
    np.maximum(codes, 0, out=codes)
    return np.minimum(codes, 15, out=codes)


def _entries(codes: AnyArray, step: AnyArray) -> AnyArray:
    """Return floor((step * code + 8) / 16)."""
    entries = codes * step
    entries += 8
    entries *= np.float32(1 / 16)
    return np.floor(entries, out=entries)


def _best_offset(values: AnyArray, codes: AnyArray, step: AnyArray) -> tuple[AnyArray, AnyArray]:
    """Return the offset that suits codes and step best, and the squared error with it.

    No entry of a group's table of 16 exceeds 127, used or not.
    """
    errors = _entries(codes, step)
    errors -= values
    total = errors.sum(0)
    np.multiply(errors, errors, out=errors)
    squares = errors.sum(0)
    most = 127 - _entries(np.full_like(step, 15), step)
    offset = np.clip(np.rint(total * np.float32(-1 / INT4_GROUP)), -128, most)
    return offset, squares + offset * (2 * total + INT4_GROUP * offset)


def _error(values: AnyArray, step: AnyArray, offset: AnyArray) -> AnyArray:
    errors = _entries(_codes(values, step, offset), step)
    errors += offset
    errors -= values
    np.multiply(errors, errors, out=errors)
    total: AnyArray = errors.sum(0)
    return total
