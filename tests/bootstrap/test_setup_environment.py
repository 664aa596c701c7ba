from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Setup = dict[str, ModuleType]


@pytest.fixture
def calls(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record what the set-up runs, with a pip and a venv that always work."""
    environment = setup["setup_environment"]
    made: list[str] = []

    def run(self: object, command: list[str], env: object = None) -> int:
        if "compileall" in command:
            made.append(f"compile {Path(command[-1]).name}")
            return 0
        made.append("venv" if "venv" in command else "pip")
        if "venv" in command:
            environment.PYTHON.parent.mkdir(parents=True)
            environment.PYTHON.touch()
        return 0

    monkeypatch.setattr(environment.Lock, "run", run)
    monkeypatch.setattr(environment, "install_libraries", lambda run: made.append("libraries"))
    return made


def test_the_second_time_nothing_is_done(setup: Setup, calls: list[str]) -> None:
    environment = setup["setup_environment"]
    environment.prepare(())
    assert calls == ["libraries", "venv", "pip", "compile mmdesk"]
    environment.prepare(())
    assert len(calls) == 4


def test_the_tests_need_more_and_run_is_content_with_it(setup: Setup, calls: list[str]) -> None:
    environment = setup["setup_environment"]
    environment.prepare(())
    environment.prepare(("dev",))
    assert calls[4:] == ["libraries", "pip", "compile mmdesk"]
    environment.prepare(())
    assert len(calls) == 7


def test_changed_dependencies_are_installed_into_the_same_environment(
    setup: Setup, calls: list[str]
) -> None:
    environment = setup["setup_environment"]
    environment.prepare(("dev",))
    (environment.ROOT / "pyproject.toml").write_text("[project]\n# more\n")
    environment.prepare(())
    assert calls[4:] == ["libraries", "pip", "compile mmdesk"]
    assert json.loads(environment.READY.read_text())["extras"] == ["dev"]


def test_a_half_made_environment_is_made_anew(setup: Setup, calls: list[str]) -> None:
    environment = setup["setup_environment"]
    (environment.VENV / "bin").mkdir(parents=True)
    (environment.VENV / "bin" / "python").touch()
    environment.prepare(())
    assert "venv" in calls


def test_an_environment_of_another_python_is_made_anew(setup: Setup, calls: list[str]) -> None:
    environment = setup["setup_environment"]
    environment.prepare(())
    environment.CREATED.write_text("another one")
    environment.READY.unlink()
    environment.prepare(())
    assert calls.count("venv") == 2


def test_a_failing_pip_leaves_no_stamp(
    setup: Setup, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = setup["setup_environment"]
    works: Callable[..., int] = environment.Lock.run
    monkeypatch.setattr(
        environment.Lock, "run", lambda self, command, env=None: works(self, command) or 1
    )
    environment.VENV.mkdir()
    environment.PYTHON.parent.mkdir()
    environment.PYTHON.touch()
    environment.CREATED.write_text(environment.python_key())
    with pytest.raises(environment.SetupFailed, match="pip"):
        environment.prepare(())
    assert not environment.READY.exists()


def test_what_pip_prints_goes_to_standard_error(
    setup: Setup, capfd: pytest.CaptureFixture[str]
) -> None:
    lock = setup["setup_environment"].Lock()
    assert lock.run([sys.executable, "-c", "print('from pip')"]) == 0
    lock.release()
    told = capfd.readouterr()
    assert told.err == "from pip\n"
    assert told.out == ""


def test_what_a_killed_pip_left_is_dropped(setup: Setup) -> None:
    environment = setup["setup_environment"]
    packages: Path = environment.VENV / "lib" / "python3.11" / "site-packages"
    for name, files in {"whole-1": ["METADATA", "RECORD"], "half-1": ["METADATA"]}.items():
        (packages / f"{name}.dist-info").mkdir(parents=True)
        for file in files:
            (packages / f"{name}.dist-info" / file).touch()
    environment.drop_half_installed()
    assert [path.name for path in packages.iterdir()] == ["whole-1.dist-info"]
