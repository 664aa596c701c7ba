"""Learning the fused model's tokenizer. How it is used stands in `perception.pieces`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mmdesk.perception import SPECIAL_TOKENS, FusedTokenizer, normalise_text


def train_words(texts: Iterable[str], size: int, path: Path) -> FusedTokenizer:
    """Learn byte-pair pieces from `texts` and write them to `path`."""
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
