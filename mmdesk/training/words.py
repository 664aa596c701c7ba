"""The fused model's own tokenizer: a few thousand pieces and the prompts that name a task.

Texts are lower-case and without a final full stop; what a person reads is put right by `sentence`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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


class Words:
    """Text to ids and back. Wraps a tokenizer.json."""

    def __init__(self, source: str | Path) -> None:
        """Read a tokenizer.json.

        Raises:
            InputError: the file is missing or no tokenizer.
        """
        from tokenizers import Tokenizer

        try:
            self.tokenizer = Tokenizer.from_str(Path(source).read_text("utf-8"))
        except (OSError, ValueError) as error:
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


def train_words(texts: Iterable[str], size: int, path: Path) -> Words:
    """Learn byte-pair pieces from `texts` and write them to `path`."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Digits(individual_digits=True)]
    )
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=list(SPECIALS),
        initial_alphabet=list("abcdefghijklmnopqrstuvwxyz0123456789,.'$%&+/:?#-"),
        show_progress=False,
    )
    tokenizer.train_from_iterator((normalise(text) for text in texts), trainer)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(tokenizer.to_str(), "utf-8")
    return Words(path)
