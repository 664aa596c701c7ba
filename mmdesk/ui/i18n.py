"""Translation of the window's texts, also while the window is open.

`tr("…")` returns a text that can be looked up again, also after it was formatted or joined.
`say(label.setText, text)` shows a text and remembers where: when another language is chosen, the
text is looked up again and set there. Nothing is loaded for English.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QCoreApplication, QObject

from mmdesk.translatable import TranslatableText

if TYPE_CHECKING:
    from PySide6.QtCore import QTranslator

_FULL_STOPS = ("。", "！", "？")


class TranslatedText(str):
    """Text in the current language that can be rendered again in another one."""

    __slots__ = ("_render",)
    _render: Callable[[], str]

    def __new__(cls, render: Callable[[], str]) -> TranslatedText:
        """Make the text by calling `render`, which is called again for another language."""
        text = super().__new__(cls, render())
        text._render = render
        return text

    def again(self) -> str:
        """Return the text in the language that is current now."""
        return self._render()

    def format(self, *values: object, **named: object) -> TranslatedText:
        """Fill in values as str.format does; values that are TranslatedText follow as well."""

        def render() -> str:
            by_name = {name: _rendered(value) for name, value in named.items()}
            return self._render().format(*map(_rendered, values), **by_name)

        return TranslatedText(render)

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Pickle as a plain string: other processes know no languages."""
        return str, (str(self),)


def _rendered(value: object) -> object:
    return value.again() if isinstance(value, TranslatedText) else value


def tr(source: str) -> TranslatedText:
    """Return the translation of a literal; lupdate collects the literals of these calls."""
    return TranslatedText(partial(_lookup, source))


def later(source: str) -> str:
    """Mark a literal for lupdate that is given to `tr` elsewhere."""
    return source


def translated(text: str) -> TranslatedText:
    """Translate a message that comes from the packages below the window.

    Args:
        text: a TranslatableText is translated by its template, and so are its values that are
            TranslatableText. Any other text is looked up whole; without a translation it is
            shown as it is.
    """
    if isinstance(text, TranslatedText):
        return text
    return TranslatedText(partial(_fill, text))


def _fill(text: str) -> str:
    if not isinstance(text, TranslatableText):
        return _lookup(text)
    template = _lookup(text.template)
    values = {
        name: _fill(value) if isinstance(value, TranslatableText) else value
        for name, value in text.values.items()
    }
    return template.format(**values) if values else template


def _lookup(source: str) -> str:
    if not _translators or not source:  # Qt answers "" with the file's header
        return str(source)
    return QCoreApplication.translate("", source)


def joined(between: str, parts: Iterable[str]) -> TranslatedText:
    """Join the parts that are not empty; TranslatedText among them follows the language."""
    kept = [part for part in parts if part]
    return TranslatedText(lambda: between.join(str(_rendered(part)) for part in kept))


def sentences(*parts: str) -> TranslatedText:
    """Join sentences with spaces; a sentence that ends in a Chinese full stop needs none."""
    kept = [part for part in parts if part]

    def render() -> str:
        text = ""
        for part in kept:
            space = "" if not text or text.endswith(_FULL_STOPS) else " "
            text += space + str(_rendered(part))
        return text

    return TranslatedText(render)


def capital(text: str) -> TranslatedText:
    """Return the text with its first letter in upper case."""

    def render() -> str:
        rendered = str(_rendered(text))
        return rendered[:1].upper() + rendered[1:]

    return TranslatedText(render)


# Owner of a setter -> (name of the setter, its arguments before the text) -> the text shown.
_shown: WeakKeyDictionary[QObject, dict[tuple[object, ...], TranslatedText]] = WeakKeyDictionary()


def say(setter: Callable[..., object], text: str) -> None:
    """Show a text, and show it again whenever another language is chosen.

    Args:
        setter: a method that shows it (`label.setText`), or a partial of one whose last argument
            is missing (`partial(box.setItemText, 0)`).
        text: TranslatedText; any other text stays as it is and replaces what was shown before.
    """
    setter(str(text))
    method, before = (setter.func, setter.args) if isinstance(setter, partial) else (setter, ())
    owner: QObject = getattr(method, "__self__")  # noqa: B009  the type of methods lacks it
    key = (getattr(method, "__name__"), *before)  # noqa: B009
    if isinstance(text, TranslatedText):
        _shown.setdefault(owner, {})[key] = text
    elif owner in _shown:
        _shown[owner].pop(key, None)


_followers: WeakKeyDictionary[QObject, str] = WeakKeyDictionary()


def follow(method: Callable[[], object]) -> None:
    """Call a method of a QObject whenever another language was chosen; one method per object.

    For what is painted or counted, which no setter shows.
    """
    owner: QObject = getattr(method, "__self__")  # noqa: B009  the type of methods lacks it
    _followers[owner] = method.__name__


# --- the current language -----------------------------------------------------------------------

_translators: list[QTranslator] = []
_language = "en"


def language() -> str:
    """Return the current language: "en" or "zh_CN"."""
    return _language


def choose(wanted: str) -> None:
    """Show every text in a language: "system", "en" or "zh_CN"."""
    global _language
    if wanted == "system":
        wanted = _system_language()
    if wanted == _language:
        return
    for translator in _translators:
        QCoreApplication.removeTranslator(translator)
    _translators.clear()
    _language = wanted
    if wanted != "en":
        _load(wanted)
    _retranslate()


def _retranslate() -> None:
    from shiboken6 import isValid

    for owner, texts in list(_shown.items()):
        if isValid(owner):
            for (name, *before), text in texts.items():
                getattr(owner, str(name))(*before, text.again())
    for owner, name in list(_followers.items()):
        if isValid(owner):
            getattr(owner, name)()


def _system_language() -> str:
    from PySide6.QtCore import QLocale

    first = next(iter(QLocale.system().uiLanguages()), "en")
    return "zh_CN" if first.lower().startswith("zh") else "en"


def _load(language: str) -> None:
    """Load Qt's own translation and the window's. English needs none of these imports."""
    from PySide6.QtCore import QLibraryInfo, QTranslator

    from mmdesk.settings import resource

    folders = {
        "qtbase": QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath),
        "mmdesk": str(resource("translations")),
    }
    for name, folder in folders.items():
        translator = QTranslator()
        if translator.load(f"{name}_{language}", folder):
            _translators.append(translator)
            QCoreApplication.installTranslator(translator)
