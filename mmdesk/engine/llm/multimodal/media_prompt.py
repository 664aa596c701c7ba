"""Prompts with pictures and sound, fitted into the context window.

The prefix caches compare prompts by numbers. A token of a picture is the same number in every
picture, so here each has a number of its own, the key: of the picture and of the place in it. All
others are their own keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mmdesk.engine.llm.chat_prompt import PromptMessage, break_specials, prompt_message
from mmdesk.engine.llm.context_window import ContextFitter, FittedPrompt
from mmdesk.engine.llm.multimodal.media_encoder import Medium
from mmdesk.engine.llm.multimodal.parts_tokenizer import PICTURE, SOUND
from mmdesk.engine.llm.template_limits import template_errors
from mmdesk.errors import InputError
from mmdesk.values import NativeAttachments, Turn, native_attachments

if TYPE_CHECKING:
    from mmdesk.engine.llm.multimodal.multimodal_model import MultimodalModel

FIRST_KEY = 1 << 40
MAX_MEDIUM_TOKENS = 1 << 20
TEXT_TOKENS = 64  # of the question and the template, beside the pictures


@dataclass(frozen=True, slots=True)
class MediaMessage(PromptMessage):
    """Message with pictures and sounds before its text."""

    media: tuple[Medium, ...] = ()


@dataclass(frozen=True, slots=True)
class MediaPrompt(FittedPrompt):
    """Prompt with pictures and sounds; `ids` are the keys.

    Attributes:
        real_ids: the token ids.
        media: in the order of the prompt.
    """

    real_ids: list[int] = field(default_factory=list)
    media: tuple[Medium, ...] = ()

    @property
    def token_ids(self) -> list[int]:
        """Token ids as the model reads them."""
        return self.real_ids


def fit_media_turns(
    model: MultimodalModel,
    turns: Sequence[Turn],
    budget: int,
    answer_start: str = "",
    thinking: bool = True,
) -> MediaPrompt:
    """Fit a conversation into `budget` tokens, as `fit_turns` does.

    Raises:
        InputError: the last turn's pictures and sounds do not fit, or cannot be read.
    """
    native = native_attachments(turns, model.capabilities)
    messages = [_media_message(turn, native) for turn in turns]
    _check_media(model, messages[-1], budget)
    return MediaFitter(model, budget, answer_start, thinking).fit(messages)


def medium_of(key: int) -> tuple[int, int]:
    """Return the number of the medium that a key belongs to, and the place in it."""
    return divmod(key - FIRST_KEY, MAX_MEDIUM_TOKENS)


class MediaFitter(ContextFitter):
    """Fitter of messages with pictures and sounds."""

    def __init__(
        self, model: MultimodalModel, budget: int, answer_start: str = "", thinking: bool = True
    ) -> None:
        super().__init__(model.tokenizer, budget, answer_start, thinking)
        self._model = model
        self._prompt = MediaPrompt([])

    def fit(self, messages: Sequence[PromptMessage]) -> MediaPrompt:
        """See `ContextFitter.fit`."""
        fitted = super().fit(messages)
        return replace(self._prompt, notices=fitted.notices)

    def _encode(self, messages: Sequence[PromptMessage]) -> list[int]:
        options = {} if self._thinking else {"enable_thinking": False}
        model, tokenizer = self._model, self._model.tokenizer
        specials = _special_texts(tokenizer)
        turns = [
            {"role": message.role, "content": _content(message, specials)} for message in messages
        ]
        with template_errors():
            rendered = tokenizer.apply_chat_template(turns, add_generation_prompt=True, **options)
        media = tuple(medium for message in messages for medium in _media_of(message))
        text = _with_replacements(model, rendered, media)
        text += break_specials(self._answer_start, specials)
        ids = tokenizer.encode_prompt(text)
        self._prompt = MediaPrompt(_keys(model, ids, media), (), ids, media)
        return self._prompt.ids


def _media_message(turn: Turn, native: NativeAttachments) -> MediaMessage:
    worded = prompt_message(native.in_words(turn))
    media = [Medium(PICTURE, image) for image in native.images_of(turn)]
    media += [Medium(SOUND, audio) for audio in native.audio_of(turn)]
    return MediaMessage(worded.role, worded.parts, tuple(media))


def _media_of(message: PromptMessage) -> tuple[Medium, ...]:
    return message.media if isinstance(message, MediaMessage) else ()


def _content(message: PromptMessage, specials: Sequence[str]) -> str | list[dict[str, Any]]:
    text = break_specials(message.content(), specials)
    parts: list[dict[str, Any]] = [{"type": medium.kind} for medium in _media_of(message)]
    if not parts:
        return text
    return [*parts, {"type": "text", "text": text}] if text.strip() else parts


def _special_texts(tokenizer: Any) -> list[str]:
    added = tokenizer.added_tokens_decoder.values()
    texts = [token.content for token in added if token.special and len(token.content) > 1]
    return [*texts, *tokenizer.placeholders.values()]


def _with_replacements(model: MultimodalModel, rendered: str, media: Sequence[Medium]) -> str:
    """Put the text of every medium into the place of its placeholder."""
    for kind, placeholder in model.tokenizer.placeholders.items():
        texts = [model.encoder.record(one).replacement for one in media if one.kind == kind]
        if getattr(model.processor, "default_use_image_id", False) and texts:  # MiniCPM-V's
            texts = model.processor._prepend_local_ids([rendered], texts, placeholder)
        pieces = rendered.split(placeholder)
        if len(pieces) != len(texts) + 1:
            raise InputError(
                "The model's chat template does not say where its pictures belong.",
                "Choose another model.",
            )
        rendered = "".join(piece + text for piece, text in zip(pieces, [*texts, ""], strict=True))
    return rendered


def _keys(model: MultimodalModel, ids: Sequence[int], media: Sequence[Medium]) -> list[int]:
    """Return the keys of a prompt's tokens."""
    keys = list(ids)
    for kind, token_id in model.encoder.token_ids.items():
        own = _key_numbers(model, [one for one in media if one.kind == kind])
        places = [place for place, token in enumerate(ids) if token == token_id]
        numbers = list(own)
        if len(places) != len(numbers):
            raise InputError(
                "The model's files do not agree on how its pictures are read.",
                "Download the model again, or choose another one.",
            )
        for place, number in zip(places, numbers, strict=True):
            keys[place] = number
    return keys


def _key_numbers(model: MultimodalModel, media: Sequence[Medium]) -> Iterator[int]:
    for medium in media:
        record = model.encoder.record(medium)
        first = FIRST_KEY + record.number * MAX_MEDIUM_TOKENS
        yield from range(first, first + record.tokens)


def _check_media(model: MultimodalModel, message: MediaMessage, budget: int) -> None:
    """Refuse pictures and sounds that do not fit beside a question.

    Raises:
        InputError: it names the one that is too large, or says that they are too many.
    """
    sizes = [model.encoder.record(medium).tokens for medium in message.media]
    if not sizes or sum(sizes) + TEXT_TOKENS <= budget:
        return
    largest = max(zip(sizes, message.media, strict=True), key=lambda pair: pair[0])
    if len(sizes) == 1 or largest[0] + TEXT_TOKENS > budget:
        raise InputError(
            '"{name}" is too large for this model: it takes {tokens} of {limit} tokens.',
            "Attach a smaller part of it, or allow a longer context in the settings.",
            name=largest[1].value.name,
            tokens=largest[0],
            limit=budget,
        )
    raise InputError(
        "These {count} attachments are too much for this model at once.",
        "Attach fewer of them, or allow a longer context in the settings.",
        count=len(sizes),
    )
