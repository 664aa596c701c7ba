"""CIDEr-D and BLEU-4 of a fused model's captions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import torch

from mmdesk.fusion import FusedTransformer, GeneratedText, GenerationRules, generate
from mmdesk.perception import CAPTION_TOKEN, FusedTokenizer
from mmdesk.training.data.captions import Collection
from mmdesk.training.data.feature_cache import FeatureCache
from mmdesk.training.eval.bleu import bleu
from mmdesk.training.eval.cider import CiderD

# Greedy decoding for comparisons; beams and length power are chosen on the dev split.
WRONG_BELOW = 0.1  # CIDEr-D of a caption that shares hardly a word with any reference
GREEDY = {"beams": 1, "longest": 22, "shortest": 4, "no_repeat": 3}


@dataclass(frozen=True, slots=True)
class CaptionScores:
    """Scores over `pictures` captions.

    Attributes:
        pictures: number of captions.
        cider_d: mean CIDEr-D, 0 to 10.
        bleu_4: corpus BLEU-4, 0 to 1.
        words: mean words per caption.
    """

    pictures: int
    cider_d: float
    bleu_4: float
    words: float

    def to_dict(self) -> dict[str, float]:
        """Return the rounded scores for a report."""
        return {key: round(value, 4) for key, value in asdict(self).items()}


def rules_for(tokenizer: FusedTokenizer, **options: float) -> GenerationRules:
    """Return generation rules for this tokenizer; `options` are fields of GenerationRules."""
    unwanted = tuple(tokenizer.unwanted)
    return GenerationRules(end=tokenizer.end, unwanted=unwanted, **options)  # type: ignore[arg-type]


def caption_all(
    model: FusedTransformer,
    features: FeatureCache,
    tokenizer: FusedTokenizer,
    indices: Sequence[int],
    rules: GenerationRules,
    batch: int = 25,
) -> Iterator[GeneratedText]:
    """Yield a caption for every picture, in order."""
    was_training = model.training
    model.eval()
    for start in range(0, len(indices), batch):
        rows = indices[start : start + batch]
        grid, labels = features.get([("base", index) for index in rows])
        prompt = torch.tensor([tokenizer.prompt(CAPTION_TOKEN)] * len(rows))
        yield from generate(model, torch.from_numpy(grid), torch.from_numpy(labels), prompt, rules)
    model.train(was_training)


@dataclass(frozen=True, slots=True)
class JudgedCaption:
    """Caption with its probability (0..1); right if it says something that a reference says."""

    caption: str
    probability: float
    cider_d: float

    @property
    def right(self) -> bool:
        """Return True if the caption is not all wrong."""
        return self.cider_d >= WRONG_BELOW


def judge_captions(
    texts: Sequence[GeneratedText],
    tokenizer: FusedTokenizer,
    collection: Collection,
    indices: Sequence[int],
) -> list[JudgedCaption]:
    """Return the captions of the pictures at `indices`, each with its own CIDEr-D."""
    photos = collection.photos
    split = photos[indices[0]].split
    scorer = CiderD(photos[i].captions for i in collection.indices(split))
    captions = [tokenizer.decode(text.ids) for text in texts]
    return [
        JudgedCaption(caption, text.probability, scorer.score(caption, photos[index].captions))
        for caption, text, index in zip(captions, texts, indices, strict=True)
    ]


def measure_captions(
    model: FusedTransformer,
    features: FeatureCache,
    tokenizer: FusedTokenizer,
    collection: Collection,
    indices: Sequence[int],
    rules: GenerationRules,
) -> tuple[CaptionScores, list[str]]:
    """Caption the pictures at `indices` and return scores and captions."""
    texts = caption_all(model, features, tokenizer, indices, rules)
    captions = [tokenizer.decode(text.ids) for text in texts]
    return score_captions(collection, indices, captions), captions


def score_captions(
    collection: Collection, indices: Sequence[int], captions: Sequence[str]
) -> CaptionScores:
    """Return the scores of one caption for each of the pictures at `indices`.

    Document frequencies come from the references of the whole split of the first picture, so that
    scores of a sample are comparable with those of all of it.
    """
    split = collection.photos[indices[0]].split
    scorer = CiderD(collection.photos[i].captions for i in collection.indices(split))
    references = [collection.photos[index].captions for index in indices]
    scores = [scorer.score(c, r) for c, r in zip(captions, references, strict=True)]
    return CaptionScores(
        len(captions),
        sum(scores) / len(scores),
        bleu(captions, references),
        sum(len(caption.split()) for caption in captions) / len(captions),
    )
