"""Every language that Whisper knows is found by its code and its name."""

from __future__ import annotations

import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES

from mmdesk.errors import InputError
from mmdesk.perception import find_spoken_language
from mmdesk.perception.spoken_languages import LANGUAGE_NAMES


def test_every_language_of_whisper_is_found_by_code_and_name() -> None:
    assert set(LANGUAGE_NAMES) == set(_LANGUAGE_CODES)
    for code, names in LANGUAGE_NAMES.items():
        assert find_spoken_language(code.upper()) == code
        for name in names.split(", "):
            assert find_spoken_language(name) == code, name
            assert find_spoken_language(f" {name.upper()} ") == code, name


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("fa", "fa"),
        ("fa-IR", "fa"),
        ("pt_BR", "pt"),
        ("zh-Hans-CN", "zh"),
        ("jv", "jw"),
        ("nb", "no"),
        ("haitian", "ht"),
        ("maori", "mi"),
        ("中文", "zh"),
        ("法语", "fr"),
        ("Deutsch", "de"),
        ("粤语", "yue"),
        ("హిందీ", None),
        ("Klingon", None),
        ("", None),
    ],
)
def test_a_language_is_found_as_people_write_it(name: str, code: str | None) -> None:
    if code:
        assert find_spoken_language(name) == code
        return
    with pytest.raises(InputError, match="is not supported") as caught:
        find_spoken_language(name)
    assert "Persian" in caught.value.hint
