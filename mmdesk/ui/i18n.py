"""The window's words, in the language that is chosen, and again in another one without a restart.

`tr("…")` gives words that know where they come from, also once they were formatted or joined.
`say(label.setText, words)` shows them and remembers where: when another language is chosen, they
are said again there. Nothing is loaded for English.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QCoreApplication, QObject

if TYPE_CHECKING:
    from PySide6.QtCore import QTranslator

_FULL_STOPS = ("。", "！", "？")


class TranslatedText(str):
    """A text in the language in force, that can be said again in another one."""

    __slots__ = ("_render",)
    _render: Callable[[], str]

    def __new__(cls, render: Callable[[], str]) -> TranslatedText:
        made = super().__new__(cls, render())
        made._render = render
        return made

    def again(self) -> str:
        """The text in the language that is in force now."""
        return self._render()

    def format(self, *values: object, **named: object) -> TranslatedText:
        """As str.format; values that are TranslatedText are said again as well."""

        def render() -> str:
            by_name = {name: _again(value) for name, value in named.items()}
            return self._render().format(*map(_again, values), **by_name)

        return TranslatedText(render)

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)  # what leaves the window is a plain text


def _again(value: object) -> object:
    return value.again() if isinstance(value, TranslatedText) else value


def tr(source: str) -> TranslatedText:
    """The words for an English text; lupdate collects every text that this is called with."""
    return TranslatedText(partial(_translated, source))


def later(source: str) -> str:
    """Marks an English text for lupdate that is given to `tr` elsewhere."""
    return source


def _translated(source: str) -> str:
    return QCoreApplication.translate("", source) if _translators else source


def joined(between: str, parts: Iterable[str]) -> TranslatedText:
    """Parts in a row, those left out that are empty; TranslatedText among them are said again."""
    kept = [part for part in parts if part]
    return TranslatedText(lambda: between.join(str(_again(part)) for part in kept))


def sentences(*parts: str) -> TranslatedText:
    """Sentences after one another: apart by a space, but for those that end in a Chinese stop."""
    kept = [part for part in parts if part]

    def render() -> str:
        text = ""
        for part in kept:
            apart = "" if not text or text.endswith(_FULL_STOPS) else " "
            text += apart + str(_again(part))
        return text

    return TranslatedText(render)


def capital(words: str) -> TranslatedText:
    """The words with a capital letter in front."""

    def render() -> str:
        text = str(_again(words))
        return text[:1].upper() + text[1:]

    return TranslatedText(render)


# What is shown where: the owner of a setter; the setter's name and what it is given before the
# words; the words.
_said: WeakKeyDictionary[QObject, dict[tuple[object, ...], TranslatedText]] = WeakKeyDictionary()


def say(setter: Callable[..., object], text: str) -> None:
    """Show a text, and show it again whenever another language is chosen.

    Args:
        setter: a method that shows it (`label.setText`), or a partial of one whose last argument
            is missing (`partial(box.setItemText, 0)`).
        text: TranslatedText; any other text stays as it is, and takes the place of what was said before.
    """
    setter(str(text))
    method, before = (setter.func, setter.args) if isinstance(setter, partial) else (setter, ())
    owner: QObject = getattr(method, "__self__")  # noqa: B009  the type of methods lacks it
    place = (getattr(method, "__name__"), *before)  # noqa: B009
    if isinstance(text, TranslatedText):
        _said.setdefault(owner, {})[place] = text
    elif owner in _said:
        _said[owner].pop(place, None)


_followers: WeakKeyDictionary[QObject, str] = WeakKeyDictionary()


def follow(method: Callable[[], object]) -> None:
    """Call a method of a QObject after another language was chosen, for what is drawn or counted.
    One method per object.
    """
    owner: QObject = getattr(method, "__self__")  # noqa: B009  the type of methods lacks it
    _followers[owner] = method.__name__


# --- the language in force ----------------------------------------------------------------------

_translators: list[QTranslator] = []
_language = "en"


def language() -> str:
    """The language in force: "en" or "zh_CN"."""
    return _language


def choose(wanted: str) -> None:
    """Show everything in a language: "system", or one that `language` tells."""
    global _language
    if wanted == "system":
        wanted = _of_the_system()
    if wanted == _language:
        return
    for translator in _translators:
        QCoreApplication.removeTranslator(translator)
    _translators.clear()
    _language = wanted
    if wanted != "en":
        _load(wanted)
    _say_again()


def _say_again() -> None:
    from shiboken6 import isValid

    for owner, texts in list(_said.items()):
        if isValid(owner):
            for (name, *before), words in texts.items():
                getattr(owner, str(name))(*before, words.again())
    for owner, name in list(_followers.items()):
        if isValid(owner):
            getattr(owner, name)()


def _of_the_system() -> str:
    from PySide6.QtCore import QLocale

    first = next(iter(QLocale.system().uiLanguages()), "en")
    return "zh_CN" if first.lower().startswith("zh") else "en"


def _load(language: str) -> None:
    """Qt's own words, and the window's. What is imported here is not needed for English."""
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
