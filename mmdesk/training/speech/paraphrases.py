"""What is said to the model that hears: taught questions in many wordings, and other sentences.

A wording counts when `asking.taught` brings it into the form that is meant, an other sentence when
it brings it into none: what is asked of the sound is what is asked of the words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from mmdesk.perception import as_known_question
from mmdesk.training.speech.other_sentences import ASIDES, NEARLY, NOUNS, PERSONS

_BEFORE = ("", "", "please tell me, ", "and ", "so ", "now ", "hey, ")
_BEHIND = ("", "", " in the picture", " in this picture", " in the photo", " in this image",
           " can you see", " do you see")  # fmt: skip

HELD_BACK = 5

# Of a question, by its beginning, other ways to put it; \1 and so on are its words.
_OTHERWISE: tuple[tuple[str, tuple[str, ...]], ...] = (
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


def wordings(question: str) -> list[str]:
    """Ways to ask a taught question, itself the first.

    >>> "what's the color of the dog in this picture?" in wordings("what color is the dog?")
    True
    """
    asked = question.rstrip("?")
    cores = [asked]
    for pattern, others in _OTHERWISE:
        match = re.fullmatch(pattern, asked)
        if match:
            cores += [match.expand(other) for other in others]
            break
    found = dict.fromkeys(
        f"{before}{core}{behind}?" for core in cores for before in _BEFORE for behind in _BEHIND
    )
    return [
        question,
        *(text for text in found if text != question and as_known_question(text) == question),
    ]


def other_sentences(
    captions: Sequence[str], count: int, seed: int, judged: bool = False
) -> list[str]:
    """Sentences that are none of the taught questions: a third of them almost ones, a third what
    people say to an assistant, a third what they say of pictures.

    Args:
        judged: of the lists, those to judge by: every HELD_BACK-th, which nothing is learned from.
    """
    rng = np.random.default_rng([seed, 23])
    kinds = (_part(NEARLY, judged), _part(ASIDES, judged), captions)
    drawn: list[str] = []
    while len(drawn) < count:
        text = str(rng.choice(kinds[len(drawn) % 3]))
        text = text.format(person=rng.choice(PERSONS), thing=rng.choice(NOUNS))
        if as_known_question(text) is None:
            drawn.append(text)
    return drawn


def _part(texts: Sequence[str], judged: bool) -> list[str]:
    return [text for i, text in enumerate(texts) if (i % HELD_BACK == HELD_BACK - 1) == judged]
