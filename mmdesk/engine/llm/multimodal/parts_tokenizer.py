"""Tokenizer whose chat template takes messages with pictures and sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mmdesk.errors import MMDeskError

PICTURE: Final = "image"  # what chat templates call a picture
SOUND: Final = "audio"
_PROBES = ("Zqf1", "Zqf2", "Zqf3")
_SYSTEM_PROBE = "Zqf0"


@dataclass(frozen=True, slots=True)
class ContentStyle:
    """Form of the messages that a chat template reads.

    Attributes:
        user_parts: a user's message is a list of parts; otherwise text with placeholders.
        other_parts: so are those of the assistant and the system.
        system: there may be a system message.
    """

    user_parts: bool
    other_parts: bool
    system: bool = True


class PartsTokenizer:
    """Tokenizer with the template of its processor; the names are those of `ChatTokenizer`.

    Args:
        tokenizer: transformers' own.
        template: the chat template.
        placeholders: text that stands for a picture or a sound in a rendered prompt, by kind.

    Attributes:
        style: form of the messages that the template reads.
    """

    def __init__(self, tokenizer: Any, template: str, placeholders: Mapping[str, str]) -> None:
        self._tokenizer = tokenizer
        self.chat_template = template
        self.placeholders = dict(placeholders)
        self.eos_token_id: int | None = tokenizer.eos_token_id
        self.added_tokens_decoder = tokenizer.added_tokens_decoder
        self.style = self._find_style()

    def __call__(self, text: str, **options: Any) -> Any:
        """Tokenise a text."""
        return self._tokenizer(text, **options)

    def decode(self, ids: Sequence[int], **options: Any) -> str:
        """Return the text of `ids`."""
        text: str = self._tokenizer.decode(ids, **options)
        return text

    def encode_prompt(self, rendered: str) -> list[int]:
        """Return the token ids of a whole prompt.

        The token that begins a text is added, as transformers does, unless the template did.
        """
        begin = self._tokenizer.bos_token
        is_begun = begin is not None and rendered.startswith(begin)
        ids: list[int] = self._tokenizer(rendered, add_special_tokens=not is_begun)["input_ids"]
        return ids

    def apply_chat_template(
        self,
        messages: Sequence[Mapping[str, Any]],
        tokenize: bool = False,
        add_generation_prompt: bool = False,
        **options: Any,
    ) -> str:
        """Return a conversation in the model's format.

        Args:
            messages: the content of each is text, or a list of parts.
            tokenize: must be False.
            add_generation_prompt: end with the beginning of an answer.
            options: further variables of the template.
        """
        return self._render(messages, self.style, add_generation_prompt, **options)

    def _render(
        self,
        messages: Sequence[Mapping[str, Any]],
        style: ContentStyle,
        add_generation_prompt: bool,
        **options: Any,
    ) -> str:
        if not style.system:
            messages = _without_system(messages)
        shaped = [
            {"role": message["role"], "content": self._shaped(message, style)}
            for message in messages
        ]
        rendered: str = self._tokenizer.apply_chat_template(
            shaped,
            chat_template=self.chat_template,
            tokenize=False,
            add_generation_prompt=add_generation_prompt,
            **options,
        )
        return rendered

    def _shaped(self, message: Mapping[str, Any], style: ContentStyle) -> Any:
        content = message["content"]
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        if style.user_parts if message["role"] == "user" else style.other_parts:
            return parts
        pieces = [
            part["text"] if part["type"] == "text" else self.placeholders[part["type"]]
            for part in parts
        ]
        return "\n".join(pieces)

    def _find_style(self) -> ContentStyle:
        """Return the first form that the template renders completely."""
        kinds = list(self.placeholders)
        for style in (
            ContentStyle(True, True),
            ContentStyle(True, False),
            ContentStyle(False, False),
        ):
            if self._renders(_probe(kinds), kinds, style):
                with_system = [{"role": "system", "content": _SYSTEM_PROBE}, *_probe(kinds)]
                has_system = self._renders(with_system, kinds, style)
                return ContentStyle(style.user_parts, style.other_parts, has_system)
        return ContentStyle(True, True)  # its mistake is told when it renders a conversation

    def _renders(
        self, messages: list[dict[str, Any]], kinds: Sequence[str], style: ContentStyle
    ) -> bool:
        from mmdesk.engine.llm.template_limits import template_errors

        try:
            with template_errors():
                rendered = self._render(messages, style, True)
        except MMDeskError:
            return False
        texts = [_SYSTEM_PROBE] if messages[0]["role"] == "system" else []
        whole = all(rendered.count(text) == 1 for text in (*texts, *_PROBES))
        placed = all(rendered.count(self.placeholders[kind]) == 1 for kind in kinds)
        return whole and placed and "'type'" not in rendered


def _probe(kinds: Sequence[str]) -> list[dict[str, Any]]:
    first, second, third = _PROBES
    parts = [*({"type": kind} for kind in kinds), {"type": "text", "text": first}]
    return [
        {"role": "user", "content": parts},
        {"role": "assistant", "content": second},
        {"role": "user", "content": third},
    ]


def _without_system(messages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Put the system messages before the text of the first message of the user."""
    system = [str(message["content"]) for message in messages if message["role"] == "system"]
    rest = [message for message in messages if message["role"] != "system"]
    if not system or not rest:
        return rest
    content = rest[0]["content"]
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else list(content)
    at = next((i for i, part in enumerate(parts) if part["type"] == "text"), len(parts))
    own = parts[at]["text"] if at < len(parts) else ""
    joined = "\n\n".join([*system, own] if own else system)
    parts[at : at + 1] = [{"type": "text", "text": joined}]
    return [{**rest[0], "content": parts}, *rest[1:]]
