"""Answers of a model in int4 are the same whatever was cached, drafted or unpacked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mmdesk.engine.local import LocalEngine
from mmdesk.engine.model_config import read_config
from mmdesk.engine.native.jit import supported_isas
from mmdesk.engine.native.load_weights import load_native
from mmdesk.models import quantise_int4
from mmdesk.models.quantise import write_int8
from mmdesk.models.quantise_int4 import write_int4
from mmdesk.values import NeverCancelled, Sampling, SpeedMeasured, SpeedRequest
from tests.engine.llm.test_kv_cache import conversation
from tests.engine.llm.test_prompt_lookup import generated
from tests.fakes.folder_store import FolderStore
from tests.fakes.tiny_model import build_model

pytestmark = pytest.mark.skipif(not supported_isas(), reason="not for this processor")

Make = Callable[..., LocalEngine]


@pytest.fixture(scope="module")
def int4_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Store a model of a shape that the native code supports in int4, random as its weights are."""
    folder = build_model(tmp_path_factory.mktemp("int4"), wider=4)
    weights = folder / "model.safetensors"
    list(write_int8(weights, folder / "int8"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quantise_int4, "MAX_RELATIVE_ERROR", 1.0)
        list(write_int4(folder / "int8", weights))
    return folder


@pytest.mark.parametrize("sampling", [{}, {"temperature": 1.2, "seed": 5}])
def test_the_same_tokens_with_and_without_cache_and_unpacked(
    new_engine: Make, int4_folder: Path, sampling: dict[str, Any]
) -> None:
    store = FolderStore({"tiny": int4_folder})
    engine = new_engine(precision="int4", store=store)
    answers = conversation(engine, False, **sampling)
    assert answers == conversation(engine, True, **sampling)
    assert answers == conversation(new_engine(precision="int8", store=store), False, **sampling)


@pytest.mark.parametrize("sampling", [Sampling(), Sampling(temperature=1.0, seed=4)])
def test_the_same_tokens_with_and_without_prompt_lookup(
    int4_folder: Path, sampling: Sampling
) -> None:
    model = load_native(int4_folder, read_config(int4_folder), threads=1)
    assert model is not None
    assert model.precision == "int4"
    with_it, _ = generated(model, sampling, 60, with_lookup=True)
    without, _ = generated(model, sampling, 60, with_lookup=False)
    assert with_it == without


def test_speed_is_measured_for_prompts_that_fit(new_engine: Make, int4_folder: Path) -> None:
    store = FolderStore({"tiny": int4_folder})
    engine = new_engine(precision="int4", store=store, context_tokens=512)
    request = SpeedRequest((128, 300, 2000), model="tiny")
    events = list(engine.generate(request, NeverCancelled()))
    measured = next(event for event in events if isinstance(event, SpeedMeasured))
    assert measured.precision == "int4"
    assert measured.weight_bytes > 0
    assert [speed.prompt_tokens for speed in measured.speeds] == [128, 300]
    assert all(
        min(speed.prefill_tokens_per_s, speed.decode_tokens_per_s) > 0 for speed in measured.speeds
    )
