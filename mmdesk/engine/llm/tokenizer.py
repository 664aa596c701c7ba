"""Tokenizer and chat template of a language model, without transformers.

The tokenizer is the `tokenizers` library's, which transformers wraps as well; the template is
Jinja, rendered in the sandbox that transformers renders it in, with limits. The methods have the
names and meanings of transformers' own tokenizer, of which the engine uses these few, so that the
engine can use either. Importing transformers takes longer than loading this model.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2.exceptions import TemplateError
from jinja2.ext import loopcontrols
from tokenizers import AddedToken, Tokenizer

from mmdesk.engine.llm.template_limits import BoundedEnvironment, bounded, template_errors
from mmdesk.models import read_regular

SPECIAL_NAMES = ("bos_token", "eos_token", "unk_token", "pad_token")


class ChatTokenizer:
    """Tokenizer in a model's folder: text to token ids and back.

    Attributes:
        chat_template: the Jinja source.
        eos_token_id: the token that ends a turn, None where the files name none.
        added_tokens_decoder: the tokens outside the vocabulary proper, by id.

    Raises:
        OSError: a file is missing.
        ValueError: a file is damaged, or there is no chat template.
        ModelUnavailable: the chat template has a mistake.
    """

    def __init__(self, folder: Path) -> None:
        self._tokenizer = _read_tokenizer(folder / "tokenizer.json")
        config = json.loads(read_regular(folder / "tokenizer_config.json"))
        self.chat_template = _read_template(folder, config)
        self._specials = {
            name: text
            for name in SPECIAL_NAMES
            if (text := _token_text(config.get(name))) is not None
        }
        eos = self._specials.get("eos_token")
        self.eos_token_id = None if eos is None else self._tokenizer.token_to_id(eos)
        self.added_tokens_decoder: dict[int, AddedToken] = (
            self._tokenizer.get_added_tokens_decoder()
        )
        with template_errors():
            self._template = _environment().from_string(self.chat_template)

    def __call__(
        self, text: str, add_special_tokens: bool = True, return_offsets_mapping: bool = False
    ) -> dict[str, Any]:
        """Tokenise a text.

        Returns:
            {"input_ids": [...]}, and with `return_offsets_mapping` "offset_mapping": one (first
            character, end character) per token.
        """
        encoding = self._tokenizer.encode(text, add_special_tokens=add_special_tokens)
        result: dict[str, Any] = {"input_ids": encoding.ids}
        if return_offsets_mapping:
            result["offset_mapping"] = encoding.offsets
        return result

    def decode(
        self,
        ids: Sequence[int],
        skip_special_tokens: bool = False,
        clean_up_tokenization_spaces: bool = False,
    ) -> str:
        """Return the text of `ids`; nothing is ever cleaned up in it."""
        text: str = self._tokenizer.decode(ids, skip_special_tokens=skip_special_tokens)
        return text

    def apply_chat_template(
        self,
        messages: Sequence[dict[str, str]],
        tokenize: bool = False,
        add_generation_prompt: bool = False,
        **options: Any,
    ) -> str:
        """Return the conversation in the format the model was trained on.

        Args:
            messages: the conversation.
            tokenize: must be False.
            add_generation_prompt: end with the beginning of an answer.
            options: further variables of the template, e.g. `enable_thinking`.

        Raises:
            ModelUnavailable: the template refuses it, has a mistake or does not end.
        """
        with template_errors():
            return self._template.render(
                messages=messages,
                tools=None,
                documents=None,
                add_generation_prompt=add_generation_prompt,
                **self._specials,
                **options,
            )


def _read_tokenizer(path: Path) -> Tokenizer:
    if not path.is_file():
        raise FileNotFoundError(path.name)
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as problem:
        raise ValueError(f"{path.name}: {problem}") from problem
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _read_template(folder: Path, config: dict[str, Any]) -> str:
    file = folder / "chat_template.jinja"
    template = file.read_text(encoding="utf-8") if file.is_file() else config.get("chat_template")
    if not isinstance(template, str) or not template:
        raise ValueError("no chat template")
    return template


def _token_text(token: Any) -> str | None:
    """Return a special token's text: the files hold it plain or in an object."""
    return token.get("content") if isinstance(token, dict) else token


def _environment() -> BoundedEnvironment:
    environment = BoundedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols]
    )
    environment.filters["tojson"] = bounded(_to_json)
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = lambda form: datetime.now().strftime(form)
    return environment


def _refuse(message: str) -> None:
    raise TemplateError(message)


def _to_json(value: Any, ensure_ascii: bool = False, **options: Any) -> str:
    """Return JSON without the HTML escapes of Jinja's own filter."""
    return json.dumps(value, ensure_ascii=ensure_ascii, **options)
