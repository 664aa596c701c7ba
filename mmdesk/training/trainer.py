"""The training loop with cross-entropy: resumable at any step, measured on dev as it goes."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from mmdesk.fusion import FusedConfig, FusedTransformer, PackedLayout
from mmdesk.perception import SPEECH_FRAMES, FusedTokenizer
from mmdesk.training.data.batches import IGNORED, Batch, Example, blank_words, epoch
from mmdesk.training.data.captions import Collection
from mmdesk.training.data.features import Features
from mmdesk.training.ema import WeightAverage
from mmdesk.training.eval.caption_scores import GREEDY, measure_captions, rules_for
from mmdesk.training.recipe import Recipe
from mmdesk.training.run import RunFolder
from mmdesk.values import CancelFlag

Lesson = Callable[[int], Sequence[Example]]
"""The examples of an epoch, by its number; always as many."""


def narrow() -> bool:
    """Whether this processor multiplies bfloat16 itself: elsewhere it is ten times slower than
    float32.
    """
    return bool(torch.cpu.get_capabilities().get("avx512_bf16", False))


def narrowed() -> torch.autocast:
    """Products in bfloat16 where that is faster."""
    return torch.autocast("cpu", torch.bfloat16, enabled=narrow())


def build_model(recipe: Recipe, words: FusedTokenizer) -> FusedTransformer:
    """A model with the recipe's sizes and fresh weights; the seed is the recipe's."""
    torch.manual_seed(recipe.seed)
    config = FusedConfig(
        vocabulary=len(words),
        fusion=recipe.fusion,
        width=recipe.width,
        layers=recipe.layers,
        heads=recipe.heads,
        hidden=recipe.hidden,
        dropout=recipe.dropout,
        tail=recipe.tail,
        speech=SPEECH_FRAMES if recipe.phase == "spoken" else 0,
    )
    model = FusedTransformer(config)
    if model.speech is not None:  # hearing is learned by itself
        model.requires_grad_(False)
        model.speech.requires_grad_(True)
    return model


def build_optimizer(model: nn.Module, recipe: Recipe) -> torch.optim.AdamW:
    """AdamW over what is not frozen; vectors (norms, biases) and embeddings are not decayed."""
    decayed: list[nn.Parameter] = []
    free: list[nn.Parameter] = []
    tail: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        embedding = name.startswith(("words.", "places.", "grid_place", "speech.place"))
        if name.startswith("tail."):
            tail.append(parameter)
        else:
            (free if parameter.ndim < 2 or embedding else decayed).append(parameter)
    groups = [
        {"params": decayed, "weight_decay": recipe.weight_decay, "share": 1.0},
        {"params": free, "weight_decay": 0.0, "share": 1.0},
    ]
    if tail:  # pretrained weights: decaying them would only forget
        groups.append({"params": tail, "weight_decay": 0.0, "share": recipe.tail_rate})
    return torch.optim.AdamW(groups, lr=recipe.rate, betas=(0.9, 0.98), fused=True)


class Trainer:
    """One run of one recipe: state, steps, measures and checkpoints."""

    def __init__(
        self,
        recipe: Recipe,
        collection: Collection,
        features: Features,
        words: FusedTokenizer,
        examples: Lesson,
        folder: RunFolder,
        model: FusedTransformer | None = None,
    ) -> None:
        self.recipe, self.collection, self.features = recipe, collection, features
        self.words, self.examples, self.folder = words, examples, folder
        self.model = model or build_model(recipe, words)
        self.optimizer = build_optimizer(self.model, recipe)
        self.average = WeightAverage(self.model, recipe.averaging)
        self.step = self.pictures = 0
        self.seconds, self.best = 0.0, 0.0
        self.losses: list[float] = []
        self._resume()

    # --- the state on disk ----------------------------------------------------------------

    def _resume(self) -> None:
        state = self.folder.load("checkpoint.pt")
        if state is None:
            return
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average.load_state_dict(state["average"])
        self.step, self.pictures = state["step"], state["pictures"]
        self.seconds, self.best = state["seconds"], state["best"]

    def save(self) -> None:
        self.folder.save(
            "checkpoint.pt",
            {
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "average": self.average.state_dict(),
                "step": self.step,
                "pictures": self.pictures,
                "seconds": self.seconds,
                "best": self.best,
            },
        )

    # --- the loop -------------------------------------------------------------------------

    def train(self, stop: CancelFlag) -> None:
        """Steps until the recipe's end or until `stop`; a checkpoint is saved either way."""
        recipe = self.recipe
        saved = started = time.monotonic()
        for batch in self._batches():
            if self.step >= recipe.steps or stop.is_set():
                break
            self.losses.append(self.learn(batch))
            self.step += 1
            self.pictures += len(batch.pairs)
            now = time.monotonic()
            self.seconds, started = self.seconds + now - started, now
            if self.step % 50 == 0 and self.losses:
                self._report()
            if self.step % recipe.evaluate_every == 0 or self.step == recipe.steps:
                self.evaluate()
                started = time.monotonic()
            if now - saved > recipe.save_minutes * 60:
                self.save()
                saved = time.monotonic()
        self.save()

    def _batches(self) -> Iterator[Batch]:
        """Batches from where the run stands; an epoch depends on seed and number alone."""
        recipe = self.recipe
        per_epoch = -(-len(self.examples(0)) // recipe.batch)
        first, done = divmod(self.step, per_epoch)
        for number in itertools.count(first):
            rng = np.random.default_rng([recipe.seed, number])
            batches = epoch(self.examples(number), recipe.batch, rng, self.words.pad)
            yield from itertools.islice(batches, done, None)
            done = 0

    def learn(self, batch: Batch) -> float:
        """One step on one batch -> its loss in nats per word."""
        rate = self.recipe.rate_at(self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["share"]
        torch.manual_seed(self.recipe.seed * 1_000_003 + self.step)
        self.model.train()
        loss = self.loss(batch)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.clip)
        self.optimizer.step()
        self.average.update(self.model)
        return float(loss.detach())

    def loss(self, batch: Batch) -> Tensor:
        """Cross-entropy over the learned words, with everything that keeps it from overfitting."""
        recipe, rng = self.recipe, np.random.default_rng([self.recipe.seed, 7, self.step])
        grid, labels = (torch.from_numpy(array) for array in self.features.get(batch.pairs))
        grid = grid * (1 + recipe.noise * torch.randn(grid.shape))
        kept = torch.rand(len(grid), grid.shape[1] + 1) >= recipe.token_dropout
        layout = PackedLayout(batch.layout.segments, batch.layout.positions, kept)
        words = blank_words(batch, self.words.blank, recipe.word_dropout, rng)
        learned = batch.targets != IGNORED
        logits = self.predicted(grid, labels, words, layout, learned)
        return functional.cross_entropy(
            logits, batch.targets[learned], label_smoothing=recipe.smoothing
        )

    def predicted(
        self,
        grid: Tensor,
        labels: Tensor,
        words: Tensor,
        layout: PackedLayout,
        learned: Tensor,
    ) -> Tensor:
        """Logits [N, vocabulary], float32, of the N words that are `learned` ([B, W] bool)."""
        with narrowed():
            image = self.model.image_tokens(grid, labels)
            hidden = self.model.hidden(image, words, layout)
            return self.model.predict(hidden[learned]).float()

    # --- what is told -----------------------------------------------------------------------

    def _report(self) -> None:
        loss = sum(self.losses) / len(self.losses)
        self.losses.clear()
        self.folder.log(**self._entry(), loss=round(loss, 4))
        speed = self.pictures / max(self.seconds, 1e-9)
        print(
            f"step {self.step} loss {loss:.3f} {speed:.1f} pictures/s", file=sys.stderr, flush=True
        )

    def _entry(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "pictures": self.pictures,
            "seconds": round(self.seconds),
            "rate": round(self.recipe.rate_at(self.step), 7),
        }

    def evaluate(self) -> None:
        """Measure the averaged weights on dev; the best so far are kept as best.pt."""
        indices = self.collection.indices("dev")[: self.recipe.evaluate_pictures]
        self.average.exchange(self.model)
        scores, said = measure_captions(
            self.model,
            self.features,
            self.words,
            self.collection,
            indices,
            rules_for(self.words, **GREEDY),
        )
        self.keep_best(scores.cider_d, scores.to_dict())
        self.average.exchange(self.model)
        self.tell(scores.to_dict(), said)

    def keep_best(self, score: float, scores: dict[str, float]) -> None:
        """The model's weights as best.pt, if none scored higher."""
        if score < self.best:
            return
        self.best = score
        state = {"model": self.model.state_dict(), "config": self.model.config.to_dict()}
        self.folder.save("best.pt", {**state, "step": self.step, "scores": scores})

    def tell(self, scores: dict[str, float], said: Sequence[str]) -> None:
        """What was measured, with some of what was said."""
        self.folder.log(**self._entry(), dev=scores, examples=list(said[:5]))
        print(f"step {self.step} dev {scores} {list(said[:3])}", file=sys.stderr, flush=True)
