"""Recognition of a spoken question as one of the known questions, or none."""

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
    """Most probable known question in a recording.

    Attributes:
        text: its ids (none where it is no known question), and the log-probability that it is this
            one and no other.
        spoken: embeddings of its tokens (one row).
    """

    text: GeneratedText
    spoken: SpeechFeatures


@torch.inference_mode()
def recognize_question(
    model: FusedTransformer, frames: Tensor, known: Sequence[Sequence[int]], end: int
) -> list[RecognizedQuestion]:
    """Choose the most probable of the `known` questions, or none, for each of B recordings.

    The likelihood of a question is that of all its tokens and its end. The prior of all questions
    and of none is the same.

    Args:
        model: with speech.
        frames: [B, S, speech_width].
        known: ids of every known question, without the end.
        end: id that ends a text.

    Raises:
        ValueError: the model has no speech.
    """
    logits, embeddings = model.encode_speech(frames)
    log_probabilities = logits.float().log_softmax(dim=-1)  # [B, speech_words, vocabulary]
    texts = [(), *map(tuple, known)]
    ended = [(*text, end) for text in texts]
    likelihoods = torch.stack(
        [log_probabilities[:, range(len(ids)), ids].sum(1) for ids in ended], dim=1
    )
    posterior = likelihoods.log_softmax(dim=1)  # [B, 1 + known]
    best = posterior.argmax(dim=1).tolist()
    return [
        RecognizedQuestion(
            GeneratedText(texts[index], float(posterior[row, index])),
            SpeechFeatures(embeddings[row : row + 1], torch.tensor([len(texts[index])])),
        )
        for row, index in enumerate(best)
    ]
