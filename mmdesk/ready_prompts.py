"""Ready prompts: instructions that the user applies to a text with one click or key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mmdesk.translatable import TranslatableText

PLACEHOLDER = "{text}"
MOST = 40  # prompts
LONGEST = {"name": 60, "text": 4000, "key": 60}  # characters


@dataclass(frozen=True, slots=True)
class ReadyPrompt:
    """Instruction with a place for a text.

    Attributes:
        name: on its button.
        text: the instruction; `{text}` stands for the text that it is applied to.
        key: portable name of a key sequence in mmdesk's windows, "" for none.
    """

    name: str
    text: str
    key: str = ""

    def fill(self, text: str) -> str:
        """Return the instruction with the text; it follows at the end where it has no place."""
        if PLACEHOLDER in self.text:
            return self.text.replace(PLACEHOLDER, text.strip()).strip()
        return f"{self.text.rstrip()}\n\n{text.strip()}".strip()


SHIPPED = (
    ReadyPrompt(
        TranslatableText("Fix grammar"),
        "Correct the grammar and spelling of this text. Reply with the corrected text only.\n\n"
        "{text}",
    ),
    ReadyPrompt(
        TranslatableText("Translate to English"), "Translate this text into English:\n\n{text}"
    ),
    ReadyPrompt(
        TranslatableText("Translate to Chinese"), "Translate this text into Chinese:\n\n{text}"
    ),
    ReadyPrompt(TranslatableText("Explain"), "Explain this in simple words:\n\n{text}"),
    ReadyPrompt(
        TranslatableText("Make it shorter"),
        "Make this text shorter and keep what matters. Reply with the shorter text only.\n\n{text}",
    ),
)


def read_prompts(stored: object) -> tuple[ReadyPrompt, ...] | None:
    """Return the prompts of a settings file; what is not one is left out.

    Returns:
        None where it is no list at all.
    """
    if not isinstance(stored, Sequence) or isinstance(stored, str | bytes):
        return None
    found = (entry if isinstance(entry, ReadyPrompt) else _read(entry) for entry in stored)
    return tuple(prompt for prompt in found if prompt is not None)[:MOST]


def _read(entry: object) -> ReadyPrompt | None:
    if not isinstance(entry, dict):
        return None
    values = {name: entry.get(name, "") for name in LONGEST}
    if not all(_is_usable(value, LONGEST[name]) for name, value in values.items()):
        return None
    if not values["name"].strip() or not values["text"].strip():
        return None
    return ReadyPrompt(**values)


def _is_usable(value: object, longest: int) -> bool:
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in value)
