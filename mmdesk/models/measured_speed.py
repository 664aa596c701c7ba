"""Measured speed of language models on this computer, in a private file of mmdesk's home.

speed.json holds, for each processor, the best that a model reached when it was loaded for the first
times (another program may have been in the way once):

    {"PROCESSOR": {"MODEL": {"precision": "int4", "weight_bytes": 1060000000,
                             "decode_tokens_per_s": 34.1, "threads": 2, "measurements": 3}}}

Decoding is bound by the memory that a token reads. So the bytes a second that one model reached
predict the speed of another one that was never loaded.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import tempfile
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mmdesk.private_files import make_private_folder
from mmdesk.settings import home
from mmdesk.values import DecodeSpeed

FILE = "speed.json"
# Weights of a token from which a model tells how fast memory is; fewer stay in the CPU's cache.
MIN_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class MeasuredSpeed:
    """Decode speed of one model here.

    Attributes:
        precision: that it computed in.
        weight_bytes: read for one token.
        decode_tokens_per_s: with a short context.
        threads: that computed.
        measurements: that this is the best of.
    """

    precision: str
    weight_bytes: int
    decode_tokens_per_s: float
    threads: int
    measurements: int = 1


@cache
def processor_name() -> str:
    """Return the processor's name as its maker and the operating system give it."""
    with contextlib.suppress(OSError):
        cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        for line in cpuinfo.splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def remember_speed(model: str, speed: MeasuredSpeed) -> None:
    """Keep what was measured for this model on this processor, instead of what was before.

    Nothing is kept of models that are too small to tell anything.
    """
    if speed.weight_bytes < MIN_BYTES:
        return
    path = home() / FILE
    stored = read_json(path)
    here = stored.get(processor_name())
    known = here if isinstance(here, dict) else {}
    write_json(path, stored | {processor_name(): known | {model: asdict(speed)}})


def remembered_speed(model: str) -> MeasuredSpeed | None:
    """Return what was measured for this model on this processor."""
    return _all_measured().get(model)


def decode_speed(model: str, weight_bytes: int) -> DecodeSpeed | None:
    """Return a model's decode speed on this computer.

    Args:
        model: its id.
        weight_bytes: read for one token, for a model that was not measured.

    Returns:
        What was measured, or what the memory speed of another model predicts; None where no model
        was measured.
    """
    measured = _all_measured()
    if model in measured:
        return DecodeSpeed(measured[model].decode_tokens_per_s, measured=True)
    if not measured or weight_bytes <= 0:
        return None
    fastest = max(one.weight_bytes * one.decode_tokens_per_s for one in measured.values())
    return DecodeSpeed(fastest / weight_bytes, measured=False)


def _all_measured() -> dict[str, MeasuredSpeed]:
    here = read_json(home() / FILE).get(processor_name())
    known = here if isinstance(here, dict) else {}
    return {model: speed for model, entry in known.items() if (speed := _valid(entry)) is not None}


def _valid(entry: Any) -> MeasuredSpeed | None:
    try:
        speed = MeasuredSpeed(**entry)
    except TypeError:
        return None
    numbers = speed.weight_bytes, speed.decode_tokens_per_s, speed.threads, speed.measurements
    fits = isinstance(speed.precision, str) and all(
        isinstance(number, int | float) and 0 < number < 1e15 for number in numbers
    )
    return speed if fits else None


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a file; an empty one where there is none or it is damaged."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write the file whole or not at all, for this account alone; failure is ignored."""
    with contextlib.suppress(OSError):
        make_private_folder(path.parent)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".speed-")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(content, stream, indent=2)
        os.replace(temporary, path)
