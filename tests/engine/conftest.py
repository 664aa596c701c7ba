"""A tiny random model, made once for all tests of the engine, and helpers to run requests."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmdesk.engine.decoder import Decoder
from mmdesk.engine.local import LocalEngine
from mmdesk.errors import Cancelled
from mmdesk.values import ChatRequest, Event, Finished, NeverCancelled, Sampling, TextChunk, Turn
from tests.fakes.folder_store import FolderStore
from tests.fakes.tiny_model import build_model


@pytest.fixture(scope="session")
def code_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("code")


@pytest.fixture(autouse=True)
def compiled_code_is_kept_elsewhere(code_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmdesk.engine.native.code_cache.home", lambda: code_home)


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def tokenizer(tiny_folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_folder)


@pytest.fixture(scope="session")
def shared_engine(tiny_folder: Path) -> Iterator[LocalEngine]:
    """One loaded engine for tests that do not care what was asked before."""
    engine = LocalEngine(store=FolderStore({"tiny": tiny_folder}), threads=1, precision="fp32")
    yield engine
    engine.close()


@pytest.fixture
def new_engine(tiny_folder: Path) -> Iterator[Callable[..., LocalEngine]]:
    """Make engines with the tiny model and close them."""
    made = []

    def make(**options: Any) -> LocalEngine:
        store = options.pop("store", None) or FolderStore({"tiny": tiny_folder})
        options = {"threads": 1, "precision": "fp32"} | options
        made.append(LocalEngine(store=store, **options))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


def ask(text: str, *before: Turn, prefill: str = "", **sampling: Any) -> ChatRequest:
    sampling = {"max_tokens": 24} | sampling
    turns = (*before, Turn("user", text))
    return ChatRequest(turns, Sampling(**sampling), model="tiny", prefill=prefill)


def run(engine: Any, request: Any, cancel: Any = None) -> list[Event]:
    return list(engine.generate(request, cancel or NeverCancelled()))


def until_cancelled(engine: Any, request: Any, when: Callable[[Event], bool]) -> list[Event]:
    """Return the events of a request that is cancelled as soon as `when` is true of one."""
    flag = threading.Event()
    events = []

    def consume() -> None:
        for event in engine.generate(request, flag):
            events.append(event)
            if when(event):
                flag.set()

    with pytest.raises(Cancelled):
        consume()
    return events


def nth_chunk(number: int) -> Callable[[Event], bool]:
    """Return a predicate that is true of the n-th TextChunk."""
    chunks = itertools.count(1)
    return lambda event: isinstance(event, TextChunk) and next(chunks) == number


def chunks_in(events: Iterable[Event]) -> int:
    return sum(isinstance(event, TextChunk) for event in events)


def text_of(events: Iterable[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextChunk))


def stats_of(events: list[Event]) -> Any:
    assert isinstance(events[-1], Finished)
    return events[-1].stats


def read(model: Decoder, *pieces: list[int]) -> Any:
    """Return the logits of every position, of tokens that are split into these pieces."""
    import torch

    cache = model.new_cache()
    logits = [model.forward(piece, cache, len(piece)) for piece in pieces]
    return torch.from_numpy(np.concatenate(logits))


def pieces_of(ids: list[int], *sizes: int) -> list[list[int]]:
    """Split `ids` into pieces of these sizes, and the rest into single tokens."""
    pieces, start = [], 0
    for size in (*sizes, *[1] * (len(ids) - sum(sizes))):
        pieces.append(ids[start : start + size])
        start += size
    return pieces
