"""Theme of the window: colours of the light and the dark scheme, fonts and text size.

Whatever paints calls `current()` when it paints, so that a change of scheme needs no list of
widgets to repaint. Text colours keep the contrast that WCAG AA asks for (4.5:1) on each of their
backgrounds; a test computes it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QWidget

SCROLL_BAR = 14  # px, width of the conversation's scroll bar
MEASURE = 760  # px, the longest line of text
PAPER_PIXELS = 14  # height of body text on a page, at 96 px an inch
_BARE_FONTS = ("DejaVu Sans", "Sans", "Sans Serif", "Bitstream Vera Sans")
_BETTER_FONTS = ("Inter", "Adwaita Sans", "Cantarell", "Noto Sans", "Noto Sans CJK SC")


@dataclass(frozen=True, slots=True)
class Syntax:
    """Colours of highlighted code, on the scheme's `code` background."""

    keyword: str
    string: str
    number: str
    comment: str
    function: str
    builtin: str


class Tokens(NamedTuple):
    """Colours by their purpose, as "#rrggbb".

    Attributes:
        window, surface, raised: backgrounds, from the back to the front.
        code: background of code and of table heads.
        border: dividing lines; `outline`: edges of controls (3:1 on their background).
        text, muted: text on any of the backgrounds.
        accent: the one strong colour; `on_accent` is the text on it, `accent_soft` its pale form.
        danger, danger_soft: text and background of errors.
    """

    name: str
    window: str
    surface: str
    raised: str
    code: str
    border: str
    outline: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    danger: str
    danger_soft: str
    syntax: Syntax


LIGHT = Tokens(
    name="light",
    window="#f6f7f9",
    surface="#ffffff",
    raised="#eceff4",
    code="#f1f3f7",
    border="#dce1e9",
    outline="#7f899d",
    text="#1b2230",
    muted="#566074",
    accent="#3b5bdb",
    accent_hover="#3350c4",
    on_accent="#ffffff",
    accent_soft="#e4eafc",
    danger="#b3261e",
    danger_soft="#fcebea",
    syntax=Syntax(
        keyword="#8a2da5",
        string="#1f6f43",
        number="#a14a00",
        comment="#5d6678",
        function="#1f55c4",
        builtin="#0b6a78",
    ),
)

DARK = Tokens(
    name="dark",
    window="#14171d",
    surface="#1b1f27",
    raised="#272c37",
    code="#1f242d",
    border="#313846",
    outline="#6f7a8f",
    text="#e6e9ef",
    muted="#a0a9ba",
    accent="#93abff",
    accent_hover="#a9bcff",
    on_accent="#10141f",
    accent_soft="#26304f",
    danger="#ff9a92",
    danger_soft="#3d2224",
    syntax=Syntax(
        keyword="#d4a5f5",
        string="#9ad6a5",
        number="#f0b483",
        comment="#98a2b5",
        function="#93b8ff",
        builtin="#7fd0dc",
    ),
)

_current = LIGHT
_text_size = 100  # per cent
_system_pixels = 0  # 0: not asked yet


class _Paper(threading.local):
    """True while the present thread writes a page."""

    written = False


_paper = _Paper()


@contextmanager
def on_paper() -> Iterator[None]:
    """Use the light colours and PAPER_PIXELS in this thread, whatever the window shows."""
    before, _paper.written = _paper.written, True
    try:
        yield
    finally:
        _paper.written = before


def is_on_paper() -> bool:
    """Return whether this thread writes a page, inside `on_paper`."""
    return _paper.written


def current() -> Tokens:
    """Return the colours of the current scheme; on paper, the light ones."""
    return LIGHT if _paper.written else _current


def colour(value: str, alpha: float = 1.0) -> QColor:
    """Return a token's value as a QColor with an alpha of 0..1."""
    result = QColor(value)
    result.setAlphaF(alpha)
    return result


def resolve(choice: str, system: Qt.ColorScheme) -> Tokens:
    """Return the colours for the user's choice ("system", "light", "dark")."""
    from PySide6.QtCore import Qt

    if choice == "system":
        return DARK if system == Qt.ColorScheme.Dark else LIGHT
    return DARK if choice == "dark" else LIGHT


def _guess(choice: str) -> Tokens:
    """Return what `resolve` most likely will, without the cost of Qt's enums (ui/qt_enums.py).

    The system's palette shows its scheme as well.
    """
    if choice == "system":
        own = QGuiApplication.palette()
        return DARK if own.window().color().value() < own.windowText().color().value() else LIGHT
    return DARK if choice == "dark" else LIGHT


