"""Self-critical sequence training (Rennie et al., 2017): sampled captions, rewarded by CIDEr-D.

The reward uses the document frequencies of the training references. The baseline of a sample is the
mean of the picture's other samples (Luo, 2020), which needs no greedy decoding. The end of a text
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
from mmdesk.training.data.captions import QUESTIONS_ONLY
from mmdesk.training.eval.caption_scores import rules_for
from mmdesk.training.eval.cider import CiderD
from mmdesk.training.trainer import Trainer, has_bfloat16

END_WORD = " endoftext"


class CaptionReward:
    """CIDEr-D of sampled captions, with the end of the text as a word."""

    def __init__(self, references: dict[int, tuple[str, ...]]) -> None:
        """Prepare the references: for every training picture, its captions."""
        closed = {
            index: [caption.rstrip(" .") + END_WORD for caption in captions]
            for index, captions in references.items()
        }
        self.scorer = CiderD(closed.values())
        self.prepared = {index: self.scorer.prepare(texts) for index, texts in closed.items()}

    def __call__(self, index: int, caption: str) -> float:
        """Return the reward of a caption of picture `index`."""
        return self.scorer.score_prepared(caption + END_WORD, self.prepared[index])


def advantages(rewards: Tensor) -> Tensor:
    """Return each reward of [B, K] less the mean of the same picture's other K - 1."""
    count = rewards.shape[1]
    others = (rewards.sum(dim=1, keepdim=True) - rewards) / (count - 1)
    return rewards - others


class SelfCriticalTrainer(Trainer):
    """Trainer whose loss is the policy gradient of the reward.

    `cross_entropy_weight` adds the cross-entropy of all tasks.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        photos = self.collection.photos
        self.rewards_of: dict[int, CaptionReward] = {}  # by picture; frequencies by source
        for indices in self.collection.by_source(*self.recipe.splits):
            captioned = [i for i in indices if photos[i].split not in QUESTIONS_ONLY]
            reward = CaptionReward({i: photos[i].captions for i in captioned})
            self.rewards_of |= dict.fromkeys(captioned, reward)
        # A copy of the model samples: autocast would convert all weights at every token.
        self.dtype = torch.bfloat16 if has_bfloat16() else torch.float32
        self.sampler = copy.deepcopy(self.model).to(self.dtype).eval()
        self.rewards: list[float] = []  # of the captions sampled since the last report

    def loss(self, batch: Batch) -> Tensor:
        """Return the policy loss of the photographs, with cross-entropy as the recipe wants it."""
        recipe = self.recipe
        photos = [
            (view, index)
            for view, index in batch.pairs
            if view in recipe.views and index in self.rewards_of
        ]
        loss = self._policy_loss(photos) if photos else torch.zeros(())
        mixed = recipe.cross_entropy_weight and self.step % recipe.cross_entropy_every == 0
        if mixed or not photos:  # a batch without captions has no other loss
            loss = loss + super().loss(batch) * (recipe.cross_entropy_weight or 1.0)
        return loss

    def _policy_loss(self, pairs: list[tuple[str, int]]) -> Tensor:
        grid, labels = (torch.from_numpy(array) for array in self.features.get(pairs))
        samples = self._samples(grid, labels)
        rewards = torch.tensor(
            [
                [self.rewards_of[index](index, self.tokenizer.decode(text.ids)) for text in texts]
                for (_, index), texts in zip(pairs, samples, strict=True)
            ]
        )
        self.rewards.append(float(rewards.mean()))
        gains = advantages(rewards)  # [B, K]
        packed = self._packed(pairs, samples)
        learned = packed.targets != IGNORED
        rows = torch.arange(len(pairs)).unsqueeze(1).expand_as(packed.targets)
        logits = self.predict(grid, labels, packed.input_ids, packed.layout, learned)
        log_probabilities = logits.log_softmax(-1).gather(1, packed.targets[learned].unsqueeze(1))
        weights = gains[rows[learned], packed.layout.segments[learned]]
        return -(log_probabilities.squeeze(1) * weights).mean()

    def _entry(self) -> dict[str, Any]:
        mean = sum(self.rewards) / max(len(self.rewards), 1)
        self.rewards.clear()
        return {**super()._entry(), "reward": round(mean, 4)}

    def _samples(self, grid: Tensor, labels: Tensor) -> list[list[GeneratedText]]:
        """Sample `recipe.samples` captions of each picture."""
        prompt = torch.tensor([self.tokenizer.prompt(CAPTION_TOKEN)] * len(grid))
        rules = rules_for(self.tokenizer, longest=22, temperature=1.0, no_repeat=0)
        weights = zip(self.sampler.parameters(), self.model.parameters(), strict=True)
        with torch.no_grad():
            for own, trained in weights:
                own.copy_(trained)
        image = grid.to(self.dtype), labels.to(self.dtype)
        count = self.recipe.samples
        texts = generate(self.sampler, *image, prompt, rules, copies=count)
        return [texts[start : start + count] for start in range(0, len(texts), count)]

    def _packed(self, pairs: list[tuple[str, int]], samples: list[list[GeneratedText]]) -> Batch:
        prompt = tuple(self.tokenizer.prompt(CAPTION_TOKEN))
        examples = [
            Example(
                index,
                tuple(TrainingText(prompt, (*text.ids, self.tokenizer.end)) for text in texts),
                (view,),
            )
            for (view, index), texts in zip(pairs, samples, strict=True)
        ]
        return pack(examples, [view for view, _ in pairs], self.tokenizer.pad)
