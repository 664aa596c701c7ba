"""The translations are whole: every text of the window, and every template said below it."""

from __future__ import annotations

import ast
import re
import shutil
import string
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import QTranslator

from mmdesk.errors import InputError
from mmdesk.settings import LANGUAGES, resource
from mmdesk.translatable import TranslatableText
from mmdesk.ui import i18n
from mmdesk.ui.i18n import translated

TRANSLATED = [language for language in LANGUAGES if language not in ("system", "en")]
PACKAGING = Path(__file__).parents[2] / "packaging"


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    i18n.choose("en")


@pytest.fixture
def translate(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Import the script packaging/translate.py."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    import translate

    yield translate
    sys.modules.pop("translate", None)


def _translations(path: Path) -> dict[str, str]:
    """Source -> finished translation, "" where there is none."""
    found = {}
    for message in ElementTree.parse(path).iter("message"):
        translation = message.find("translation")
        assert translation is not None
        finished = translation.get("type") is None
        found[message.findtext("source", "")] = (translation.text or "") if finished else ""
    return found


def _source(language: str) -> Path:
    return resource(f"translations/mmdesk_{language}.ts")


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_has_a_finished_translation(
    language: str, tmp_path: Path, translate: ModuleType
) -> None:
    fresh = tmp_path / "fresh.ts"
    shutil.copy(_source(language), fresh)
    translate.collect(fresh)
    translations = _translations(fresh)
    assert len(translations) > 300
    assert [source for source, text in translations.items() if not text] == []
    assert translations == _translations(_source(language)), "run packaging/translate.py"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_template_said_below_the_window_is_in_the_file(
    language: str, translate: ModuleType
) -> None:
    known = _translations(_source(language))
    said = {**translate.templates(), **dict.fromkeys(translate.listed_texts(), "a table")}
    assert len(said) > 50
    assert {text: place for text, place in said.items() if not known.get(text)} == {}


def test_templates_are_literals(translate: ModuleType) -> None:
    """A text that is put together before it is said could not be translated."""
    composed = [
        f"{place}: {ast.unparse(value)}"
        for place, value in translate.template_arguments()
        if isinstance(value, ast.JoinedStr | ast.BinOp)
    ]
    assert composed == []


def test_templates_are_collected_from_every_form_of_call(
    tmp_path: Path, translate: ModuleType
) -> None:
    package = tmp_path / "mmdesk"
    package.mkdir()
    (package / "said.py").write_text(
        "class Gone(errors.MMDeskError): pass\n"
        "Gone('One ' '{a}.', 'Two.', a=1)\n"
        "Notice('Three.' if x else 'Four.', n=TranslatableText('five {n}', n=2))\n"
        "raise errors.InputError(text, hint='Six \"{b}\".')\n"
    )
    (package / "training").mkdir()
    (package / "training" / "terminal.py").write_text("InputError('Seven.')\n")
    (package / "errors.py").write_text("class InputError(MMDeskError): pass\n")
    assert set(translate.templates(tmp_path)) == {
        *("One {a}.", "Two.", "Three.", "Four.", "five {n}", 'Six "{b}".')
    }


def test_texts_are_translated_by_the_windows_own_function(translate: ModuleType) -> None:
    """A text of QObject.tr or QCoreApplication.translate does not follow another language."""
    others = re.compile(r"\.tr\(|QCoreApplication\.translate\(")
    found = [
        f"{path.name}: {line.strip()}"
        for path in translate.window_sources()
        if path.name != "i18n.py"
        for line in path.read_text(encoding="utf-8").splitlines()
        if others.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_file_says_what_its_source_says(language: str, qapp: object) -> None:
    translator = QTranslator()
    assert translator.load(str(_source(language).with_suffix(".qm")))
    for source, translation in _translations(_source(language)).items():
        assert translator.translate("", source) == translation, "run packaging/translate.py"


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_hold_the_same_values(language: str) -> None:
    for source, translation in _translations(_source(language)).items():
        assert _fields(source) == _fields(translation), source


def _fields(text: str) -> list[tuple[str, str]]:
    parts = string.Formatter().parse(text)
    return sorted((name, form or "") for _, name, form, _ in parts if name is not None)


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Put an own catalogue, still empty, in the place of the translation files."""
    texts: dict[str, str] = {}
    monkeypatch.setattr(i18n, "_lookup", lambda source: texts.get(source, str(source)))
    return texts


def test_a_template_is_translated_with_its_values(catalogue: dict[str, str]) -> None:
    text = translated(TranslatableText("{name}: {done} of {all} MB", name="a.pdf", done=2, all=3))
    assert text == "a.pdf: 2 of 3 MB"
    catalogue["{name}: {done} of {all} MB"] = "{name}：共 {all} MB，已有 {done}"
    assert text.again() == "a.pdf：共 3 MB，已有 2"


def test_a_value_that_is_a_phrase_is_translated_too(catalogue: dict[str, str]) -> None:
    pages = TranslatableText("{n} pages are pictures", n=3)
    text = translated(InputError("{name} is a scan: {pages}.", name="x", pages=pages).user_message)
    assert text == "x is a scan: 3 pages are pictures."
    catalogue["{name} is a scan: {pages}."] = "{name} 是扫描件：{pages}。"
    catalogue["{n} pages are pictures"] = "{n} 页都是图片"
    assert text.again() == "x 是扫描件：3 页都是图片。"


def test_words_from_outside_are_never_translated(catalogue: dict[str, str]) -> None:
    catalogue["{name} is empty."] = "{name} 是空的。"
    catalogue["Ready"] = "就绪"
    named_so = TranslatableText("{name} is empty.", name="Ready")
    assert translated(named_so).again() == "Ready 是空的。"
    braces = TranslatableText("{name} is empty.", name="{name} {0}")
    assert translated(braces).again() == "{name} {0} 是空的。"


def test_a_plain_text_is_looked_up_whole(qapp: object) -> None:
    known, unknown = translated("Chinese"), translated("Something that nobody has translated")
    assert (known, unknown, translated("")) == (
        "Chinese",
        "Something that nobody has translated",
        "",
    )
    i18n.choose("zh_CN")
    assert known.again() == "中文"
    assert unknown.again() == "Something that nobody has translated"
    assert translated("") == ""


def test_a_text_that_is_translated_already_is_left_alone() -> None:
    text = i18n.tr("Message")
    assert translated(text) is text
