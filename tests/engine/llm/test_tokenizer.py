"""The light tokenizer does what transformers' does with the same files."""

from __future__ import annotations

import json
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from mmdesk.engine.llm import template_limits
from mmdesk.engine.llm.chat_prompt import PromptMessage, PromptPart, encode
from mmdesk.engine.llm.tokenizer import ChatTokenizer
from mmdesk.errors import ModelUnavailable

TEXTS = ("", "The capital of France", "法国的首都 🇫🇷", "  two  spaces \n\n", "<|im_end|> said")
CHAT = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Where is Paris?"},
]


def test_ids_text_and_template_are_the_same(tiny_folder: Path, tokenizer: Any) -> None:
    ours = ChatTokenizer(tiny_folder)
    for text in TEXTS:
        options: dict[str, Any] = {"add_special_tokens": False, "return_offsets_mapping": True}
        found, expected = ours(text, **options), tokenizer(text, **options)
        assert found["input_ids"] == expected["input_ids"]
        assert found["offset_mapping"] == expected["offset_mapping"]
        for skip in (True, False):
            assert ours.decode(found["input_ids"], skip) == tokenizer.decode(
                found["input_ids"], skip_special_tokens=skip, clean_up_tokenization_spaces=False
            )
    for prompt in (True, False):
        assert ours.apply_chat_template(CHAT, add_generation_prompt=prompt) == (
            tokenizer.apply_chat_template(CHAT, tokenize=False, add_generation_prompt=prompt)
        )
    assert ours.eos_token_id == tokenizer.eos_token_id
    specials = {token.content for token in ours.added_tokens_decoder.values() if token.special}
    assert specials == {t.content for t in tokenizer.added_tokens_decoder.values() if t.special}


@pytest.mark.model
def test_the_built_in_model_s_template_is_rendered_the_same() -> None:
    from transformers import AutoTokenizer

    from mmdesk.engine.default_parts import LANGUAGE
    from mmdesk.models.model_store import ModelStore

    folder = ModelStore().path(LANGUAGE)
    ours, theirs = ChatTokenizer(folder), AutoTokenizer.from_pretrained(folder)
    for chat in (CHAT, CHAT[1:]):
        rendered = ours.apply_chat_template(chat, add_generation_prompt=True)
        assert rendered == theirs.apply_chat_template(
            chat, tokenize=False, add_generation_prompt=True
        )
        assert ours(rendered, False)["input_ids"] == theirs(rendered)["input_ids"]


MISTAKES = {
    "{{ raise_exception('no system role') }}": "no system role",
    "{% for a in range(10**9) %}{% endfor %}": "too large",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}": "recursion",
    "{% for": "mistake",
    "{{ 1 / 0 }}": "division by zero",
    "{{ messages.x.y }}": "has no attribute",
    "{{ messages[0].content + 1 }}": "mistake",
    "{{ 'x' * 10**10 }}": "too large",
    "{{ [0] * 10**10 }}": "too large",
    "{{ 10**10**10 }}": "too large",
    "{{ '%999999999d' % 1 }}": "too large",
    "{{ 'x'|center(10**9) }}": "too large",
    "{{ 'x'.ljust(10**9) }}": "too large",
    "{% for a in range(99999, 999999) %}{% endfor %}": "too large",
    "{{ messages|tojson(indent=10**9) }}": "too large",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}": "never ends",
    "{% macro f() %}{% for a in range(99999) %}{{ f() }}{% endfor %}{% endmacro %}{{ f() }}": "",
    "{{ ''.__class__.__mro__ }}": "unsafe",
    "{{ messages.append(1) }}": "unsafe",
}


@pytest.mark.parametrize("template", MISTAKES)
def test_a_template_s_mistakes_are_told_as_its_own(
    tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, template: str
) -> None:
    monkeypatch.setattr(template_limits, "MAX_SECONDS", 1.0)
    folder = Path(shutil.copytree(tiny_folder, tmp_path / "copy"))
    (folder / "chat_template.jinja").write_text(template)
    began = time.process_time()
    with pytest.raises(ModelUnavailable, match="chat template") as told:
        ChatTokenizer(folder).apply_chat_template(CHAT)
    assert MISTAKES[template] in told.value.user_message
    assert time.process_time() - began < 10


def test_time_that_other_programs_take_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_limits, "MAX_SECONDS", 0.3)
    asleep = threading.Event()
    with template_limits.template_errors():
        assert not asleep.wait(1.0)


def test_a_model_of_transformers_has_the_same_limits() -> None:
    class Slow:
        added_tokens_decoder: dict[int, Any] = {}  # noqa: RUF012

        def apply_chat_template(self, *_: Any, **__: Any) -> str:
            while True:
                pass

    with pytest.raises(ModelUnavailable, match="never ends"):
        encode(Slow(), [PromptMessage("user", (PromptPart("a"),))])


@pytest.mark.parametrize("content", ["{", json.dumps({"version": "1.0"})])
def test_a_broken_file_is_a_value_error(tiny_folder: Path, tmp_path: Path, content: str) -> None:
    folder = Path(shutil.copytree(tiny_folder, tmp_path / "copy"))
    (folder / "tokenizer.json").write_text(content)
    with pytest.raises(ValueError, match=r"tokenizer\.json"):
        ChatTokenizer(folder)
