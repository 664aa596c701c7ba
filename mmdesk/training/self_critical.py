"""Self-critical training (Rennie et al., 2017): draw captions, make the better ones likelier.

The reward is CIDEr-D with the training references' frequencies; what a draw is held against is the
mean of the picture's other draws (Luo, 2020), which needs no greedy decoding. The end of a text
counts as a word: without it, captions that break off ('a man with a') are rewarded.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor

from mmdesk.fusion import GeneratedText, generate
from mmdesk.perception import CAPTION_TOKEN
from mmdesk.training.data.batches import IGNORED, Batch, Example, TrainingText, pack
from mmdesk.training.eval.caption_scores import rules_for
from mmdesk.training.eval.cider import CiderD
from mmdesk.training.trainer import Trainer, narrow

CLOSING = " endoftext"


class CaptionReward:
    """CIDEr-D of drawn captions, with the end of the text as a word."""

    def __init__(self, references: dict[int, tuple[str, ...]]) -> None:
        """references: for every picture that is learned from, its captions."""
        closed = {
            index: [caption.rstrip(" .") + CLOSING for caption in captions]
            for index, captions in references.items()
        }
        self.scorer = CiderD(closed.values())
        self.prepared = {index: self.scorer.prepare(texts) for index, texts in closed.items()}

    def __call__(self, index: int, caption: str) -> float:
        return self.scorer.score_prepared(caption + CLOSING, self.prepared[index])


def advantages(rewards: Tensor) -> Tensor:
    """Rewards [B, K] -> each reward less the mean of the same picture's other K - 1."""
    count = rewards.shape[1]
    others = (rewards.sum(dim=1, keepdim=True) - rewards) / (count - 1)
    return rewards - others


class SelfCriticalTrainer(Trainer):
    """The trainer's loop with another loss; recipe.mix keeps the cross-entropy of all tasks in."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        learned = self.collection.indices(*self.recipe.splits)
        self.reward = CaptionReward({i: self.collection.photos[i].captions for i in learned})
        # Words are drawn by a copy: autocast would convert all weights at every word.
        self.format = torch.bfloat16 if narrow() else torch.float32
        self.drawer = copy.deepcopy(self.model).to(self.format).eval()
        self.rewards: list[float] = []  # of the captions drawn since the last report

    def loss(self, batch: Batch) -> Tensor:
        photos = [pair for pair in batch.pairs if pair[0] in self.recipe.views]
        reward = self._policy_loss(photos) if photos else torch.zeros(())
        mixed = self.recipe.mix and self.step % self.recipe.mix_every == 0
        if mixed or not photos:  # of made pictures alone there is nothing else to learn
            reward = reward + super().loss(batch) * (self.recipe.mix or 1.0)
        return reward

    def _policy_loss(self, pairs: list[tuple[str, int]]) -> Tensor:
        grid, labels = (torch.from_numpy(array) for array in self.features.get(pairs))
        drawn = self._draw(grid, labels)
        count = self.recipe.samples
        rewards = torch.tensor(
            [
                [self.reward(index, self.words.decode(text.ids)) for text in texts]
                for (_, index), texts in zip(pairs, _grouped(drawn, count), strict=True)
            ]
        )
        self.rewards.append(float(rewards.mean()))
        gains = advantages(rewards)  # [B, K]
        packed = self._packed(pairs, _grouped(drawn, count))
        learned = packed.targets != IGNORED
        rows = torch.arange(len(pairs)).unsqueeze(1).expand_as(packed.targets)
        logits = self.predicted(grid, labels, packed.words, packed.layout, learned)
        said = logits.log_softmax(-1).gather(1, packed.targets[learned].unsqueeze(1))
        weights = gains[rows[learned], packed.layout.segments[learned]]
        return -(said.squeeze(1) * weights).mean()

    def _entry(self) -> dict[str, Any]:
        mean = sum(self.rewards) / max(len(self.rewards), 1)
        self.rewards.clear()
        return {**super()._entry(), "reward": round(mean, 4)}

    def _draw(self, grid: Tensor, labels: Tensor) -> list[GeneratedText]:
        prompt = torch.tensor([self.words.prompt(CAPTION_TOKEN)] * len(grid))
        rules = rules_for(self.words, longest=22, temperature=1.0, no_repeat=0)
        with torch.no_grad():
            for own, trained in zip(self.drawer.parameters(), self.model.parameters(), strict=True):
                own.copy_(trained)
        seen = grid.to(self.format), labels.to(self.format)
        return generate(self.drawer, *seen, prompt, rules, copies=self.recipe.samples)

    def _packed(self, pairs: list[tuple[str, int]], drawn: list[list[GeneratedText]]) -> Batch:
        given = tuple(self.words.prompt(CAPTION_TOKEN))
        examples = [
            Example(
                index,
                tuple(TrainingText(given, (*text.ids, self.words.end)) for text in texts),
                (view,),
            )
            for (view, index), texts in zip(pairs, drawn, strict=True)
        ]
        return pack(examples, [view for view, _ in pairs], self.words.pad)


def _grouped(drawn: list[GeneratedText], count: int) -> list[list[GeneratedText]]:
    return [drawn[at : at + count] for at in range(0, len(drawn), count)]
