"""Sentences to speak: paraphrases of the known questions, and sentences that are none of them.

`perception.as_known_question` decides for both, so that speech is treated as typed text is:
it must map a paraphrase to its question, and other sentences to none.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache

import numpy as np

from mmdesk.perception import as_known_question
from mmdesk.settings import resource

_PREFIXES = ("", "", "please tell me, ", "and ", "so ", "now ", "hey, ")
_SUFFIXES = ("", "", " in the picture", " in this picture", " in the photo", " in this image",
           " can you see", " do you see")  # fmt: skip

HELD_OUT = 5  # every fifth of the other sentences is for evaluation

# Pattern of a question -> paraphrases; \1 and \2 are its groups.
_PARAPHRASES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"what color (is|are) the (.+)",
     (r"what's the color of the \2", r"what is the color of the \2", r"which color \1 the \2",
      r"what color \1 that \2", r"what color \1 this \2", r"what color does the \2 have",
      r"what colour \1 the \2", r"what color \1 his \2", r"what color \1 her \2")),
    (r"how many (.+) are there", (r"how many \1", r"how many \1 are there altogether")),
    (r"what (is|are) the (.+) doing",
     (r"what's the \2 doing", r"what is this \2 doing", r"what \1 the \2 up to",
      r"what does the \2 do", r"what \1 that \2 doing")),
    (r"where is this",
     ("where is it", "where was this taken", "where are they", "where is that", "what place is it",
      "what place is this", "where is the man", "where is the dog", "where are the people",
      "where was this photo taken", "where was the picture taken", "where is she")),
    (r"is this indoors or outdoors",
     ("is it inside or outside", "is this inside or outside", "indoors or outdoors",
      "is it indoors", "was this taken outside", "is this outdoors",
      "was the photo taken indoors or outdoors",
      "is that outside or inside", "inside or outside", "is the scene outdoors or indoors")),
    (r"is there a (.+) in the picture",
     (r"is there a \1", r"is there any \1", r"are there any \1s", r"any \1s",
      r"is there a \1 there")),
    (r"what does the dog have in its mouth",
     ("what is in the dog's mouth", "what is the dog holding", "what is the dog carrying",
      "what's the dog carrying", "what has the dog got in its mouth",
      "what is the dog holding in its mouth", "what does the dog carry")),
    (r"what is the (.+) wearing",
     (r"what's the \1 wearing", r"what does the \1 wear")),
    (r"what is (left|right) of the (.+)",
     (r"what is to the \1 of the \2", r"what is on the \1 of the \2",
      r"what's to the \1 of the \2")),
    (r"what is (above|below) the (.+)", (r"what's \1 the \2",)),
    (r"what shape is this", ("what shape is it", "which shape is this")),
    (r"what kind of picture is this",
     ("what type of picture is this", "what sort of image is this", "what kind of photo is it",
      "what kind of image is this")),
)  # fmt: skip


def paraphrases(question: str) -> list[str]:
    """Return ways to ask a known question, the question itself first.

    >>> "what's the color of the dog in this picture?" in paraphrases("what color is the dog?")
    True
    """
    bare = question.rstrip("?")
    cores = [bare]
    for pattern, others in _PARAPHRASES:
        match = re.fullmatch(pattern, bare)
        if match:
            cores += [match.expand(other) for other in others]
            break
    found = dict.fromkeys(
        f"{prefix}{core}{suffix}?" for core in cores for prefix in _PREFIXES for suffix in _SUFFIXES
    )
    return [
        question,
        *(text for text in found if text != question and as_known_question(text) == question),
    ]


def other_sentences(
    captions: Sequence[str], count: int, seed: int, held_out: bool = False
) -> list[str]:
    """Draw sentences that are none of the known questions.

    A third of them are almost known questions, a third other requests to an assistant, a third
    captions.

    Args:
        captions: sentences about pictures.
        count: number of sentences.
        seed: decides the draws.
        held_out: draw from every HELD_OUT-th sentence of the lists, which training leaves out.
    """
    rng = np.random.default_rng([seed, 23])
    lists = sentence_lists()
    kinds = (
        _split(lists["near_questions"], held_out),
        _split(lists["requests"], held_out),
        captions,
    )
    drawn: list[str] = []
    while len(drawn) < count:
        text = str(rng.choice(kinds[len(drawn) % 3]))
        text = text.format(person=rng.choice(lists["persons"]), thing=rng.choice(lists["things"]))
        if as_known_question(text) is None:
            drawn.append(text)
    return drawn


@cache
def sentence_lists() -> dict[str, list[str]]:
    """Return the lists of resources/fused/other_sentences.toml."""
    return tomllib.loads(resource("fused/other_sentences.toml").read_text("utf-8"))


def _split(texts: Sequence[str], held_out: bool) -> list[str]:
    return [text for i, text in enumerate(texts) if (i % HELD_OUT == HELD_OUT - 1) == held_out]
