"""Training loop with cross-entropy, resumable at any step and evaluated on dev as it goes."""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from mmdesk.errors import InputError
from mmdesk.fusion import FusedTransformer, PackedLayout
from mmdesk.perception import SPEECH_FRAMES, FusedTokenizer
from mmdesk.training.data.batches import IGNORED, Batch, Example, epoch_batches, word_dropout
from mmdesk.training.data.captions import Collection
from mmdesk.training.data.feature_cache import FeatureCache
from mmdesk.training.data_parallel import ProcessGroup
from mmdesk.training.ema import ExponentialMovingAverage
from mmdesk.training.eval.asked_questions import share_right
from mmdesk.training.eval.caption_scores import GREEDY, measure_captions, rules_for
from mmdesk.training.recipe import Recipe
from mmdesk.training.run import RunFolder
from mmdesk.values import CancelFlag

EpochExamples = Callable[[int], Sequence[Example]]
"""Number of an epoch -> its examples; all epochs have the same count."""


def has_bfloat16() -> bool:
    """Return True if the processor has bfloat16 matmuls.

    Elsewhere bfloat16 is ten times slower than float32.
    """
    return bool(torch.cpu.get_capabilities().get("avx512_bf16", False))


def mixed_precision() -> torch.autocast:
    """Return the context in which matmuls are bfloat16 where that is faster."""
    return torch.autocast("cpu", torch.bfloat16, enabled=has_bfloat16())


def build_model(recipe: Recipe, tokenizer: FusedTokenizer) -> FusedTransformer:
    """Return a model with the recipe's sizes and fresh weights from its seed.

    In the spoken phase only the speech encoder is trainable.
    """
    torch.manual_seed(recipe.seed)
    speech = SPEECH_FRAMES if recipe.phase == "spoken" else 0
    model = FusedTransformer(replace(recipe.model, vocabulary=len(tokenizer), speech=speech))
    if model.speech is not None:
        model.requires_grad_(False)
        model.speech.requires_grad_(True)
    return model


def build_optimizer(model: nn.Module, recipe: Recipe) -> torch.optim.AdamW:
    """Return AdamW for the trainable weights; norms, biases and embeddings are not decayed."""
    decayed: list[nn.Parameter] = []
    undecayed: list[nn.Parameter] = []
    tail: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        embedding = name.startswith(("words.", "places.", "grid_place", "speech.place"))
        if name.startswith("tail."):
            tail.append(parameter)
        else:
            (undecayed if parameter.ndim < 2 or embedding else decayed).append(parameter)
    groups = [  # share: of the learning rate
        {"params": decayed, "weight_decay": recipe.weight_decay, "share": 1.0},
        {"params": undecayed, "weight_decay": 0.0, "share": 1.0},
    ]
    if tail:  # pretrained weights: decaying them would only forget
        groups.append({"params": tail, "weight_decay": 0.0, "share": recipe.tail_rate})
    return torch.optim.AdamW(groups, lr=recipe.learning_rate, betas=(0.9, 0.98), fused=True)


def fixed_words(folder: RunFolder, tokenizer: FusedTokenizer) -> list[int]:
    """Return the ids of the tokens of the questions that a speech encoder knows, and of the end.

    Raises:
        InputError: the run that this one started from knows no spoken questions.
    """
    if not folder.questions.exists():
        raise InputError("The run {run} has no questions.json.", run=folder.path)
    questions = json.loads(folder.questions.read_text("utf-8"))
    return sorted({tokenizer.end, *(id for text in questions for id in tokenizer.encode(text))})


