"""Benchmarks can be run as files: `python tests/bench/window_latency.py`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]


def test_no_file_hides_a_module_of_the_standard_library() -> None:
    names = {path.stem for path in FOLDER.glob("*.py")}
    assert names & (sys.stdlib_module_names - {"__init__"}) == set()


@pytest.mark.parametrize("name", ["window_latency", "flow", "run_window"])
def test_it_is_imported_with_its_own_folder_first_on_the_path(name: str) -> None:
    code = (
        "import runpy, sys;"
        f"sys.path.insert(0, {str(FOLDER)!r});"  # as Python does for a file that is run
        f"runpy.run_path({str(FOLDER / name) + '.py'!r}, run_name='imported')"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=120)
