"""The fused model's own tokenizer: a few thousand pieces and the prompts that name a task.

Texts are lower-case and without a final full stop; what a person reads is put right by `sentence`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from mmdesk.errors import InputError

PAD, END, BLANK = "<pad>", "<end>", "<blank>"
CAPTION, DESCRIBE, QUESTION, ANSWER, KIND = (
    "<caption>",
    "<describe>",
    "<question>",
    "<answer>",
    "<kind>",
)
SPECIALS = (PAD, END, BLANK, CAPTION, DESCRIBE, QUESTION, ANSWER, KIND)
_KEPT = re.compile(r"[^a-z0-9,.'$%&+/:?#-]+")


def normalise(text: str) -> str:
    """Lower case, single spaces, no quotation marks, no space before a comma, no final stop."""
    text = _KEPT.sub(" ", text.lower().replace('"', " ").replace("’", "'"))
    text = re.sub(r"\s+([,.?'])", r"\1", text)
    return " ".join(text.split()).strip(" .,")


def sentence(text: str) -> str:
    """A model's words as a person writes them: a capital, and a full stop where there is none."""
    text = text.strip()
    if not text:
        return ""
    text = re.sub(r"\bi\b", "I", text)
    return text[0].upper() + text[1:] + ("" if text[-1] in ".?!" else ".")


class FusedTokenizer:
    """Text to ids and back. Wraps a tokenizer.json."""

    def __init__(self, source: str | Path) -> None:
        """Read a tokenizer.json.

        Raises:
            InputError: the file is missing or no tokenizer.
        """
        from tokenizers import Tokenizer

        try:
            text = Path(source).read_text("utf-8")
            # The library raises a bare Exception for what is no tokenizer: look before it does.
            if json.loads(text)["model"]["type"] != "BPE":
                raise ValueError("it is not a byte-pair tokenizer")
            self.tokenizer = Tokenizer.from_str(text)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"The fused model's tokenizer {source} cannot be read: {error}"
            ) from error
        self.ids: dict[str, int] = {
            special: self.tokenizer.token_to_id(special) or 0 for special in SPECIALS
        }
        self.pad, self.end, self.blank = (self.ids[name] for name in (PAD, END, BLANK))

    def __len__(self) -> int:
        return int(self.tokenizer.get_vocab_size())

    def encode(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(normalise(text)).ids)

    def decode(self, ids: Sequence[int]) -> str:
        """Ids up to the first END, specials left out."""
        kept = list(ids)
        if self.end in kept:
            kept = kept[: kept.index(self.end)]
        return str(self.tokenizer.decode(kept)).strip()

    def prompt(self, task: str, text: str = "") -> list[int]:
        """What stands before the answer: the task's mark alone, or a question between two marks."""
        if task == QUESTION:
            return [self.ids[QUESTION], *self.encode(text), self.ids[ANSWER]]
        return [self.ids[task]]

    @property
    def unwanted(self) -> list[int]:
        """Ids that must never be generated."""
        return [number for name, number in self.ids.items() if name != END]
