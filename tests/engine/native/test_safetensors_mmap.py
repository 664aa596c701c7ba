"""The mapped file has the tensors that the library reads, and other files are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from mmdesk.engine.native.safetensors_mmap import MappedSafetensors


@pytest.fixture
def file(tmp_path: Path) -> Path:
    drawn = np.random.default_rng(3)
    path = tmp_path / "model.safetensors"
    tensors = {
        "bytes": drawn.integers(-127, 127, (5, 7), np.int8),
        "floats": drawn.standard_normal((3, 2), np.float32),
        "halves": np.zeros(4, np.float16),
    }
    save_file(tensors, path)
    return path


def test_it_reads_what_the_library_reads(file: Path) -> None:
    mapped, theirs = MappedSafetensors(file), load_file(file)
    assert mapped.names == set(theirs)
    for name in ("bytes", "floats"):
        assert (mapped.read(name) == theirs[name]).all()
        assert mapped.read(name).dtype == theirs[name].dtype


def test_nothing_is_copied_and_nothing_can_be_written(file: Path) -> None:
    with pytest.raises(ValueError, match="read-only"):
        MappedSafetensors(file).read("bytes")[0, 0] = 1


def test_other_types_and_names_are_refused(file: Path) -> None:
    with pytest.raises(ValueError, match="halves cannot be read"):
        MappedSafetensors(file).read("halves")
    with pytest.raises(KeyError):
        MappedSafetensors(file).read("nothing")


def test_a_truncated_file_is_refused(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:-8])
    with pytest.raises(ValueError, match="cannot be read"):
        [MappedSafetensors(file).read(name) for name in ("bytes", "floats")]


@pytest.mark.parametrize(
    "content",
    [b"rubbish" * 9, b"\xff" * 40, b"\x09" + bytes(7) + b"{}", b"\x02" + bytes(7) + b"[]"],
)
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="no safetensors file"):
        MappedSafetensors(path)
