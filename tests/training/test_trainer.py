"""Runs: they learn, they go on where they stopped, they ship what they measured."""

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
from mmdesk.training.data.features import Features
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
    places: TrainingPaths,
    collection: Collection,
    words: FusedTokenizer,
    kind: type = Trainer,
) -> Trainer:
    examples = caption_examples(collection, collection.indices("train"), words, ("base",))
    features = Features(places.features, ("base",))
    folder = RunFolder(places.runs / recipe.name)
    made: Trainer = kind(recipe, collection, features, words, lambda epoch: examples, folder)
    return made


def test_a_run_learns_its_pictures_by_heart(
    recipe: Recipe, places: TrainingPaths, collection: Collection, words: FusedTokenizer
) -> None:
    recipe = replace(recipe, word_dropout=0.0, token_dropout=0.0, noise=0.0, warmup=5, steps=500)
    run = trainer(recipe, places, collection, words)
    example = run.examples(0)[:2]
    batch = pack(example, ["base", "base"], words.pad)
    losses = []
    for _ in range(60):
        losses.append(run.learn(batch))
        run.step += 1
    assert losses[-1] < losses[0] / 4


def test_a_stopped_run_goes_on_as_if_it_had_not(recipe: Recipe, places: TrainingPaths) -> None:
    class After(NeverCancelled):
        """Stops before its fifth step."""

        asked = 0

        def is_set(self) -> bool:
            self.asked += 1
            return self.asked > 4

    whole = train_fused(replace(recipe, name="whole"), places, NeverCancelled())
    split = train_fused(replace(recipe, name="split"), places, After())
    state = split.load("checkpoint.pt")
    assert state is not None
    assert state["step"] == 4
    train_fused(replace(recipe, name="split"), places, NeverCancelled())
    first, second = whole.load("checkpoint.pt"), split.load("checkpoint.pt")
    assert first is not None
    assert second is not None
    assert second["step"] == 6
    for name, weight in first["model"].items():
        torch.testing.assert_close(second["model"][name], weight, atol=1e-6, rtol=1e-5)


def test_a_run_measures_itself_and_ships_its_best(recipe: Recipe, places: TrainingPaths) -> None:
    run = train_fused(recipe, places, NeverCancelled())
    measured = [entry for entry in run.entries() if "dev" in entry]
    assert [entry["step"] for entry in measured] == [3, 6]
    assert {"cider_d", "bleu_4", "pictures"} <= set(measured[0]["dev"])
    target = export_run(run, places.runs / "shipped")
    model, words = load_fused_model(target)
    own, _ = load_run(run)
    for name, weight in own.state_dict().items():
        torch.testing.assert_close(model.state_dict()[name], weight, atol=1e-3, rtol=1e-3)
    assert words.encode("a dog")


def test_a_phase_starts_from_anothers_weights(recipe: Recipe, places: TrainingPaths) -> None:
    first = train_fused(recipe, places, NeverCancelled())
    again = replace(recipe, name="second", start_from="tiny", steps=0)
    second = train_fused(again, places, NeverCancelled())
    started, best = second.load("checkpoint.pt"), first.load("best.pt")
    assert started is not None
    assert best is not None
    for name, weight in best["model"].items():
        assert torch.equal(started["model"][name], weight)
    with pytest.raises(InputError, match="nothing"):
        train_fused(replace(again, name="third", start_from="nothing"), places, NeverCancelled())


