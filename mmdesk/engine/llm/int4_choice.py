"""Choice between int4 and int8 by measurement, once for each processor.

Decoding from 4-bit codes reads half the memory, but takes more instructions. Which counts depends
on the processor, so both are timed when such a model is first loaded. The result is kept in
matmul_speed.json in mmdesk's home:

    {"PROCESSOR, ISA, N threads": {"int8": weights per nanosecond, "int4": …}}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mmdesk.models import processor_name, read_json, write_json
from mmdesk.settings import home

if TYPE_CHECKING:
    from mmdesk.engine.native.native_model import NativeModel

FILE = "matmul_speed.json"
# How much faster int8 has to be: it takes half as much memory again.
MIN_GAIN = 1.1


def faster_precision(model: NativeModel) -> str:
    """Return what a model with 4-bit codes computes faster in here, "int4" or "int8"."""
    from mmdesk.engine.native.measure import measure_speeds

    key = f"{processor_name()}, {model.isa.name}, {model.threads} threads"
    path = home() / FILE
    known = read_json(path)
    speeds: Any = known.get(key)
    if not _is_valid(speeds):
        speeds = measure_speeds(model)
        if not speeds:
            return "int4"
        rounded = {precision: round(speed, 2) for precision, speed in speeds.items()}
        write_json(path, known | {key: rounded})
    return "int8" if speeds["int8"] > MIN_GAIN * speeds["int4"] else "int4"


def measured_speeds() -> dict[str, Any]:
    """Return what was measured on this computer, by processor."""
    return read_json(home() / FILE)


def _is_valid(speeds: Any) -> bool:
    names = ("int8", "int4")
    return isinstance(speeds, dict) and all(isinstance(speeds.get(n), int | float) for n in names)
