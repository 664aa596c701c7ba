"""The form of messages that a chat template reads is found by trying it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmdesk.engine.llm.multimodal.parts_tokenizer import ContentStyle, PartsTokenizer
from tests.fakes.hub_folder import CHATML, INSTRUCT, PARTS_ONLY, PLAIN, Folder


def tokenizer(folder: Path, template: str, placeholder: str) -> PartsTokenizer:
    specials = {"image_token": placeholder, "i": "[INST]", "o": "[/INST]"}
    own = Folder(folder, specials, template).tokenizer
    return PartsTokenizer(own, template, {"image": placeholder})


@pytest.mark.parametrize(
    ("template", "placeholder", "style"),
    [
        (CHATML.replace("IMAGE", "<image>"), "<image>", ContentStyle(True, True)),
        (PARTS_ONLY, "<image>", ContentStyle(True, True)),
        (INSTRUCT, "[IMG]", ContentStyle(True, False, system=False)),
        (PLAIN, "<image>", ContentStyle(False, False)),
    ],
)
def test_each_kind_of_template_is_recognised(
    template: str, placeholder: str, style: ContentStyle, tmp_path: Path
) -> None:
    assert tokenizer(tmp_path, template, placeholder).style == style


def test_a_system_message_stands_before_the_first_question_where_there_may_be_none(
    tmp_path: Path,
) -> None:
    rendered = tokenizer(tmp_path, INSTRUCT, "[IMG]").apply_chat_template(
        [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "What?"}]},
        ],
        add_generation_prompt=True,
    )
    assert rendered == "<|im_start|>[INST][IMG]Be brief.\n\nWhat?[/INST]"


def test_text_without_parts_is_rendered_as_well(tmp_path: Path) -> None:
    rendered = tokenizer(tmp_path, PLAIN, "<image>").apply_chat_template(
        [{"role": "user", "content": "What?"}], add_generation_prompt=True
    )
    assert rendered == "USER: What?\nASSISTANT:"
