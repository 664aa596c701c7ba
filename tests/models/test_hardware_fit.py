"""Whether a part suits a machine, said before it is fetched."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from mmdesk.models import hardware_fit
from mmdesk.models.hardware_fit import judge, memory_needed, this_machine
from mmdesk.values import DecodeSpeed, HardwareInfo, ModelInfo

GB = 1_000_000_000


def part(disk_gb: float, **changes: object) -> ModelInfo:
    values: dict[str, object] = {
        "id": "m", "title": "M", "role": "language", "takes": ("text",), "licence": "MIT",
        "download_bytes": round(disk_gb * GB / 2), "disk_bytes": round(disk_gb * GB),
        "installed": False, "default": False,
    }  # fmt: skip
    return ModelInfo(**{**values, **changes})  # type: ignore[arg-type]


def machine(**changes: object) -> HardwareInfo:
    values = {"memory": 16 * GB, "memory_free": 12 * GB, "disk_free": 100 * GB, "cores": 8}
    return HardwareInfo(**{**values, "plain_bf16": True, **changes})  # type: ignore[arg-type]


def test_a_small_model_fits() -> None:
    fit = judge(part(1), machine())
    assert (fit.verdict, fit.needs, fit.has) == ("well", GB + hardware_fit.RUNTIME, 16 * GB)


def test_more_than_there_is_does_not() -> None:
    fit = judge(part(20), machine())
    assert (fit.verdict, fit.has) == ("memory", 16 * GB)


def test_what_other_programs_hold_is_told_apart_from_what_is_missing() -> None:
    fit = judge(part(3), machine(memory_free=2 * GB))
    assert (fit.verdict, fit.has) == ("tightly", 2 * GB)


def test_without_bf16_the_weights_take_twice_the_memory() -> None:
    assert memory_needed(part(3), plain_bf16=False) == 6 * GB + hardware_fit.RUNTIME
    assert judge(part(8), machine(plain_bf16=False)).verdict == "memory"
    assert judge(part(8), machine()).verdict == "well"


def test_the_speed_decides_if_a_model_is_slow_not_the_cores() -> None:
    slow, fast = DecodeSpeed(4.9, measured=True), DecodeSpeed(5.1, measured=False)
    fit = judge(part(3), machine(cores=2), speed=slow)
    assert (fit.verdict, fit.speed) == ("slowly", slow)
    assert judge(part(3), machine(cores=2), speed=fast).verdict == "well"
    assert judge(part(3), machine(cores=2)).verdict == "well"


def test_the_disk_must_hold_download_and_result() -> None:
    short = machine(disk_free=2 * GB)
    assert judge(part(2), short).verdict == "disk"
    assert judge(part(2, installed=True), short).verdict == "well"
    assert judge(part(1.5), short).verdict == "disk"
    assert judge(part(1.5), short, kept_bytes=GB).verdict == "well"  # most of it is here


def test_parts_that_hear_take_little() -> None:
    assert (
        memory_needed(part(0.15, role="speech"), False) == 150_000_000 + hardware_fit.SMALL_RUNTIME
    )


def test_this_machine_is_read_and_a_folder_may_not_exist_yet(tmp_path: Path) -> None:
    here = this_machine(tmp_path / "not" / "yet")
    assert 0 < here.memory_free <= here.memory <= psutil.virtual_memory().total
    assert 1 <= here.cores <= (os.cpu_count() or 1)
    assert here.disk_free > 0


def test_a_containers_limit_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(hardware_fit, "_CGROUP_LIMITS", (str(limit),))
    limit.write_text("123456789\n")
    assert this_machine(tmp_path).memory == 123456789
    assert this_machine(tmp_path).memory_free <= 123456789
    limit.write_text("max\n")
    assert this_machine(tmp_path).memory == psutil.virtual_memory().total
