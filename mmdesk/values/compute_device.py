"""Frozen value about a device that computes language models."""

from __future__ import annotations

from dataclasses import dataclass

CPU = "cpu"
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class ComputeDevice:
    """Graphics card that torch can use, or the CPU; sizes in bytes.

    Attributes:
        id: torch's name for it: "cuda:0", "mps", "xpu:0", "cpu".
        kind: "CUDA", "ROCm", "MPS", "XPU" or "CPU".
        name: of the product.
        memory: all of it.
        memory_free: not used by other programs now.
    """

    id: str
    kind: str
    name: str
    memory: int
    memory_free: int

    @property
    def family(self) -> str:
        """Name without the number, as it is asked for: one of `settings.DEVICES`."""
        return self.id.partition(":")[0]
