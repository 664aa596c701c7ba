"""From a collection's captions to examples a trainer learns from."""

from __future__ import annotations

from collections.abc import Sequence

from mmdesk.perception import CAPTION_TOKEN, FusedTokenizer
from mmdesk.training.data.batches import Example, TrainingText
from mmdesk.training.data.captions import Collection, Photo


def views_for(photo: Photo, views: Sequence[str]) -> tuple[str, ...]:
    """The views that keep this picture's captions true."""
    return tuple(view for view in views if view != "flip" or not photo.sided)


def learned_text(
    words: FusedTokenizer, given: Sequence[int], wanted: str, longest: int
) -> TrainingText | None:
    """A text to learn, None when it is empty or longer than the model's positions."""
    ids = words.encode(wanted)
    if not ids or len(given) + len(ids) > longest:
        return None
    return TrainingText(tuple(given), (*ids, words.end))


def caption_examples(
    collection: Collection,
    indices: Sequence[int],
    words: FusedTokenizer,
    views: Sequence[str],
    longest: int = 60,
) -> list[Example]:
    """One example for every picture, with all its captions."""
    prompt = words.prompt(CAPTION_TOKEN)
    examples = []
    for index in indices:
        photo = collection.photos[index]
        texts = [learned_text(words, prompt, caption, longest) for caption in photo.captions]
        kept = tuple(text for text in texts if text is not None)
        if kept:
            examples.append(Example(index, kept, views_for(photo, views)))
    return examples
