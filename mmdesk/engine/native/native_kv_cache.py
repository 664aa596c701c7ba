"""KV cache of the native code, and the states of short convolutions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mmdesk.engine.families import Architecture
from mmdesk.engine.native.native_weights import Array, aligned
from mmdesk.engine.native.short_conv import STATE_ROWS

PAGE = 256  # positions by which a KV cache grows
SNAPSHOT_STEP = 128  # tokens after which a convolution's state is kept


class NativeCache:
    """KV cache of one text, layer by layer.

    Attributes:
        length: tokens in it.
        capacity: tokens it has memory for.
        table: int64, addresses of the keys and values of each layer, or of a convolution's state.
        inputs: the tokens or input rows in it, of a model that may have to compute them again.
        long: whether they were rotated as in a long text (LongRoPE).
    """

    def __init__(self, architecture: Architecture, lanes: int) -> None:
        self._shape, self._kinds, self._lanes = architecture.shape, architecture.layers, lanes
        # Per layer with attention float16 [2 * kv_heads, capacity, head_dim].
        self._keys_values: list[Array] = []
        self.length = self.capacity = 0
        self.inputs: list[Any] = []
        self.long = False
        self.table = aligned(2 * len(self._kinds), dtype=np.int64)
        convolutions = [number for number, kind in enumerate(self._kinds) if kind.conv]
        self._states = ConvStates(len(convolutions), self._shape.hidden, architecture.features.conv)
        for number, ring in zip(convolutions, self._states.rings, strict=True):
            self.table[2 * number] = ring.ctypes.data

    def reserve(self, end: int) -> None:
        """Grow the capacity to at least `end` tokens."""
        if end <= self.capacity:
            return
        capacity = max(end, min(2 * self.capacity, self.capacity + 16 * PAGE))
        capacity = -(-capacity // PAGE) * PAGE
        heads, dim, old = self._shape.kv_heads, self._shape.head_dim, self._keys_values
        attention = [number for number, kind in enumerate(self._kinds) if not kind.conv]
        # Keys stand in blocks of `lanes` positions: whole blocks lie where whole rows would.
        self._keys_values = [aligned(2 * heads, capacity, dim, dtype=np.float16) for _ in attention]
        copied = -(-self.length // self._lanes) * self._lanes
        for place, (number, new) in enumerate(zip(attention, self._keys_values, strict=True)):
            if copied:
                new[:, :copied] = old[place][:, :copied]
            keys = new.ctypes.data
            self.table[2 * number] = keys
            self.table[2 * number + 1] = keys + new.nbytes // 2
        self.capacity = capacity

    @property
    def nbytes(self) -> int:
        """Bytes of the memory that it has for keys and values."""
        return sum(array.nbytes for array in self._keys_values)

    def advance(self, count: int) -> None:
        """Take note of `count` tokens that were computed."""
        self._states.advance(self.length, self.length + count)
        self.length += count

    def trim(self, length: int) -> int:
        """Forget everything after the first `length` tokens, and return how many are left.

        Where short convolutions have to go back to a snapshot, it may be fewer.
        """
        self.length = self._states.trim(length)
        del self.inputs[self.length :]
        return self.length


class ConvStates:
    """States of a text's short convolutions, which are known for the last positions only.

    Snapshots lead further back, so that no text is read again from its beginning.

    Args:
        count: how many convolutions there are.
        hidden: width of each.
        kernel: positions that each spans.

    Attributes:
        rings: float32 [STATE_ROWS, hidden] each, position p in row p % STATE_ROWS.
    """

    def __init__(self, count: int, hidden: int, kernel: int) -> None:
        self.rings = [aligned(STATE_ROWS, hidden) for _ in range(count)]
        self._before = kernel - 1  # positions before a token that it depends on
        self._oldest = 0  # position from which on the rings hold what belongs there
        self._snapshots: dict[int, list[Array]] = {}  # by the length of the text

    def advance(self, start: int, end: int) -> None:
        """Take note that positions `start` to `end` were computed, and keep a snapshot at times."""
        if not self.rings:
            return
        self._oldest = max(self._oldest, end - STATE_ROWS)
        if end // SNAPSHOT_STEP > start // SNAPSHOT_STEP:
            rows = self._rows(range(end - self._before, end))
            self._snapshots[end] = [ring[rows] for ring in self.rings]  # copies

    def trim(self, length: int) -> int:
        """Go back to a text's first `length` tokens, or fewer; return how many they are."""
        if not self.rings:
            return length
        if max(0, length - self._before) < self._oldest:
            length = max((end for end in self._snapshots if end <= length), default=0)
            rows = self._rows(range(length - self._before, length))
            for ring, kept in zip(self.rings, self._snapshots.get(length, []), strict=False):
                ring[rows] = kept
            self._oldest = max(0, length - self._before)
        self._snapshots = {end: kept for end, kept in self._snapshots.items() if end <= length}
        for ring in self.rings:
            ring[self._rows(range(length - self._before, 0))] = 0.0  # before the text
        return length

    @staticmethod
    def _rows(positions: Iterable[int]) -> Array:
        return np.array([position % STATE_ROWS for position in positions], np.int64)
