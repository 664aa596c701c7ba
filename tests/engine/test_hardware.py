"""Threads, dtype and environment that the engine takes on a computer."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import torch

from mmdesk.engine import hardware


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 2), (3, 2), (4, 3), (64, 16)])
def test_a_core_is_left_where_there_are_more_than_two(
    monkeypatch: pytest.MonkeyPatch, cores: int, threads: int
) -> None:
    monkeypatch.setattr(psutil, "cpu_count", lambda logical: cores)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(128)), raising=False)
    assert hardware.thread_count() == threads


def test_no_more_threads_than_the_cores_we_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_count", lambda logical: 32)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {3}, raising=False)
    assert hardware.thread_count() == 1


def test_a_number_that_is_asked_for_is_used() -> None:
    assert hardware.thread_count(7) == 7


@pytest.mark.parametrize(
    ("features", "dtype"),
    [
        ({"avx512_bf16": True}, torch.bfloat16),
        ({"amx_tile": True}, torch.bfloat16),
        ({"avx512_bf16": False, "avx2": True}, torch.float32),
        ({}, torch.float32),
    ],
)
def test_bf16_only_where_the_cpu_multiplies_it(
    monkeypatch: pytest.MonkeyPatch, features: dict[str, bool], dtype: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: features)
    assert hardware.best_dtype("cpu") == dtype


def test_the_environment_is_offline_and_keeps_the_users_openmp_settings() -> None:
    environment = {"HF_HUB_OFFLINE": "0", "OMP_WAIT_POLICY": "ACTIVE"}
    hardware.set_environment(environment)
    assert environment["HF_HUB_OFFLINE"] == environment["TRANSFORMERS_OFFLINE"] == "1"
    assert environment["OMP_WAIT_POLICY"] == "ACTIVE"
    assert environment["KMP_BLOCKTIME"] == "0"


@pytest.mark.parametrize(
    ("version", "drivers", "worth"),
    [("2.13.0+cpu", True, False), ("2.13.0+cu130", False, False), ("2.13.0+cu130", True, True)],
)
def test_torch_is_imported_for_an_accelerator_only_where_there_may_be_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str, drivers: bool, worth: bool
) -> None:
    (tmp_path / "version.py").write_text(f"__version__ = '{version}'\n", encoding="utf-8")
    found = SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(hardware, "find_spec", lambda name: found)
    monkeypatch.setattr(hardware, "ACCELERATORS", (str(tmp_path if drivers else tmp_path / "no"),))
    monkeypatch.setattr(sys, "platform", "linux")
    assert hardware.may_have_accelerator() is worth
