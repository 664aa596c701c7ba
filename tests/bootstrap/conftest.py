"""The set-up's modules, which stand outside the package and import each other by name."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
MODULES = ("bootstrap", "setup_libraries", "setup_torch", "setup_environment", "setup_commands")


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """Return the modules by name, working on a checkout of their own in `tmp_path`."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    loaded = {name: importlib.import_module(name) for name in MODULES}
    (tmp_path / "packaging").mkdir()
    (tmp_path / "resources").mkdir()
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "packaging" / "constraints.txt").write_text("")
    (tmp_path / "resources" / "models.json").write_text("{}")
    venv = tmp_path / ".venv"
    places = {
        "ROOT": tmp_path,
        "VENV": venv,
        "CREATED": venv / "mmdesk-made",
        "READY": venv / "mmdesk-ready.json",
        "CONSTRAINTS": tmp_path / "packaging" / "constraints.txt",
        "PYTHON": venv / "bin" / "python",
        "MODELS": venv / "mmdesk-models.json",
    }
    for module in loaded.values():
        for name, place in places.items():
            if hasattr(module, name):
                monkeypatch.setattr(module, name, place)
    yield loaded
    for name in MODULES:
        sys.modules.pop(name, None)
