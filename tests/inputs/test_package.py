"""Importing the package loads no decoder: the command line and the engine start with it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import mmdesk.inputs


def test_import_is_cheap() -> None:
    heavy = ("PIL", "numpy", "av", "soundfile", "sounddevice", "bs4", "docx", "pypdfium2", "torch")
    code = f"import sys, mmdesk.inputs; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_unknown_names_are_refused() -> None:
    with pytest.raises(AttributeError):
        _ = mmdesk.inputs.load_video
