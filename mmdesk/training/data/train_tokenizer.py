"""Training of the fused model's tokenizer; `perception.fused_tokenizer` uses it.

Captions alone would split 'screenshot' or 'triangle' into many small pieces, so that phrases of
questions, answers and synthetic images are added to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mmdesk.perception import SPECIAL_TOKENS, FusedTokenizer, normalise_text

REPEATS = 60  # of each phrase: as frequent as a word that the captions use now and then

PHRASES = (
    "what color is the shirt? what colour is the dog? black white brown red blue green yellow",
    "orange purple pink gray grey tan blond silver gold dark light beige none",
    "how many people are in the picture? how many dogs are there? zero one two three four five six",
    "seven eight nine ten many several",
    "what is the man doing? what are the people doing? what is happening?",
    "where is this? where is the child? is this indoors or outdoors? indoors inside outside",
    "what kind of picture is this? photo photograph screenshot page chart sign drawing diagram",
    "is there a dog in the picture? yes no not",
    "what shape is left of the red circle? circle square triangle star rectangle ellipse cross",
    "what is above the square? what is below? left right top bottom middle corner center",
    "which bar is the tallest? bar chart pie chart line chart table list form window dialog button",
    "menu browser editor terminal code email letter page of text with a heading and paragraphs",
    "what does the sign say? stop exit open closed sale warning danger parking entrance",
    "describe the picture. the picture shows a background with on it",
    "a screenshot of a window with a title bar and buttons on a desktop",
    "a page of printed text in two columns with a heading and a figure",
    "a bar chart with bars in different colors and a title. the highest the lowest the largest",
    "a diagram of boxes joined by arrows. a drawing of shapes on a plain background",
    "who is in the picture? man woman boy girl child children people person dog crowd group",
    "what is the weather? what is the person wearing? what is the dog holding in its mouth?",
)


def train_tokenizer(texts: Iterable[str], size: int, path: Path) -> FusedTokenizer:
    """Learn a byte-pair encoding from `texts` and write it to `path`."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Digits(individual_digits=True)]
    )
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=list("abcdefghijklmnopqrstuvwxyz0123456789,.'$%&+/:?#-"),
        show_progress=False,
    )
    tokenizer.train_from_iterator((normalise_text(text) for text in texts), trainer)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(tokenizer.to_str(), "utf-8")
    return FusedTokenizer(path)


def extra_phrases() -> list[str]:
    """Return the phrases that are added to the captions, each REPEATS times."""
    return list(PHRASES) * REPEATS
