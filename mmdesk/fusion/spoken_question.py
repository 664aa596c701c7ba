"""What a fused model hears: which of the questions it was taught a recording is, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mmdesk.fusion.generation import GeneratedText
from mmdesk.fusion.speech_tokens import SpeechFeatures
from mmdesk.fusion.transformer import FusedTransformer


@dataclass(frozen=True, slots=True)
class RecognizedQuestion:
    """A spoken question: its ids (none where it is none that was taught) with the log-probability
    that it is this one and no other, and what stands for its words (one row).
    """

    text: GeneratedText
    spoken: SpeechFeatures


@torch.inference_mode()
def recognize_question(
    model: FusedTransformer, frames: Tensor, known: Sequence[Sequence[int]], end: int
) -> list[RecognizedQuestion]:
    """Frames [B, S, speech_width] -> the likeliest of the `known` questions, or none, in each of
    the B recordings. The odds of a question are those of all its words and its end; all questions
    and none are held for equally likely before anything is heard.

    Args:
        known: the ids of every question that was taught, without the end.

    Raises:
        ValueError: the model does not hear.
    """
    logits, words = model.encode_speech(frames)
    odds = logits.float().log_softmax(dim=-1)  # [B, speech_words, vocabulary]
    texts = [(), *map(tuple, known)]
    ended = [(*text, end) for text in texts]
    likely = torch.stack([odds[:, range(len(ids)), ids].sum(1) for ids in ended], dim=1)
    posterior = likely.log_softmax(dim=1)  # [B, 1 + known]
    best = posterior.argmax(dim=1).tolist()
    return [
        RecognizedQuestion(
            GeneratedText(texts[place], float(posterior[row, place])),
            SpeechFeatures(words[row : row + 1], torch.tensor([len(texts[place])])),
        )
        for row, place in enumerate(best)
    ]
