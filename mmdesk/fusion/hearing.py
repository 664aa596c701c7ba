"""What a fused model hears: the words of a spoken question, each the likeliest at its place."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from mmdesk.fusion.generation import Generated
from mmdesk.fusion.speech import Spoken
from mmdesk.fusion.transformer import FusedTransformer


@dataclass(frozen=True, slots=True)
class Question:
    """A spoken question: its words with the log-probability of all of them, end included (no words
    where it is none that was taught), and what stands for them (one row)."""

    text: Generated
    spoken: Spoken


@torch.inference_mode()
def hear(model: FusedTransformer, frames: Tensor, end: int) -> list[Question]:
    """frames [B, S, speech_width] -> what each of the B recordings asks.

    Raises:
        ValueError: the model does not hear.
    """
    logits, words = model.hear(frames)
    odds, ids = logits.float().log_softmax(dim=-1).max(dim=-1)  # [B, speech_words]
    return [_question(*row, end) for row in zip(ids.tolist(), odds, words, strict=True)]


def _question(ids: list[int], odds: Tensor, words: Tensor, end: int) -> Question:
    count = ids.index(end) if end in ids else len(ids)
    text = Generated(tuple(ids[:count]), float(odds[: count + 1].sum()))
    return Question(text, Spoken(words.unsqueeze(0), torch.tensor([count])))
