"""How well a fused model captions pictures whose captions are known: CIDEr-D and BLEU-4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import torch

from mmdesk.fusion import FusedTransformer, GeneratedText, GenerationRules, generate
from mmdesk.perception import CAPTION_TOKEN, FusedTokenizer
from mmdesk.training.data.captions import Collection
from mmdesk.training.data.features import Features
from mmdesk.training.eval.bleu import bleu
from mmdesk.training.eval.cider import CiderD

# What is compared is free of these tasks' marks; beams and length are chosen on the dev split.
GREEDY = {"beams": 1, "longest": 22, "shortest": 4, "no_repeat": 3}


@dataclass(frozen=True, slots=True)
class CaptionScores:
    """Mean CIDEr-D (0 to 10), corpus BLEU-4 (0 to 1) and words per caption, over `pictures`."""

    pictures: int
    cider_d: float
    bleu_4: float
    words: float

    def to_dict(self) -> dict[str, float]:
        return {key: round(value, 4) for key, value in asdict(self).items()}


def rules_for(words: FusedTokenizer, **chosen: float) -> GenerationRules:
    """GenerationRules for this tokenizer; anything of `GenerationRules` can be chosen."""
    return GenerationRules(end=words.end, unwanted=tuple(words.unwanted), **chosen)  # type: ignore[arg-type]


def caption_all(
    model: FusedTransformer,
    features: Features,
    words: FusedTokenizer,
    indices: Sequence[int],
    rules: GenerationRules,
    batch: int = 25,
) -> Iterator[GeneratedText]:
    """A caption for every picture, in order."""
    was_training = model.training
    model.eval()
    for start in range(0, len(indices), batch):
        rows = indices[start : start + batch]
        grid, labels = features.get([("base", index) for index in rows])
        prompt = torch.tensor([words.prompt(CAPTION_TOKEN)] * len(rows))
        yield from generate(model, torch.from_numpy(grid), torch.from_numpy(labels), prompt, rules)
    model.train(was_training)


def measure_captions(
    model: FusedTransformer,
    features: Features,
    words: FusedTokenizer,
    collection: Collection,
    indices: Sequence[int],
    rules: GenerationRules,
) -> tuple[CaptionScores, list[str]]:
    """Scores over the pictures at `indices`, and the captions."""
    said = [words.decode(text.ids) for text in caption_all(model, features, words, indices, rules)]
    return score_captions(collection, indices, said), said


def score_captions(
    collection: Collection, indices: Sequence[int], said: Sequence[str]
) -> CaptionScores:
    """Scores of one caption for each of the pictures at `indices`.

    Document frequencies come from the references of the whole split of the first picture, so that
    a sample of it is judged by the same measure as all of it.
    """
    split = collection.photos[indices[0]].split
    scorer = CiderD(collection.photos[i].captions for i in collection.indices(split))
    references = [collection.photos[index].captions for index in indices]
    scores = [scorer.score(c, r) for c, r in zip(said, references, strict=True)]
    return CaptionScores(
        len(said),
        sum(scores) / len(scores),
        bleu(said, references),
        sum(len(caption.split()) for caption in said) / len(said),
    )
