"""Requests to the engine about pictures, with a model that sees them itself."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mmdesk.engine import LocalEngine
from mmdesk.errors import Cancelled, InputError, ModelUnavailable
from mmdesk.values import (
    ChatRequest,
    Counted,
    CountRequest,
    Finished,
    ImageDescribed,
    ImageDescription,
    NeverCancelled,
    PrefillRequest,
    Sampling,
    Scored,
    ScoreRequest,
    SpeedMeasured,
    SpeedRequest,
    TextChunk,
    Turn,
)
from tests.engine.llm.multimodal.conftest import picture
from tests.fakes.folder_store import FolderStore

GREEDY = Sampling(max_tokens=12)


@pytest.fixture
def engine(folder_of: Callable[[str], Path]) -> Iterator[LocalEngine]:
    families = ("smolvlm", "gemma3", "llava", "qwen2_vl")
    store = FolderStore({family: folder_of(family) for family in families})
    made = LocalEngine(store, threads=1, context_tokens=4096, precision="fp32")
    yield made
    made.close()


def ask(engine: LocalEngine, turns: tuple[Turn, ...], model: str = "smolvlm") -> str:
    events = list(engine.generate(ChatRequest(turns, GREEDY, model), NeverCancelled()))
    assert not any(isinstance(event, ImageDescribed) for event in events)
    assert isinstance(events[-1], Finished)
    return "".join(event.text for event in events if isinstance(event, TextChunk))


def test_a_picture_goes_to_the_model_without_words_of_it(engine: LocalEngine) -> None:
    assert ask(engine, (Turn("user", "What is this?", (picture(1),)),))


def test_the_engine_says_what_its_models_take(engine: LocalEngine) -> None:
    assert engine.native_inputs("smolvlm", NeverCancelled()) == {"picture"}
    assert engine.native_inputs("unknown", NeverCancelled()) == frozenset()


@pytest.mark.parametrize("model", ["smolvlm", "gemma3"])
def test_the_same_question_has_the_same_answer_whatever_was_asked_before(
    engine: LocalEngine, model: str
) -> None:
    turns = (Turn("user", "What is this? " * 40, (picture(1),)),)
    first = ask(engine, turns, model)
    ask(engine, (Turn("user", "What is that? " * 40, (picture(2),)),), model)
    assert ask(engine, turns, model) == first


def test_what_is_read_ahead_does_not_change_the_answer(engine: LocalEngine) -> None:
    turns = (Turn("user", "What is this?", (picture(5),)),)
    expected = ask(engine, turns)
    other = (Turn("user", "What is this?", (picture(6),)),)
    ahead = PrefillRequest((replace(other[0], text=""),), model="smolvlm")
    list(engine.generate(ahead, NeverCancelled()))
    assert ask(engine, turns) == expected


def test_a_system_message_reaches_a_template_without_one(engine: LocalEngine) -> None:
    turns = (Turn("system", "Answer briefly."), Turn("user", "What?", (picture(1),)))
    assert ask(engine, turns, "llava")


def test_a_placeholder_in_the_users_text_is_text(engine: LocalEngine) -> None:
    assert ask(engine, (Turn("user", "What does <image> mean?", (picture(1),)),))


def test_a_correction_of_the_user_goes_to_the_model_as_well(engine: LocalEngine) -> None:
    image = replace(picture(1), description=ImageDescription(correction="my cat"))
    plain = ask(engine, (Turn("user", "What is this?", (picture(1),)),))
    assert ask(engine, (Turn("user", "What is this?", (image,)),)) != plain


def test_a_stop_ends_the_answer_between_two_tokens(engine: LocalEngine) -> None:
    stop = threading.Event()
    request = ChatRequest((Turn("user", "What?", (picture(1),)),), GREEDY, "smolvlm")
    events = engine.generate(request, stop)
    assert any(isinstance(event, TextChunk) for event in events)  # up to the first
    stop.set()
    with pytest.raises(Cancelled):
        next(events)
    assert ask(engine, (Turn("user", "What?", (picture(1),)),))


def test_a_stop_while_the_picture_is_encoded_ends_the_request(engine: LocalEngine) -> None:
    ask(engine, (Turn("user", "What?", (picture(1),)),))

    class SetLater:
        """Flag that is set when it has been asked a few times."""

        asked = 0

        def is_set(self) -> bool:
            self.asked += 1
            return self.asked > 6

    request = ChatRequest((Turn("user", "What?", (picture(9),)),), GREEDY, "smolvlm")
    with pytest.raises(Cancelled):
        list(engine.generate(request, SetLater()))
    assert ask(engine, (Turn("user", "What?", (picture(9),)),))


@pytest.mark.parametrize("model", ["smolvlm", "gemma3", "qwen2_vl"])
def test_texts_are_counted_scored_and_measured_after_a_stop(
    engine: LocalEngine, model: str
) -> None:
    def score() -> float:
        request = ScoreRequest((Turn("user", "Paris?"),), "yes", model)
        (scored, _) = engine.generate(request, NeverCancelled())
        assert isinstance(scored, Scored)
        return scored.log_probability

    ask(engine, (Turn("user", "What?"),), model)
    before = score()
    stop = threading.Event()
    events = engine.generate(
        ChatRequest((Turn("user", "What?", (picture(1),)),), GREEDY, model), stop
    )
    assert any(isinstance(event, TextChunk) for event in events)
    stop.set()
    with pytest.raises(Cancelled):
        next(events)
    assert score() == before
    counted, _ = engine.generate(CountRequest(("a", "b c"), model), NeverCancelled())
    assert isinstance(counted, Counted)
    assert all(counted.counts)
    measured, _ = engine.generate(SpeedRequest((8,), model), NeverCancelled())
    assert isinstance(measured, SpeedMeasured)


def test_a_kind_of_model_that_is_not_known_is_named(
    folder_of: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(folder_of("smolvlm"), tmp_path / "odd")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"model_type": "made_up_vl"}))
    engine = LocalEngine(FolderStore({"odd": folder}), threads=1)
    with pytest.raises(ModelUnavailable, match=r"does not know \(made_up_vl\)"):
        ask(engine, (Turn("user", "What?", (picture(1),)),), "odd")
    engine.close()


def test_pictures_that_do_not_fit_are_refused(engine: LocalEngine) -> None:
    engine._context_tokens = 150
    images = tuple(picture(seed) for seed in range(12))
    with pytest.raises(InputError, match="12 attachments are too much"):
        ask(engine, (Turn("user", "What?", images),))


def test_one_picture_that_does_not_fit_is_named(engine: LocalEngine) -> None:
    engine._context_tokens = 80
    with pytest.raises(InputError, match=r'"picture1\.png" is too large'):
        ask(engine, (Turn("user", "What?", (picture(1),)),))


def test_the_oldest_turns_are_left_out_where_all_do_not_fit(engine: LocalEngine) -> None:
    engine._context_tokens = 400
    turns = []
    for seed in range(6):
        turns += [Turn("user", "What is this?", (picture(seed),)), Turn("assistant", "a cat")]
    assert ask(engine, (*turns, Turn("user", "And now?")))
