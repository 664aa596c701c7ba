"""The child answers, stops, dies and is replaced, and never outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from mmdesk.engine import engine_main
from mmdesk.engine.local import LocalEngine
from mmdesk.engine.process import ProcessEngine
from mmdesk.errors import Cancelled, EngineDied, InputError, MMDeskError
from mmdesk.values import ChatRequest, Finished, NeverCancelled, Preparing, TextChunk, Turn
from tests.engine.conftest import ask, chunks_in, nth_chunk, run, text_of, until_cancelled
from tests.fakes.child_engines import make_obedient, make_tiny
from tests.fakes.folder_store import FolderStore

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def shared(home: Path) -> Iterator[ProcessEngine]:
    engine = ProcessEngine(home, make_engine=make_obedient)
    run(engine, chat("pid"))  # its child belongs to the module, not to the first test
    yield engine
    engine.close()


@pytest.fixture
def new_process(home: Path) -> Iterator[Callable[..., ProcessEngine]]:
    made = []

    def make(**options: Any) -> ProcessEngine:
        made.append(ProcessEngine(home, **({"make_engine": make_obedient} | options)))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


def chat(text: str) -> ChatRequest:
    return ChatRequest((Turn("user", text),))


def answer(engine: ProcessEngine, text: str) -> str:
    """Return what the test engine says after its process id."""
    chunks = [event for event in run(engine, chat(text)) if isinstance(event, TextChunk)]
    return "".join(chunk.text for chunk in chunks[1:])


def gone(pid: int) -> bool:
    """Wait until the process has ended."""
    try:
        psutil.Process(pid).wait(30)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


def log(home: Path) -> str:
    return (home / "logs" / "engine.log").read_text()


def test_events_come_over_as_they_are(shared: ProcessEngine) -> None:
    events = run(shared, chat("你好 👩‍👩‍👧"))
    assert text_of(events) == f"{shared.pid}你好 👩‍👩‍👧"
    assert isinstance(events[-1], Finished)
    assert events[-1].stats.model == "obedient"
    assert shared.pid not in (None, os.getpid())


def test_one_child_serves_all_requests(shared: ProcessEngine) -> None:
    assert text_of(run(shared, chat("pid"))) == text_of(run(shared, chat("pid")))


def test_errors_keep_their_type_and_texts(shared: ProcessEngine) -> None:
    with pytest.raises(InputError) as caught:
        run(shared, chat("refuse"))
    assert (caught.value.user_message, caught.value.hint) == ("That cannot be.", "Try another.")
    assert answer(shared, "again") == "again"


def test_a_defect_is_logged_and_reported_in_one_sentence(shared: ProcessEngine, home: Path) -> None:
    with pytest.raises(MMDeskError) as caught:
        run(shared, chat("defect"))
    assert type(caught.value) is MMDeskError
    assert "ZeroDivisionError" in caught.value.user_message
    assert "secret" not in str(caught.value)
    assert str(home / "logs" / "engine.log") in caught.value.hint
    assert "Traceback" in log(home)
    assert "a secret of the code" in log(home)
    assert answer(shared, "again") == "again"


def test_what_the_child_prints_goes_to_the_log(
    shared: ProcessEngine, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run(shared, chat("print"))
    assert capfd.readouterr() == ("", "")
    assert "printed to stdout" in log(home)
    assert "native noise on stderr" in log(home)


def test_the_child_is_offline_and_modest(shared: ProcessEngine, home: Path) -> None:
    assert answer(shared, "env HF_HUB_OFFLINE") == "1"
    assert answer(shared, "env TRANSFORMERS_OFFLINE") == "1"
    assert answer(shared, "env MMDESK_HOME") == str(home)
    if sys.platform != "win32":
        assert int(answer(shared, "nice")) >= min(os.nice(0) + 5, 19)


def test_cancel_stops_the_answer_and_keeps_the_child(shared: ProcessEngine) -> None:
    pid = shared.pid
    events = until_cancelled(shared, chat("forever"), nth_chunk(5))
    assert chunks_in(events) == 5
    assert answer(shared, "after") == "after"
    assert shared.pid == pid


def test_closing_the_generator_stops_the_answer(shared: ProcessEngine) -> None:
    pid = shared.pid
    events = shared.generate(chat("forever"), NeverCancelled())
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert answer(shared, "after") == "after"
    assert shared.pid == pid


def test_an_abandoned_answer_makes_way_for_the_next(shared: ProcessEngine) -> None:
    pid = shared.pid
    abandoned = shared.generate(chat("forever"), NeverCancelled())
    next(abandoned)
    assert answer(shared, "after") == "after"
    with pytest.raises(Cancelled):
        next(abandoned)
    assert answer(shared, "again") == "again"
    assert shared.pid == pid


def test_a_set_flag_starts_no_child(new_process: Callable[..., ProcessEngine]) -> None:
    engine = new_process()
    flag = threading.Event()
    flag.set()
    with pytest.raises(Cancelled):
        run(engine, chat("pid"), flag)
    assert engine.pid is None


def test_a_child_that_does_not_react_is_killed_and_replaced(
    new_process: Callable[..., ProcessEngine],
) -> None:
    engine = new_process(patience_s=0.3)
    flag = threading.Event()
    events = engine.generate(chat("deaf"), flag)
    next(events)
    first = engine.pid
    assert first is not None
    flag.set()
    with pytest.raises(Cancelled):
        next(events)
    assert gone(first)
    assert answer(engine, "after") == "after"
    assert engine.pid != first


@posix
def test_a_killed_child_is_reported_once_and_the_partial_answer_stays(
    new_process: Callable[..., ProcessEngine],
) -> None:
    engine = new_process()
    events = []

    def consume() -> None:
        for event in engine.generate(chat("forever"), NeverCancelled()):
            events.append(event)
            if len(events) == 4:
                os.kill(int(text_of(events[:1])), signal.SIGKILL)

    with pytest.raises(EngineDied, match="killed by the system, perhaps out of memory") as caught:
        consume()
    assert caught.value.hint
    first = int(text_of(events[:1]))
    assert text_of(events).startswith(f"{first}...")
    assert answer(engine, "after") == "after"
    assert engine.pid != first


def test_a_child_that_exits_is_reported(new_process: Callable[..., ProcessEngine]) -> None:
    engine = new_process()
    with pytest.raises(EngineDied, match="exit status 3"):
        run(engine, chat("exit"))
    assert answer(engine, "after") == "after"


@posix
def test_a_child_killed_while_idle_is_replaced_without_an_error(
    new_process: Callable[..., ProcessEngine],
) -> None:
    engine = new_process()
    run(engine, chat("pid"))
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    assert answer(engine, "after") == "after"


def test_close_leaves_no_process_and_may_be_called_twice(
    new_process: Callable[..., ProcessEngine],
) -> None:
    engine = new_process()
    run(engine, chat("pid"))
    pid = engine.pid
    assert pid is not None
    engine.close()
    assert not psutil.pid_exists(pid)
    engine.close()
    assert answer(engine, "after") == "after"


def test_close_from_another_thread_ends_the_answer_as_cancelled(
    new_process: Callable[..., ProcessEngine],
) -> None:
    engine = new_process()
    events = engine.generate(chat("deaf"), NeverCancelled())
    next(events)
    closer = threading.Thread(target=engine.close)
    closer.start()
    with pytest.raises(Cancelled):
        next(events)
    closer.join()


PARENT = """
import sys, threading
from pathlib import Path
from mmdesk.engine.process import ProcessEngine
from mmdesk.values import ChatRequest, NeverCancelled, Turn
from tests.fakes.child_engines import make_obedient

