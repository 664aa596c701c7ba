"""From turns with attachments to the token ids the model reads.

What was attached stands as words before the turn's own text, documents first: small models
follow an instruction that comes after the material far better than one that comes before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mmdesk.values import AudioInput, Role, Turn

BETWEEN_PARTS = "\n\n"


@dataclass(frozen=True, slots=True)
class PromptPart:
    """A piece of a message that can be shortened by itself.

    Attributes:
        text: the words.
        heading: a line before them, never shortened.
        name: what the person calls it, for notices.
        shortened: whether some of `text` had to be left out.
    """

    text: str
    heading: str = ""
    name: str = "The message"
    shortened: bool = False

    def rendered(self) -> str:
        return f"{self.heading}\n{self.text}" if self.heading else self.text


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """A turn in words."""

    role: Role
    parts: tuple[PromptPart, ...]

    def content(self) -> str:
        return BETWEEN_PARTS.join(part.rendered() for part in self.parts)


def prompt_message(turn: Turn) -> PromptMessage:
    """The turn in words. Its pictures must have been looked at and its sounds listened to."""
    parts = [
        PromptPart(document.text, f'Document "{document.name}":', f'The document "{document.name}"')
        for document in turn.documents
    ]
    if turn.images:
        # Late: perception is heavy, and a conversation without pictures does not need it.
        from mmdesk.perception import description_text

        several = len(turn.images) > 1
        parts += [
            PromptPart(
                description_text(image),
                f'Picture {number}, "{image.name}":' if several else "",
                f'What was seen in "{image.name}"',
            )
            for number, image in enumerate(turn.images, 1)
        ]
    alone = not turn.text.strip()
    parts += [_heard(audio, alone) for audio in turn.audio]
    if not alone or not parts:
        parts.append(PromptPart(turn.text))
    return PromptMessage(turn.role, tuple(parts))


def _heard(audio: AudioInput, alone: bool) -> PromptPart:
    """A recording's words: the question itself when the person wrote nothing beside it."""
    text = audio.transcript.meant.strip() if audio.transcript else ""
    name = f'The recording "{audio.name}"'
    if not text:
        return PromptPart(f'The recording "{audio.name}" has no speech in it.', name=name)
    if alone:
        return PromptPart(text, name=name)
    return PromptPart(text, f'What is said in the recording "{audio.name}":', name)


def encode(tokenizer: Any, messages: Sequence[PromptMessage], prefill: str = "") -> list[int]:
    """The token ids of a conversation, up to where the answer begins (after `prefill`)."""
    specials = _special_texts(tokenizer)
    rendered: str = tokenizer.apply_chat_template(
        [
            {"role": message.role, "content": plain(message.content(), specials)}
            for message in messages
        ],
        tokenize=False,
        add_generation_prompt=True,
    )
    ids: list[int] = tokenizer(rendered + prefill, add_special_tokens=False)["input_ids"]
    return ids


def plain(text: str, specials: Sequence[str]) -> str:
    """`text` with the model's control marks broken by a space.

    A document that contains "<|im_end|>" must not end the message it stands in, nor speak in
    another role's name.
    """
    for special in specials:
        if special in text:
            text = text.replace(special, f"{special[0]} {special[1:]}")
    return text


def _special_texts(tokenizer: Any) -> list[str]:
    added = tokenizer.added_tokens_decoder.values()
    return [token.content for token in added if token.special and len(token.content) > 1]