class Trainer:
    """One run of a recipe: its state, steps, evaluations and checkpoints."""

    def __init__(
        self,
        recipe: Recipe,
        collection: Collection,
        features: FeatureCache,
        tokenizer: FusedTokenizer,
        examples: EpochExamples,
        folder: RunFolder,
        model: FusedTransformer | None = None,
        group: ProcessGroup | None = None,
    ) -> None:
        self.group = group or ProcessGroup()
        self.recipe, self.collection, self.features = recipe, collection, features
        self.tokenizer, self.examples, self.folder = tokenizer, examples, folder
        self.model = model or build_model(recipe, tokenizer)
        self.optimizer = build_optimizer(self.model, recipe)
        self.ema = ExponentialMovingAverage(self.model, recipe.ema_decay)
        self.step = self.pictures = 0
        self.seconds, self.best = 0.0, 0.0
        self.losses: list[float] = []
        self.fixed_words = fixed_words(folder, tokenizer) if recipe.keep_spoken else []
        self._resume()

    # --- checkpoints ----------------------------------------------------------------------

    def _resume(self) -> None:
        state = self.folder.load("checkpoint.pt")
        if state is None:
            return
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.ema.load_state_dict(state["average"])
        self.step, self.pictures = state["step"], state["pictures"]
        self.seconds, self.best = state["seconds"], state["best"]

    def save(self) -> None:
        """Write the checkpoint that a run resumes from."""
        self.folder.save(
            "checkpoint.pt",
            {
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "average": self.ema.state_dict(),
                "step": self.step,
                "pictures": self.pictures,
                "seconds": self.seconds,
                "best": self.best,
            },
        )

    # --- the loop -------------------------------------------------------------------------

    def train(self, stop: CancelFlag) -> None:
        """Train until the recipe's end or until `stop`, and save a checkpoint either way."""
        recipe = self.recipe
        saved = started = time.monotonic()
        for batch in self._batches():
            if self.step >= recipe.steps or self.group.agree_to_stop(stop):
                break
            self.losses.append(self.train_step(batch))
            self.step += 1
            self.pictures += len(batch.pairs) * self.group.size
            now = time.monotonic()
            self.seconds, started = self.seconds + now - started, now
            if self.group.rank:
                continue  # the first process reports, evaluates and saves
            if self.step % 50 == 0 and self.losses:
                self._report_loss()
            if self.step % recipe.evaluate_every == 0 or self.step == recipe.steps:
                self.evaluate()
                started = time.monotonic()
            if now - saved > recipe.save_minutes * 60:
                self.save()
                saved = time.monotonic()
        if not self.group.rank:
            self.save()

    def _batches(self) -> Iterator[Batch]:
        """Yield batches from the current step on; an epoch depends on seed and number alone.

        Of several processes, each has every n-th batch; the last few of an epoch are left out.
        """
        recipe, group = self.recipe, self.group
        per_epoch = -(-len(self.examples(0)) // recipe.batch) // group.size
        first, done = divmod(self.step, per_epoch)
        for number in itertools.count(first):
            rng = np.random.default_rng([recipe.seed, number])
            batches = epoch_batches(self.examples(number), recipe.batch, rng, self.tokenizer.pad)
            own = itertools.islice(batches, group.rank, per_epoch * group.size, group.size)
            yield from itertools.islice(own, done, None)
            done = 0

    def train_step(self, batch: Batch) -> float:
        """Train one step on a batch and return its loss in nats per token."""
        rate = self.recipe.rate_at(self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["share"]
        torch.manual_seed(self.recipe.seed * 1_000_003 + self.step + 500_009 * self.group.rank)
        self.model.train()
        loss = self.loss(batch)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.group.average_gradients(self.model.parameters())
        gradient = self.model.words.weight.grad
        if self.fixed_words and gradient is not None:
            gradient[self.fixed_words] = 0
        nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.gradient_clip)
        self.optimizer.step()
        self.ema.update(self.model)
        return float(loss.detach())

    def loss(self, batch: Batch) -> Tensor:
        """Return the cross-entropy of the targets, with all dropouts, noise and label smoothing."""
        recipe, rng = self.recipe, np.random.default_rng([self.recipe.seed, 7, self.step])
        grid, labels = (torch.from_numpy(array) for array in self.features.get(batch.pairs))
        grid = grid * (1 + recipe.feature_noise * torch.randn(grid.shape))
        kept = torch.rand(len(grid), grid.shape[1] + 1) >= recipe.image_token_dropout
        layout = PackedLayout(batch.layout.segments, batch.layout.positions, kept)
        input_ids = word_dropout(batch, self.tokenizer.blank, recipe.word_dropout, rng)
        learned = batch.targets != IGNORED
        logits = self.predict(grid, labels, input_ids, layout, learned)
        return functional.cross_entropy(
            logits, batch.targets[learned], label_smoothing=recipe.label_smoothing
        )

    def predict(
        self,
        grid: Tensor,
        labels: Tensor,
        input_ids: Tensor,
        layout: PackedLayout,
        learned: Tensor,
    ) -> Tensor:
        """Return float32 logits [N, vocabulary] of the N `learned` tokens ([B, W] bool)."""
        with mixed_precision():
            image = self.model.image_tokens(grid, labels)
            hidden = self.model.hidden(image, input_ids, layout)
            return self.model.predict(hidden[learned]).float()

    # --- evaluation and log -----------------------------------------------------------------

    def _report_loss(self) -> None:
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
        """Score the EMA weights on dev and keep the best so far as best.pt.

        The score is the mean over the sources of the photographs.
        """
        self.ema.swap(self.model)
        rules = rules_for(self.tokenizer, **GREEDY)
        measured = [
            measure_captions(
                self.model,
                self.features,
                self.tokenizer,
                self.collection,
                indices[: self.recipe.evaluate_pictures],
                rules,
            )
            for indices in self.collection.by_source("dev")
            if indices
        ]
        scores = [entry.to_dict() for entry, _ in measured]
        mean = {name: sum(one[name] for one in scores) / len(scores) for name in scores[0]}
        if self.recipe.asked:
            mean["asked_right"] = share_right(
                self.model, self.features, self.tokenizer, self.collection
            )
        self.keep_best(mean["cider_d"], mean)
        self.ema.swap(self.model)
        sources = {"sources": scores} if len(scores) > 1 else {}
        some = [text for _, texts in measured for text in texts[:3]]
        self.report_scores({**mean, **sources}, some)

    def keep_best(self, score: float, scores: dict[str, Any]) -> None:
        """Save the model's weights as best.pt, unless others scored higher."""
        if score < self.best:
            return
        self.best = score
        state = {"model": self.model.state_dict(), "config": self.model.config.to_dict()}
        self.folder.save("best.pt", {**state, "step": self.step, "scores": scores})

    def report_scores(self, scores: dict[str, Any], texts: Sequence[str]) -> None:
        """Log and print scores, with some of the texts."""
        self.folder.log(**self._entry(), dev=scores, examples=list(texts[:6]))
        print(f"step {self.step} dev {scores} {list(texts[:6])}", file=sys.stderr, flush=True)
