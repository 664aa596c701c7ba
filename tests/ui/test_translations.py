"""The translations are whole: every text of the window, and every sentence from below."""

from __future__ import annotations

import json
import re
import shutil
import string
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator

from mmdesk.settings import LANGUAGES, resource
from mmdesk.text.language import LANGUAGES as SPOKEN
from mmdesk.ui import i18n
from mmdesk.ui.from_below import below
from mmdesk.ui.sentences import SENTENCES
from tests.from_below import sentences

TRANSLATED = [language for language in LANGUAGES if language not in ("system", "en")]
PACKAGING = Path(__file__).parents[2] / "packaging"


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    i18n.choose("en")


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
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(PACKAGING))
    import translate

    fresh = tmp_path / "fresh.ts"
    shutil.copy(_source(language), fresh)
    translate.collect(fresh)
    translations = _translations(fresh)
    assert len(translations) > 300
    assert [source for source, words_ in translations.items() if not words_] == []
    assert translations == _translations(_source(language)), "run packaging/translate.py"
    sys.modules.pop("translate", None)


def test_texts_are_said_by_the_windows_own_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """What QObject.tr or QCoreApplication.translate says is not said again in another language."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    import translate

    others = re.compile(r"\.tr\(|\btranslate\(")
    found = [
        f"{path.name}: {line.strip()}"
        for path in translate.sources()
        if path.name != "words.py"
        for line in path.read_text(encoding="utf-8").splitlines()
        if others.search(line) and "line.translate(" not in line
    ]
    assert found == []
    sys.modules.pop("translate", None)


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


def test_every_sentence_from_below_is_known() -> None:
    known = {_numbered(template) for template in SENTENCES}
    unknown = {place: said for said, place in sentences().items() if _numbered(said) not in known}
    assert not unknown, "enter them in mmdesk/ui/sentences.py"


def _numbered(template: str) -> str:
    numbers: dict[str, str] = {}
    return re.sub(
        r"\{(\w*)\}", lambda found: f"{{{len(numbers.setdefault(found[0], ''))}}}", template
    )


def test_notes_of_the_models_and_languages_are_known() -> None:
    manifest = json.loads(resource("models.json").read_text(encoding="utf-8"))
    notes = {part["note"] for part in manifest["parts"]}
    assert notes <= set(SENTENCES)
    assert {language.name for language in SPOKEN.values()} <= set(SENTENCES)


@pytest.mark.parametrize(
    ("said", "translated"),
    [
        ("plan.pdf is empty.", "plan.pdf 是空的。"),
        ("a (b) is empty. is a folder, not a file.", "a (b) is empty. 是文件夹，不是文件。"),
        ("reading part 3 of 12", "正在阅读第 3 部分，共 12 部分"),
        ("The text is already in Chinese.", "原文已经是中文。"),
        (
            "The engine stopped unexpectedly (killed by the system, perhaps out of memory).",
            "引擎意外停止（被系统终止，可能是内存不足）。",
        ),
        ("x.pdf is a scan: its 3 pages are pictures without a text layer.",
         "x.pdf 是扫描件：3 页都是图片，没有文字层。"),
        (
            "a.txt is longer than the model can take: 4 passages (12 % of it) were used, chosen "
            "for this question.",
            "a.txt 超出了模型能读的长度：只使用了 4 个段落（占全文的 12%），按问题挑选。",
        ),
        ("Something that nobody has translated", "Something that nobody has translated"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_sentence_from_below_is_said_with_its_values(
    qapp: object, said: str, translated: str
) -> None:
    found = below(said)
    assert found == said
    i18n.choose("zh_CN")
    assert found.again() == translated
