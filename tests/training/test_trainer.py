"""Training runs: they learn, resume, evaluate and export."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch

from mmdesk.errors import InputError
from mmdesk.fusion.tower import EfficientNetLite2
from mmdesk.fusion.tower_tail import Tail
from mmdesk.perception.fused_model import load_fused_model
from mmdesk.perception.fused_tokenizer import FusedTokenizer
from mmdesk.training.data.batches import pack
from mmdesk.training.data.caption_examples import caption_examples
from mmdesk.training.data.captions import Collection
from mmdesk.training.data.feature_cache import FeatureCache
from mmdesk.training.export import export_run, import_run, load_run
from mmdesk.training.fused_training import TrainingPaths, train_fused
from mmdesk.training.recipe import Recipe
from mmdesk.training.run import RunFolder, start_weights
from mmdesk.training.self_critical import CaptionReward, SelfCriticalTrainer, advantages
from mmdesk.training.trainer import Trainer, build_model
from mmdesk.values import NeverCancelled

close = partial(torch.testing.assert_close, atol=1e-3, rtol=1e-3)


def trainer(
    recipe: Recipe,
    paths: TrainingPaths,
    collection: Collection,
    tokenizer: FusedTokenizer,
    kind: type = Trainer,
) -> Trainer:
    examples = caption_examples(collection, collection.indices("train"), tokenizer, ("base",))
    features = FeatureCache(paths.features, ("base",))
    folder = RunFolder(paths.runs / recipe.name)
    made: Trainer = kind(recipe, collection, features, tokenizer, lambda epoch: examples, folder)
    return made


def test_a_run_overfits_its_pictures(
    recipe: Recipe, paths: TrainingPaths, collection: Collection, tokenizer: FusedTokenizer
) -> None:
    recipe = replace(
        recipe, word_dropout=0.0, image_token_dropout=0.0, feature_noise=0.0, warmup=5, steps=500
    )
    run = trainer(recipe, paths, collection, tokenizer)
    example = run.examples(0)[:2]
    batch = pack(example, ["base", "base"], tokenizer.pad)
    losses = []
    for _ in range(60):
        losses.append(run.train_step(batch))
        run.step += 1
    assert losses[-1] < losses[0] / 4


def test_a_resumed_run_equals_an_uninterrupted_one(recipe: Recipe, paths: TrainingPaths) -> None:
    class StopAfterFour(NeverCancelled):
        """Stops before the fifth step."""

        asked = 0

        def is_set(self) -> bool:
            self.asked += 1
            return self.asked > 4

    whole = train_fused(replace(recipe, name="whole"), paths, NeverCancelled())
    split = train_fused(replace(recipe, name="split"), paths, StopAfterFour())
    state = split.load("checkpoint.pt")
    assert state is not None
    assert state["step"] == 4
    train_fused(replace(recipe, name="split"), paths, NeverCancelled())
    first, second = whole.load("checkpoint.pt"), split.load("checkpoint.pt")
    assert first is not None
    assert second is not None
    assert second["step"] == 6
    for name, weight in first["model"].items():
        torch.testing.assert_close(second["model"][name], weight, atol=1e-6, rtol=1e-5)


def test_a_run_is_evaluated_and_exports_its_best_weights(
    recipe: Recipe, paths: TrainingPaths
) -> None:
    run = train_fused(recipe, paths, NeverCancelled())
    measured = [entry for entry in run.entries() if "dev" in entry]
    assert [entry["step"] for entry in measured] == [3, 6]
    assert {"cider_d", "bleu_4", "pictures"} <= set(measured[0]["dev"])
    target = export_run(run, paths.runs / "shipped")
    model, tokenizer = load_fused_model(target)
    own, _ = load_run(run)
    for name, weight in own.state_dict().items():
        torch.testing.assert_close(model.state_dict()[name], weight, atol=1e-3, rtol=1e-3)
    assert tokenizer.encode("a dog")


def test_a_phase_starts_from_the_weights_of_another(recipe: Recipe, paths: TrainingPaths) -> None:
    first = train_fused(recipe, paths, NeverCancelled())
    again = replace(recipe, name="second", start_from="tiny", steps=0)
    second = train_fused(again, paths, NeverCancelled())
    started, best = second.load("checkpoint.pt"), first.load("best.pt")
    assert started is not None
    assert best is not None
    for name, weight in best["model"].items():
        assert torch.equal(started["model"][name], weight)
    with pytest.raises(InputError, match="nothing"):
        train_fused(replace(again, name="third", start_from="nothing"), paths, NeverCancelled())


def test_a_later_phase_may_add_the_tail(
    recipe: Recipe, paths: TrainingPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    tower = EfficientNetLite2().eval()
    monkeypatch.setattr("mmdesk.training.fused_training.load_tower", lambda folder: tower)
    train_fused(recipe, paths, NeverCancelled())
    tailed = replace(recipe, name="tailed", start_from="tiny", tail_rate=1.0)
    tailed = replace(tailed, model=replace(recipe.model, tail=True))
    begun = train_fused(replace(tailed, steps=0), paths, NeverCancelled()).load("checkpoint.pt")
    run = train_fused(replace(tailed, name="learned", steps=4), paths, NeverCancelled())
    learned = run.load("checkpoint.pt")
    assert begun is not None
    assert learned is not None
    assert torch.equal(begun["model"]["tail.head.weight"], Tail().start_from(tower).head.weight)
    assert not torch.equal(learned["model"]["tail.head.weight"], begun["model"]["tail.head.weight"])


def test_exported_weights_can_be_imported_as_a_run(
    recipe: Recipe, paths: TrainingPaths, tmp_path: Path
) -> None:
    """Weights are fp16; a model with a speech encoder can start from them."""
    shipped = export_run(train_fused(recipe, paths, NeverCancelled()), tmp_path / "shipped")
    import_run(shipped, RunFolder(paths.runs / "again"))
    own, _ = load_run(RunFolder(paths.runs / "tiny"))
    again, tokenizer = load_run(RunFolder(paths.runs / "again"))
    assert tokenizer.encode("a dog")
    with_speech = build_model(replace(recipe, phase="spoken"), tokenizer)
    start_weights(paths.runs / "again", with_speech)
    for name, weight in own.state_dict().items():
        close(again.state_dict()[name], weight)
        close(with_speech.state_dict()[name], weight)
    with pytest.raises(InputError, match="no exported weights"):
        import_run(tmp_path / "nothing", RunFolder(paths.runs / "never"))


def test_missing_features_are_named(recipe: Recipe, paths: TrainingPaths) -> None:
    with pytest.raises(InputError, match="crop9"):
        train_fused(replace(recipe, views=("base", "crop9")), paths, threading.Event())


def test_the_ema_is_swapped_in_and_back(
    recipe: Recipe, paths: TrainingPaths, collection: Collection, tokenizer: FusedTokenizer
) -> None:
    run = trainer(recipe, paths, collection, tokenizer)
    run.train_step(pack(run.examples(0)[:2], ["base", "base"], tokenizer.pad))
    before = {name: weight.clone() for name, weight in run.model.state_dict().items()}
    run.ema.swap(run.model)
    assert not torch.equal(run.model.state_dict()["words.weight"], before["words.weight"])
    run.ema.swap(run.model)
    assert torch.equal(run.model.state_dict()["words.weight"], before["words.weight"])


def test_the_baseline_of_a_sample_is_the_mean_of_the_others() -> None:
    gains = advantages(torch.tensor([[1.0, 2.0, 6.0]]))
    torch.testing.assert_close(gains, torch.tensor([[-3.0, -1.5, 4.5]]))


def test_a_caption_that_breaks_off_has_a_lower_reward() -> None:
    reward = CaptionReward({0: ("A dog runs .", "a dog runs"), 1: ("Two men sit .",)})
    assert reward(0, "a dog runs") > reward(0, "a dog runs on") > reward(0, "two men")
    assert reward(0, "a dog runs") > reward(0, "a dog")


def test_self_critical_steps_raise_the_reward(
    recipe: Recipe, paths: TrainingPaths, collection: Collection, tokenizer: FusedTokenizer
) -> None:
    recipe = replace(recipe, learning_rate=3e-3, warmup=1, steps=1000, decay=0.1, feature_noise=0.0)
    start = trainer(replace(recipe, name="start"), paths, collection, tokenizer)
    batch = pack(start.examples(0)[:4], ["base"] * 4, tokenizer.pad)
    for _ in range(25):
        start.train_step(batch)
        start.step += 1
    run = trainer(recipe, paths, collection, tokenizer, SelfCriticalTrainer)
    assert isinstance(run, SelfCriticalTrainer)
    run.model.load_state_dict(start.model.state_dict())

    def reward() -> float:
        torch.manual_seed(0)
        grid, labels = (torch.from_numpy(a) for a in run.features.get(batch.pairs))
        sampled = [
            run.rewards_of[picture](picture, tokenizer.decode(text.ids))
            for _ in range(6)
            for picture, texts in enumerate(run._samples(grid, labels))
            for text in texts
        ]
        return sum(sampled) / len(sampled)

    indices = [index for _, index in batch.pairs]
    assert indices == [0, 1, 2, 3]
    before = reward()
    for _ in range(25):
        run.train_step(batch)
        run.step += 1
    assert reward() > before * 1.15
