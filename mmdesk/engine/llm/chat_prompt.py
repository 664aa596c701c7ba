"""Prompts: from turns with attachments to the token ids the model reads.

Attachments stand as text before the turn's own text, documents first: small models follow an
instruction that comes after the material far better than one that comes before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mmdesk.engine.llm.template_limits import template_errors
from mmdesk.text import cjk_share
from mmdesk.translatable import TranslatableText
from mmdesk.values import AudioInput, Role, Turn

PART_SEPARATOR = "\n\n"
SPECIAL_BREAK = "\ufdd0"  # a noncharacter of Unicode: no text has it
# After the question: told only before it, the built-in model answered "What does the man say about
# the price?" with "The man says that the price is free.".
_SILENCE = (
    "Note: the recording {names} has no speech in it. "
    "Begin the answer with: Nobody speaks in the recording"
)
_SILENCE_CHINESE = "注意：录音{names}里没有人说话。请用这句话开头回答：录音里没有人说话"
MESSAGE_NAME = TranslatableText("The message")


@dataclass(frozen=True, slots=True)
class PromptPart:
    """Piece of a message that can be shortened by itself.

    Attributes:
        text: what the model reads.
        heading: a line before it, never shortened.
        name: what the user calls it, for notices.
        shortened: whether some of `text` had to be left out.
    """

    text: str
    heading: str = ""
    name: TranslatableText = MESSAGE_NAME
    shortened: bool = False

    def rendered(self) -> str:
        """Return heading and text."""
        return f"{self.heading}\n{self.text}" if self.heading else self.text


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """A turn as text."""

    role: Role
    parts: tuple[PromptPart, ...]

    def content(self) -> str:
        """Return the whole message."""
        return PART_SEPARATOR.join(part.rendered() for part in self.parts)


def prompt_message(turn: Turn) -> PromptMessage:
    """Return the turn as text.

    Its pictures must have been described and its recordings transcribed.
    """
    parts = [
        PromptPart(
            document.text,
            _heading(f'Document "{document.name}":', document.notices),
            TranslatableText('The document "{name}"', name=document.name),
        )
        for document in turn.documents
    ]
    if turn.images:
        # Late: perception is heavy, and a conversation without pictures does not need it.
        from mmdesk.perception import description_text

        several = len(turn.images) > 1
        parts += [
            PromptPart(
                description_text(image),
                _heading(f'Picture {number}, "{image.name}":' if several else "", image.notices),
                TranslatableText('The description of "{name}"', name=image.name),
            )
            for number, image in enumerate(turn.images, 1)
        ]
    has_text = bool(turn.text.strip())
    if has_text and _has_only_silence(turn):
        parts += [PromptPart(turn.text), _silence_part(turn)]
        return PromptMessage(turn.role, tuple(parts))
    parts += [_recording_part(audio, has_text) for audio in turn.audio]
    if has_text or not parts:
        parts.append(PromptPart(turn.text))
    return PromptMessage(turn.role, tuple(parts))


def _heading(line: str, notices: Sequence[str]) -> str:
    """Return a part's heading, with what of the file was not read: the model would invent it."""
    note = f"Note: {' '.join(notices)}" if notices else ""
    return "\n".join(entry for entry in (line, note) if entry)


def _has_only_silence(turn: Turn) -> bool:
    """Return whether all that the turn is about is recordings in which nobody speaks."""
    if turn.images or turn.documents or not turn.audio:
        return False
    return not any(audio.transcript and audio.transcript.meant.strip() for audio in turn.audio)


def _silence_part(turn: Turn) -> PromptPart:
    """Return what stands after a question about recordings in which nobody speaks."""
    template = _SILENCE_CHINESE if cjk_share(turn.text) > 0.5 else _SILENCE
    return PromptPart(template.format(names=", ".join(f'"{audio.name}"' for audio in turn.audio)))


def _recording_part(audio: AudioInput, has_text: bool) -> PromptPart:
    """Return a recording's transcript: it is the question itself in a turn without text."""
    text = audio.transcript.meant.strip() if audio.transcript else ""
    name = TranslatableText('The recording "{name}"', name=audio.name)
    if not text:
        silent = f'The recording "{audio.name}" has no speech in it.'
        return PromptPart(silent, _heading("", audio.notices), name)
    if not has_text:
        return PromptPart(text, name=name)
    heading = f'What is said in the recording "{audio.name}":'
    return PromptPart(text, _heading(heading, audio.notices), name)


def encode(
    tokenizer: Any,
    messages: Sequence[PromptMessage],
    answer_start: str = "",
    thinking: bool = True,
) -> list[int]:
    """Return the token ids of a conversation, up to where the answer goes on.

    Args:
        tokenizer: one with a chat template.
        messages: the conversation.
        answer_start: text that the answer is made to begin with.
        thinking: False has no effect on a template that does not allow to switch it off.

    Raises:
        ModelUnavailable: the chat template refuses the conversation, has a mistake or never ends.
    """
    specials = _special_texts(tokenizer)
    turns = [
        {"role": message.role, "content": break_specials(message.content(), specials)}
        for message in messages
    ]
    options = {} if thinking else {"enable_thinking": False}
    with template_errors():
        rendered: str = tokenizer.apply_chat_template(
            turns, tokenize=False, add_generation_prompt=True, **options
        )
    ids: list[int] = []
    for piece in (rendered + break_specials(answer_start, specials)).split(SPECIAL_BREAK):
        ids += tokenizer(piece, add_special_tokens=False)["input_ids"]
    return ids


def break_specials(text: str, specials: Sequence[str]) -> str:
    """Put SPECIAL_BREAK after the first character of each special token's name in `text`.

    A document that contains "<|im_end|>" must not end the message it stands in, nor speak in
    another role's name. The pieces on both sides are tokenised apart, so the model reads the same
    characters, as ordinary text.
    """
    text = text.replace(SPECIAL_BREAK, "")
    for special in specials:
        if special in text:
            text = text.replace(special, special[0] + SPECIAL_BREAK + special[1:])
    return text


def _special_texts(tokenizer: Any) -> list[str]:
    added = tokenizer.added_tokens_decoder.values()
    return [token.content for token in added if token.special and len(token.content) > 1]