if __name__ == "__main__":
    engine = ProcessEngine(Path(sys.argv[1]), make_engine=make_obedient)
    events = engine.generate(ChatRequest((Turn("user", sys.argv[2]),)), NeverCancelled())
    print(next(events).text, flush=True)
    if sys.argv[2] == "deaf":
        sys.stdin.read()
"""


def start_parent(tmp_path: Path, home: Path, text: str) -> subprocess.Popen[str]:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, str(script), str(home), text],
        env=os.environ | {"PYTHONPATH": root},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@posix
def test_the_child_goes_when_its_parent_is_killed(tmp_path: Path, home: Path) -> None:
    with start_parent(tmp_path, home, "deaf") as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert psutil.pid_exists(pid)
        parent.kill()
        assert gone(pid)


def test_the_child_goes_when_its_parent_ends_without_closing(tmp_path: Path, home: Path) -> None:
    with start_parent(tmp_path, home, "forever") as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert parent.wait(60) == 0
    assert gone(pid)


def test_importing_the_process_engine_is_light() -> None:
    code = (
        "import sys, mmdesk.engine.process, mmdesk.engine.engine_main\n"
        "heavy = {'torch', 'transformers', 'numpy', 'PySide6', 'tokenizers'} & set(sys.modules)\n"
        "print(*heavy)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("\n", "")


def test_a_large_log_is_rotated(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "engine.log").write_bytes(b"x" * (engine_main.LOG_BYTES + 1))
    engine = ProcessEngine(tmp_path, make_engine=make_obedient)
    run(engine, chat("print"))
    engine.close()
    assert (logs / "engine.log.1").stat().st_size == engine_main.LOG_BYTES + 1
    assert "printed to stdout" in log(tmp_path)


def test_an_unwritable_log_does_not_stop_the_engine(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    engine = ProcessEngine(tmp_path, make_engine=make_obedient)
    assert answer(engine, "hello") == "hello"
    engine.close()


def test_the_real_engine_in_a_child(
    new_process: Callable[..., ProcessEngine], tiny_folder: Path, shared_engine: LocalEngine
) -> None:
    engine = new_process(make_engine=partial(make_tiny, tiny_folder))
    request = ask("Hello 巴黎", temperature=1.1, seed=2)
    events = run(engine, request)
    assert text_of(events) == text_of(run(shared_engine, request))
    assert events[0] == Preparing("loading the model")
    stopped = until_cancelled(engine, ask("Hello", max_tokens=2000), nth_chunk(3))
    assert chunks_in(stopped) == 3
    assert text_of(run(engine, request)) == text_of(events)


def test_a_child_started_early_preloads_and_serves(new_process) -> None:
    engine = new_process()
    engine.start("a model")
    pid = engine.pid
    assert pid is not None
    assert answer(engine, "preload").startswith("a model")
    assert engine.pid == pid


def test_a_child_started_early_ends_with_its_engine(new_process) -> None:
    engine = new_process()
    engine.start("a model")
    pid = engine.pid
    engine.close()
    assert gone(pid)


def test_a_model_that_cannot_be_preloaded_is_an_error_of_the_request(new_process) -> None:
    engine = new_process(make_engine=partial(LocalEngine, FolderStore({})))
    engine.start("tiny")
    with pytest.raises(MMDeskError, match='no model part "tiny"'):
        run(engine, ChatRequest((Turn("user", "hello"),), model="tiny"))
    assert engine.pid is not None
