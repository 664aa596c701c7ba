"""Growth of a tokenizer by the words of further data, without a change of the ids it has.

Byte-pair merges are appended after the known ones. So all known tokens keep their ids and their
rows of the embedding, and words that further data made frequent become single tokens.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from mmdesk.perception import FusedTokenizer, normalise_text

Pair = tuple[str, str]
Pieces = tuple[str, ...]


def grow_tokenizer(
    source: Path, texts: Iterable[str], size: int, target: Path, unchanged: Sequence[str] = ()
) -> list[tuple[int, ...]]:
    """Append merges learned from `texts` until the vocabulary has `size` tokens.

    Args:
        source: tokenizer.json to grow.
        texts: to learn from.
        size: tokens that the grown tokenizer has at most.
        target: tokenizer.json to write.
        unchanged: texts whose tokens must stay as they are (known questions).

    Returns:
        For every new token, in the order of their ids, the known ids that it is made of.
    """
    tokenizer = FusedTokenizer(source)
    content = json.loads(source.read_text("utf-8"))
    vocabulary, merges = content["model"]["vocab"], content["model"]["merges"]
    known = len(vocabulary)
    parts: list[tuple[int, ...]] = []
    words = _words_in_pieces(tokenizer, texts)
    forbidden = {
        pair for pieces in _words_in_pieces(tokenizer, unchanged) for pair in _pairs(pieces)
    }
    while len(vocabulary) < size:
        pair = _most_frequent_pair(words, forbidden)
        if pair is None:
            break
        merged = "".join(pair)
        merges.append(list(pair))
        if merged not in vocabulary:
            parts.append(tuple(_known_ids(vocabulary, pair, known, parts)))
            vocabulary[merged] = len(vocabulary)
        words = _merge(words, pair)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    return parts


def _known_ids(
    vocabulary: dict[str, int], pair: Pair, known: int, parts: Sequence[tuple[int, ...]]
) -> list[int]:
    """Return the ids below `known` that the two pieces consist of."""
    ids = [vocabulary[piece] for piece in pair]
    return [
        part for number in ids for part in ((number,) if number < known else parts[number - known])
    ]


def _words_in_pieces(tokenizer: FusedTokenizer, texts: Iterable[str]) -> Counter[Pieces]:
    """Count the words of texts, each as the pieces that it is encoded as."""
    counts = Counter(word for text in texts for word in normalise_text(text).split())
    found: Counter[Pieces] = Counter()
    for word, count in counts.items():
        found[tuple(tokenizer.tokenizer.encode(word).tokens)] += count
    return found


def _pairs(pieces: Pieces) -> list[Pair]:
    """Return the neighbours that may be merged: of letters, since signs and digits stay apart."""
    return [
        (first, second)
        for first, second in itertools.pairwise(pieces)
        if (first + second).removeprefix("▁").isalpha()
    ]


def _most_frequent_pair(words: Counter[Pieces], forbidden: set[Pair]) -> Pair | None:
    counts: Counter[Pair] = Counter()
    for pieces, count in words.items():
        for pair in _pairs(pieces):
            counts[pair] += count
    for pair in forbidden:
        counts.pop(pair, None)
    return min(counts, key=lambda pair: (-counts[pair], pair), default=None)


def _merge(words: Counter[Pieces], pair: Pair) -> Counter[Pieces]:
    """Return the words with every occurrence of the pair merged."""
    merged: Counter[Pieces] = Counter()
    for pieces, count in words.items():
        merged[_merged(pieces, pair) if pair[0] in pieces else pieces] += count
    return merged


def _merged(pieces: Pieces, pair: Pair) -> Pieces:
    found: list[str] = []
    for piece in pieces:
        if found and (found[-1], piece) == pair:
            found[-1] += piece
        else:
            found.append(piece)
    return tuple(found)


def grow_embedding(weight: Tensor, parts: Sequence[tuple[int, ...]]) -> Tensor:
    """Return an embedding [V, width] with a row more for every new token: its parts' mean."""
    rows = [weight[list(ids)].mean(dim=0) for ids in parts]
    return torch.cat((weight, torch.stack(rows))) if rows else weight
