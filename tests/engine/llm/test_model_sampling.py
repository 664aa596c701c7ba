"""The sampling that a model's makers advise: of the built-in parts, and of a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mmdesk.engine.llm.model_sampling import model_sampling
from mmdesk.engine.llm.sampling import with_model_values
from mmdesk.values import Sampling

QWEN = Sampling(temperature=0.7, top_p=0.8, top_k=20, repetition_penalty=1.1)


@pytest.mark.parametrize("part", ["qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"])
def test_the_manifest_says_it_for_a_built_in_part(part: str, tmp_path: Path) -> None:
    assert model_sampling(part, tmp_path) == QWEN


def test_a_part_without_advice_has_none(tmp_path: Path) -> None:
    assert model_sampling("smollm2-135m", tmp_path) is None


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"do_sample": True, "temperature": 0.6, "top_k": 20}, Sampling(0.6, top_k=20)),
        ({"do_sample": True, "top_p": 0.9}, Sampling(1.0, 0.9)),
        ({"do_sample": False, "temperature": 0.6}, None),
        ({"do_sample": True, "top_p": 7}, None),
        ([], None),
    ],
)
def test_a_folder_says_it_in_its_generation_config(config, expected, tmp_path: Path) -> None:
    path = tmp_path / "generation_config.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    assert model_sampling("folder-x", tmp_path) == expected


def test_a_folder_without_a_generation_config_has_none(tmp_path: Path) -> None:
    assert model_sampling("folder-x", tmp_path) is None


def test_seed_and_length_stay_the_requests() -> None:
    request = Sampling(seed=4, max_tokens=9, of_model=True)
    found = with_model_values(request, QWEN)
    assert (found.temperature, found.top_k, found.seed, found.max_tokens) == (0.7, 20, 4, 9)
    assert with_model_values(request, None) == request
    greedy = Sampling(seed=4)
    assert with_model_values(greedy, QWEN) == greedy
