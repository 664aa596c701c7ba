"""Frozen values about model parts on this machine, as the window and the bridge exchange them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model part as a person sees it. `download_bytes` and `disk_bytes` are sizes before and
    after the conversion; `takes` says what it takes in: "text", "picture", "sound".
    """

    id: str
    title: str
    role: Literal["language", "speech", "vision"]
    takes: tuple[str, ...]
    licence: str
    download_bytes: int
    disk_bytes: int
    installed: bool
    default: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """How far the fetching of one part is. `total_bytes` is 0 where the stage has no size."""

    part: str
    title: str
    stage: Literal["waiting", "downloading", "verifying", "converting", "done"]
    done_bytes: int = 0
    total_bytes: int = 0


FitVerdict = Literal["well", "slowly", "tightly", "memory", "disk"]


@dataclass(frozen=True, slots=True)
class HardwareInfo:
    """What there is to run models on; sizes in bytes.

    Attributes:
        memory: all there is for this process (a container's limit counts).
        memory_free: what other programs leave of it now.
        disk_free: where model parts are kept.
        cores: physical ones that this process may use.
        plain_bf16: whether bf16 weights are multiplied as they are; otherwise they are widened
            to fp32 in memory.
    """

    memory: int
    memory_free: int
    disk_free: int
    cores: int
    plain_bf16: bool


@dataclass(frozen=True, slots=True)
class HardwareFit:
    """Whether a part suits a machine.

    Attributes:
        verdict: "well"; "slowly" (fewer cores than advised); "tightly" (not enough memory free
            at the moment); "memory" (more than the machine has); "disk" (no room to fetch it).
        needs: bytes of memory, or of disk where that is what is short.
        has: bytes of the same that there are.
        cores_advised: 0 where no number of cores is advised.
        cores: how many there are.
    """

    verdict: FitVerdict
    needs: int
    has: int
    cores_advised: int = 0
    cores: int = 0


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One part, installed or not.

    Attributes:
        fetched: 0..1, how much of a download that was interrupted is kept; 0 without one.
        folder: where the person's own model lies; "" for parts that mmdesk keeps itself.
    """

    info: ModelInfo
    fit: HardwareFit
    fetched: float = 0.0
    folder: str = ""
