from __future__ import annotations

import ast
import os
import subprocess
import sys
from types import ModuleType

import pytest

from tests.bootstrap.conftest import PACKAGING

PYPROJECT = 'requires-python = ">=3.11,<3.14"'
Setup = dict[str, ModuleType]


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13), (3, 14, 0)])
def test_a_python_that_cannot_work_is_refused_in_one_sentence(
    setup: Setup, version: tuple[int, int, int]
) -> None:
    reason = setup["bootstrap"].refusal(version, "/usr/bin/python3", PYPROJECT)
    number = ".".join(map(str, version))
    assert reason == f"mmdesk needs Python 3.11, 3.12 or 3.13; /usr/bin/python3 is {number}."


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 9), (3, 13, 1)])
def test_a_python_that_works_is_taken(setup: Setup, version: tuple[int, int, int]) -> None:
    assert setup["bootstrap"].refusal(version, "python3", PYPROJECT) is None


def test_the_projects_own_range_is_understood(setup: Setup) -> None:
    text = (PACKAGING.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert setup["bootstrap"].refusal(tuple(sys.version_info[:3]), "python3", text) is None


def test_the_entry_has_no_syntax_that_old_versions_lack() -> None:
    tree = ast.parse((PACKAGING / "bootstrap.py").read_text(encoding="utf-8"))
    too_new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef)
    assert not [node for node in ast.walk(tree) if isinstance(node, too_new)]
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert all(f.returns is None for f in functions)
    assert all(argument.annotation is None for f in functions for argument in f.args.args)


@pytest.mark.parametrize("arguments", [[], ["walk"], ["run", "ask"]])
def test_bad_usage(setup: Setup, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert setup["setup_commands"].main(arguments) == 2
    assert capsys.readouterr().err.startswith("usage:")


def test_packaging_stays_no_package() -> None:
    assert not (PACKAGING / "__init__.py").exists()


def test_only_the_standard_library_is_imported() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import setup_commands; "
        "print([m for m in sys.modules if m.split('.')[0] in "
        "('mmdesk', 'httpx', 'platformdirs', 'torch')])"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(PACKAGING)],
        capture_output=True,
        text=True,
        env={**os.environ},
        check=True,
    )
    assert done.stdout.strip() == "[]"
