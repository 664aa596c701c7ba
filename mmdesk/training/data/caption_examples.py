"""Training examples from a collection's captions."""

from __future__ import annotations

from collections.abc import Sequence

from mmdesk.perception import CAPTION_TOKEN, FusedTokenizer
from mmdesk.training.data.batches import Example, TrainingText
from mmdesk.training.data.captions import Collection
from mmdesk.training.data.views import views_for


def training_text(
    tokenizer: FusedTokenizer, prompt: Sequence[int], target: str, longest: int
) -> TrainingText | None:
    """Return a text to learn, None when it is empty or has more than `longest` tokens."""
    ids = tokenizer.encode(target)
    if not ids or len(prompt) + len(ids) > longest:
        return None
    return TrainingText(tuple(prompt), (*ids, tokenizer.end))


def caption_examples(
    collection: Collection,
    indices: Sequence[int],
    tokenizer: FusedTokenizer,
    views: Sequence[str],
    longest: int = 60,
) -> list[Example]:
    """Return one example for every picture, with all its captions."""
    prompt = tokenizer.prompt(CAPTION_TOKEN)
    examples = []
    for index in indices:
        photo = collection.photos[index]
        texts = [training_text(tokenizer, prompt, caption, longest) for caption in photo.captions]
        kept = tuple(text for text in texts if text is not None)
        if kept:
            examples.append(Example(index, kept, views_for(photo, views)))
    return examples
