"""Cosines and sines of all positions of a text, which the native code reads row by row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmdesk.engine.native.forward_table import ROPE_TABLES
from mmdesk.engine.native.native_weights import Array, aligned
from mmdesk.engine.rope import Rope

STEP = 1024  # positions by which the tables grow


class RopeTables:
    """Tables of a model's kinds of RoPE.

    Args:
        ropes: the kinds.
        head_dim: width of a head.

    Attributes:
        addresses: int64 [kinds, ROPE_TABLES], of the rows that `point_at` chose.
    """

    def __init__(self, ropes: Sequence[Rope], head_dim: int) -> None:
        self._ropes, self._head_dim = ropes, head_dim
        # Of texts of ordinary length and of long ones, each [kinds][ROPE_TABLES].
        self._tables: dict[bool, list[tuple[Array, ...]]] = {}
        self.addresses = aligned(len(ropes), ROPE_TABLES, dtype=np.int64)

    @property
    def short_length(self) -> int:
        """Tokens of a text up to which it is of ordinary length; 0 where all texts are alike."""
        return max(r.original_length if r.long_frequencies is not None else 0 for r in self._ropes)

    def point_at(self, start: int, end: int, long: bool) -> None:
        """Let `addresses` name the rows from position `start` on, of tables that reach to `end`."""
        known = self._tables.get(long)
        if known is None or end > len(known[0][0]):
            positions = -(-end // STEP) * STEP
            known = [rope.tables(positions, self._head_dim, long) for rope in self._ropes]
            self._tables[long] = known
        for kind, tables in enumerate(known):
            self.addresses[kind] = [table[start:].ctypes.data for table in tables]
