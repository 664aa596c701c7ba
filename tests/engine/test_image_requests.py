"""Requests about pictures to a real engine with random weights, here and in a child process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from mmdesk.cli import main, tasks
from mmdesk.engine.local import LocalEngine
from mmdesk.engine.process import ProcessEngine
from mmdesk.errors import ModelUnavailable
from mmdesk.fusion.tower import EfficientNetLite2
from mmdesk.perception import fused_weights
from mmdesk.perception.fused_weights import FUSED_WEIGHTS_FILE
from mmdesk.tasks import answer, describe
from mmdesk.values import (
    AskImageRequest,
    DescribeImagesRequest,
    Event,
    ImageAnswer,
    ImageDescribed,
    ImageInput,
    NeverCancelled,
    TextChunk,
    Turn,
)
from tests.engine.conftest import ask, run, text_of
from tests.fakes.child_engines import make_seeing
from tests.fakes.folder_store import FolderStore
from tests.fakes.tiny_fused import write_fused
from tests.perception import pictures

QUESTION = "what color is the dog?"


@pytest.fixture(scope="module")
def vision(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vision")
    torch.manual_seed(1)
    save_file(EfficientNetLite2().state_dict(), folder / "model.safetensors")
    return folder


@pytest.fixture
def fused(tmp_path: Path) -> Path:
    return write_fused(tmp_path / "fused", sure_from=0.0)


@pytest.fixture
def photo() -> ImageInput:
    return pictures.photo()


@pytest.fixture
def engine(
    new_engine: Callable[..., LocalEngine], tiny_folder: Path, vision: Path, fused: Path
) -> LocalEngine:
    store = FolderStore({"tiny": tiny_folder, "efficientnet-lite2": vision})
    return new_engine(store=store, fused=fused)


def streamed_text(events: Iterator[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextChunk))


def test_a_photo_gets_a_caption_and_questions_an_answer(
    engine: LocalEngine, photo: ImageInput
) -> None:
    (seen,) = [
        e for e in run(engine, DescribeImagesRequest((photo,))) if isinstance(e, ImageDescribed)
    ]
    assert seen.description.caption
    assert (
        streamed_text(describe(engine, (photo,), NeverCancelled(), "caption"))
        == seen.description.caption
    )
    (said,) = [
        e for e in run(engine, AskImageRequest(photo, QUESTION)) if isinstance(e, ImageAnswer)
    ]
    assert said.sure
    turn = Turn("user", "What colour is the dog?", (photo,))
    assert streamed_text(answer(engine, (turn,), NeverCancelled(), model="tiny"))


def test_a_child_process_answers_the_same(
    engine: LocalEngine, photo: ImageInput, tiny_folder: Path, vision: Path, fused: Path
) -> None:
    child = ProcessEngine(fused, make_engine=partial(make_seeing, tiny_folder, vision, fused))
    try:
        for request in (DescribeImagesRequest((photo,)), AskImageRequest(photo, QUESTION)):
            assert run(child, request) == run(engine, request)
    finally:
        child.close()


def test_answers_to_text_alone_are_the_same_to_the_bit(
    engine: LocalEngine, new_engine: Callable[..., LocalEngine], photo: ImageInput
) -> None:
    """With a fused model, without one, and after a picture was described."""
    alone = new_engine()
    before = Turn("user", "What color is the dog?")
    request = ask("How many people are there?", before, Turn("assistant", "Red."))
    expected = [text_of(run(alone, request)), streamed_text(_answer(alone, request.turns))]
    assert all(expected)
    run(engine, DescribeImagesRequest((photo,)))
    assert [
        text_of(run(engine, request)),
        streamed_text(_answer(engine, request.turns)),
    ] == expected


def _answer(engine: LocalEngine, turns: tuple[Turn, ...]) -> Iterator[Event]:
    return answer(engine, turns, NeverCancelled(), model="tiny")


def test_weights_that_were_tampered_with_end_with_three(
    engine: LocalEngine,
    photo: ImageInput,
    fused: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    content = bytearray((fused / FUSED_WEIGHTS_FILE).read_bytes())
    content[-1] ^= 1
    (fused / FUSED_WEIGHTS_FILE).write_bytes(content)
    with pytest.raises(ModelUnavailable, match=FUSED_WEIGHTS_FILE):
        run(engine, DescribeImagesRequest((photo,)))
    Image.frombytes("RGB", (photo.width, photo.height), photo.rgb).save(tmp_path / "a.png")
    monkeypatch.setattr(tasks, "make_engine", lambda *_: engine)
    assert main.main(["describe", str(tmp_path / "a.png")]) == 3
    assert f"{FUSED_WEIGHTS_FILE} is damaged" in capsys.readouterr().err


def test_without_fused_weights_nothing_is_claimed(
    new_engine: Callable[..., LocalEngine],
    vision: Path,
    photo: ImageInput,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fused_weights, "resource", lambda name: tmp_path / "nothing")
    engine = new_engine(store=FolderStore({"efficientnet-lite2": vision}))
    (seen,) = [
        e for e in run(engine, DescribeImagesRequest((photo,))) if isinstance(e, ImageDescribed)
    ]
    assert seen.description.caption == ""
    assert not any(
        isinstance(e, ImageAnswer) for e in run(engine, AskImageRequest(photo, QUESTION))
    )