def palette(tokens: Tokens) -> QPalette:
    """Return the palette for what the style sheet leaves to the style."""
    result = QPalette()
    role = QPalette.ColorRole
    for key, value in (
        (role.Window, tokens.window),
        (role.WindowText, tokens.text),
        (role.Base, tokens.surface),
        (role.AlternateBase, tokens.raised),
        (role.Text, tokens.text),
        (role.PlaceholderText, tokens.muted),
        (role.Button, tokens.surface),
        (role.ButtonText, tokens.text),
        (role.BrightText, tokens.danger),
        (role.ToolTipBase, tokens.raised),
        (role.ToolTipText, tokens.text),
        (role.Highlight, tokens.accent),
        (role.HighlightedText, tokens.on_accent),
        (role.Accent, tokens.accent),
        (role.Link, tokens.accent),
        (role.LinkVisited, tokens.accent),
        (role.Light, tokens.surface),
        (role.Midlight, tokens.raised),
        (role.Mid, tokens.border),
        (role.Dark, tokens.outline),
        (role.Shadow, tokens.border),
    ):
        result.setColor(key, QColor(value))
    for key in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, key, QColor(tokens.outline))
    return result


def base_pixels() -> int:
    """Return the height of body text in px: the system's, at least 14, times the user's choice."""
    global _system_pixels
    if _paper.written:
        return PAPER_PIXELS
    if not _system_pixels:  # read once: afterwards the application's font is ours
        _system_pixels = max(14, QFontInfo(QApplication.font()).pixelSize())
    return round(_system_pixels * _text_size / 100)


def scaled(pixels: int) -> int:
    """Scale a length, given in pixels at 100 per cent, by the text size."""
    return round(pixels * _text_size / 100)


def fit_to_text(widget: QWidget, width: int, height: int) -> None:
    """Resize a dialog in proportion to the text size, as far as its screen allows.

    The window frame is taken to be like the parent's: the dialog's own is not known before it is
    shown.

    Args:
        widget: the dialog.
        width: px at a text size of 100 per cent.
        height: px, likewise.
    """
    parent = widget.parentWidget()
    framed = widget if parent is None else parent.window()
    available = widget.screen().availableSize() - (framed.frameSize() - framed.size())
    widget.resize(
        min(round(width * _text_size / 100), available.width()),
        min(round(height * _text_size / 100), available.height()),
    )


def text_font(scale: float = 1.0) -> QFont:
    """Return the window's font.

    A system without a desktop offers only its fallback font; a better one replaces it where one is
    installed.
    """
    font = QFont(QApplication.font())
    if QFontInfo(font).family() in _BARE_FONTS:
        from PySide6.QtGui import QFontDatabase

        installed = set(QFontDatabase.families())
        better = next((name for name in _BETTER_FONTS if name in installed), None)
        if better:
            font.setFamily(better)
    font.setPixelSize(round(base_pixels() * scale))
    return font


def code_font(scale: float = 0.93) -> QFont:
    """Return the fixed-pitch font of code."""
    from PySide6.QtGui import QFontDatabase

    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(round(base_pixels() * scale))
    return font


class Theme(QObject):
    """Colours and text size of the application, by the user's choice and the system's scheme.

    Signals:
        changed(): colours or sizes have changed; `current()` already gives the new ones.
    """

    changed = Signal()

    def __init__(self, choice: str, parent: QObject | None = None, *, text_size: int = 100) -> None:
        global _text_size
        super().__init__(parent)
        self._choice = choice
        _text_size = text_size
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self._apply(_guess(choice))

    def settle(self) -> None:
        """Read the system's scheme, which the first paint had to guess."""
        known = _current
        if resolve(self._choice, QGuiApplication.styleHints().colorScheme()).name != known.name:
            self._apply_system()

    def choose(self, choice: str) -> None:
        """Set the colour scheme: "system", "light" or "dark"."""
        if choice != self._choice:
            self._choice = choice
            self._apply_system()

    def set_text_size(self, percent: int) -> None:
        """Set the size of all text, in per cent of the system's."""
        global _text_size
        if percent != _text_size:
            _text_size = percent
            self._apply_system()

    # Not declared as a Slot, which would need the enum (ui/qt_enums.py).
    def _on_system_changed(self, scheme: Qt.ColorScheme) -> None:
        self._apply(resolve(self._choice, scheme))

    def _apply_system(self) -> None:
        self._on_system_changed(QGuiApplication.styleHints().colorScheme())

    def _apply(self, tokens: Tokens) -> None:
        global _current
        # A new object whenever anything changed: cached drawings are keyed by it.
        _current = tokens
        if _text_size != 100:
            _current = _current._replace()
        QGuiApplication.setPalette(palette(_current))
        self.changed.emit()
