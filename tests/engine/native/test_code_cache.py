"""Compiled code is kept, taken when its key is the same, and never when it is damaged."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import pytest
from llvmlite import ir

from mmdesk.engine.native import code_cache
from mmdesk.engine.native.code_cache import FOLDER, MAX_FILES, kept_code, source_key
from mmdesk.engine.native.jit import CompiledProgram, supported_isas
from mmdesk.engine.native.llvm_ir import I64, POINTER, IrWriter, i64

pytestmark = pytest.mark.skipif(not supported_isas(), reason="not for this processor")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(code_cache, "home", lambda: tmp_path)
    return tmp_path


class Writer:
    """Writes a program that adds a number, and counts how often."""

    def __init__(self, number: int = 5) -> None:
        self.number, self.times = number, 0

    def __call__(self) -> str:
        self.times += 1
        module = ir.Module("add")
        code = IrWriter(module, "add", {"x": POINTER})
        (x,) = code.arguments
        code.store(code.b.add(code.load(x, i64(0), I64), i64(self.number)), x, i64(0))
        code.done()
        return str(module)


def run(program: CompiledProgram) -> int:
    number = ctypes.c_int64(100)
    program.function("add", ctypes.c_void_p)(ctypes.addressof(number))
    return number.value


def test_the_second_time_nothing_is_written_or_compiled(home: Path) -> None:
    write = Writer()
    assert [run(CompiledProgram(write, "key")) for _ in range(2)] == [105, 105]
    assert write.times == 1
    (file,) = (home / FOLDER).iterdir()
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0


def test_another_key_is_another_program() -> None:
    assert run(CompiledProgram(Writer(5), "five")) == 105
    assert run(CompiledProgram(Writer(6), "six")) == 106


def test_without_a_key_nothing_is_kept(home: Path) -> None:
    assert run(CompiledProgram(Writer())) == 105
    assert not (home / FOLDER).exists()


@pytest.mark.parametrize("kept", [slice(0, -1), slice(1, None), slice(0, 0)])
def test_a_damaged_file_is_compiled_anew(home: Path, kept: slice) -> None:
    write = Writer()
    CompiledProgram(write, "key")
    (file,) = (home / FOLDER).iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[kept])
    assert run(CompiledProgram(write, "key")) == 105
    assert write.times == 2
    assert file.read_bytes() == whole


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX systems")
@pytest.mark.parametrize("opened", ["file", "folder"])
def test_code_that_others_could_have_written_is_not_run(home: Path, opened: str) -> None:
    write = Writer()
    CompiledProgram(write, "key")
    (file,) = (home / FOLDER).iterdir()
    (file if opened == "file" else file.parent).chmod(0o777)
    assert run(CompiledProgram(write, "key")) == 105
    assert write.times == 2


def test_old_files_go(home: Path) -> None:
    for number in range(MAX_FILES + 3):
        kept_code(str(number), lambda number=number: bytes([number]))  # type: ignore[misc]
    assert len(list((home / FOLDER).iterdir())) == MAX_FILES


def test_where_nothing_can_be_written_it_is_compiled(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / FOLDER).write_text("a file is in the way")
    assert run(CompiledProgram(Writer(), "key")) == 105


def test_the_source_has_a_name() -> None:
    assert len(source_key()) == 64