def test_a_later_phase_may_begin_a_tail(
    recipe: Recipe, places: TrainingPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    tower = EfficientNetLite2().eval()
    monkeypatch.setattr("mmdesk.training.fused_training.load_tower", lambda folder: tower)
    train_fused(recipe, places, NeverCancelled())
    tailed = replace(recipe, name="tailed", start_from="tiny", tail=True, tail_rate=1.0)
    begun = train_fused(replace(tailed, steps=0), places, NeverCancelled()).load("checkpoint.pt")
    run = train_fused(replace(tailed, name="learned", steps=4), places, NeverCancelled())
    learned = run.load("checkpoint.pt")
    assert begun is not None
    assert learned is not None
    assert torch.equal(begun["model"]["tail.head.weight"], Tail().start_from(tower).head.weight)
    assert not torch.equal(learned["model"]["tail.head.weight"], begun["model"]["tail.head.weight"])


def test_what_shipped_is_a_run_to_start_from(
    recipe: Recipe, places: TrainingPaths, tmp_path: Path
) -> None:
    """In half the precision; a model that hears as well may go on from it."""
    shipped = export_run(train_fused(recipe, places, NeverCancelled()), tmp_path / "shipped")
    import_run(shipped, RunFolder(places.runs / "again"))
    own, _ = load_run(RunFolder(places.runs / "tiny"))
    again, words = load_run(RunFolder(places.runs / "again"))
    assert words.encode("a dog")
    hearing = build_model(replace(recipe, phase="spoken"), words)
    start_weights(places.runs / "again", hearing)
    for name, weight in own.state_dict().items():
        close(again.state_dict()[name], weight)
        close(hearing.state_dict()[name], weight)
    with pytest.raises(InputError, match="no exported weights"):
        import_run(tmp_path / "nothing", RunFolder(places.runs / "never"))


def test_missing_features_are_named(recipe: Recipe, places: TrainingPaths) -> None:
    with pytest.raises(InputError, match="crop9"):
        train_fused(replace(recipe, views=("base", "crop9")), places, threading.Event())


def test_the_average_is_exchanged_and_comes_back(
    recipe: Recipe, places: TrainingPaths, collection: Collection, words: FusedTokenizer
) -> None:
    run = trainer(recipe, places, collection, words)
    run.learn(pack(run.examples(0)[:2], ["base", "base"], words.pad))
    before = {name: weight.clone() for name, weight in run.model.state_dict().items()}
    run.average.exchange(run.model)
    assert not torch.equal(run.model.state_dict()["words.weight"], before["words.weight"])
    run.average.exchange(run.model)
    assert torch.equal(run.model.state_dict()["words.weight"], before["words.weight"])


def test_advantages_are_against_the_others() -> None:
    gains = advantages(torch.tensor([[1.0, 2.0, 6.0]]))
    torch.testing.assert_close(gains, torch.tensor([[-3.0, -1.5, 4.5]]))


def test_a_caption_that_breaks_off_earns_less() -> None:
    reward = CaptionReward({0: ("A dog runs .", "a dog runs"), 1: ("Two men sit .",)})
    assert reward(0, "a dog runs") > reward(0, "a dog runs on") > reward(0, "two men")
    assert reward(0, "a dog runs") > reward(0, "a dog")


def test_self_critical_steps_raise_the_reward(
    recipe: Recipe, places: TrainingPaths, collection: Collection, words: FusedTokenizer
) -> None:
    recipe = replace(recipe, rate=3e-3, warmup=1, steps=1000, decay=0.1, noise=0.0)
    start = trainer(replace(recipe, name="start"), places, collection, words)
    batch = pack(start.examples(0)[:4], ["base"] * 4, words.pad)
    for _ in range(25):
        start.learn(batch)
        start.step += 1
    run = trainer(recipe, places, collection, words, SelfCriticalTrainer)
    assert isinstance(run, SelfCriticalTrainer)
    run.model.load_state_dict(start.model.state_dict())

    def reward() -> float:
        torch.manual_seed(0)
        grid, labels = (torch.from_numpy(a) for a in run.features.get(batch.pairs))
        drawn = [text for _ in range(6) for text in enumerate(run._draw(grid, labels))]
        return sum(run.reward(n // 5, words.decode(t.ids)) for n, t in drawn) / len(drawn)

    indices = [index for _, index in batch.pairs]
    assert indices == [0, 1, 2, 3]
    before = reward()
    for _ in range(25):
        run.learn(batch)
        run.step += 1
    assert reward() > before * 1.15
