"""The fused model's own tokenizer: a few thousand tokens and the prompts that name a task.

Texts are lower-case and without a final full stop; `as_sentence` puts that right for the user.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from mmdesk.errors import InputError

PAD_TOKEN, END_TOKEN, BLANK_TOKEN = "<pad>", "<end>", "<blank>"
CAPTION_TOKEN, DESCRIBE_TOKEN, QUESTION_TOKEN, ANSWER_TOKEN, KIND_TOKEN = (
    "<caption>",
    "<describe>",
    "<question>",
    "<answer>",
    "<kind>",
)
SPECIAL_TOKENS = (
    PAD_TOKEN,
    END_TOKEN,
    BLANK_TOKEN,
    CAPTION_TOKEN,
    DESCRIBE_TOKEN,
    QUESTION_TOKEN,
    ANSWER_TOKEN,
    KIND_TOKEN,
)
_REMOVED = re.compile(r"[^a-z0-9,.'$%&+/:?#-]+")


def normalise_text(text: str) -> str:
    """Return lower case, single spaces, no quotation marks, no space before a comma, no stop."""
    text = _REMOVED.sub(" ", text.lower().replace('"', " ").replace("’", "'"))
    text = re.sub(r"\s+([,.?'])", r"\1", text)
    return " ".join(text.split()).strip(" .,")


def as_sentence(text: str) -> str:
    """Give the model's text a capital, and a full stop where there is none."""
    text = text.strip()
    if not text:
        return ""
    text = re.sub(r"\bi\b", "I", text)
    return text[0].upper() + text[1:] + ("" if text[-1] in ".?!" else ".")


class FusedTokenizer:
    """Byte-pair tokenizer over a tokenizer.json.

    Attributes:
        ids: of the special tokens.
        pad, end, blank: ids of PAD_TOKEN, END_TOKEN and BLANK_TOKEN.
    """

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
                "The image model's tokenizer {file} cannot be read: {error}",
                file=str(source),
                error=str(error),
            ) from error
        self.ids: dict[str, int] = {
            special: self.tokenizer.token_to_id(special) or 0 for special in SPECIAL_TOKENS
        }
        self.pad, self.end, self.blank = (
            self.ids[name] for name in (PAD_TOKEN, END_TOKEN, BLANK_TOKEN)
        )

    def __len__(self) -> int:
        return int(self.tokenizer.get_vocab_size())

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text, which is normalised first."""
        return list(self.tokenizer.encode(normalise_text(text)).ids)

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of the ids up to the first end token, without special tokens."""
        kept = list(ids)
        if self.end in kept:
            kept = kept[: kept.index(self.end)]
        return str(self.tokenizer.decode(kept)).strip()

    def prompt(self, task: str, text: str = "") -> list[int]:
        """Return the ids before an answer: the task's token, or a question between two tokens."""
        if task == QUESTION_TOKEN:
            return [self.ids[QUESTION_TOKEN], *self.encode(text), self.ids[ANSWER_TOKEN]]
        return [self.ids[task]]

    @property
    def unwanted(self) -> list[int]:
        """Return the ids that must never be generated."""
        return [number for name, number in self.ids.items() if name != END_TOKEN]
