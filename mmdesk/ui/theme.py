"""The look of the window: colours of the light and the dark scheme, and who decides between them.

Everything that paints asks `current()` at the moment it paints, so that a change of scheme needs
no list of widgets to repaint. Text colours keep the contrast WCAG AA asks for (4.5:1) on every
ground they stand on; a test computes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QWidget

SCROLL_BAR = 14  # px, the width of the conversation's
MEASURE = 760  # px, the widest a line of text may run
_BARE_FONTS = ("DejaVu Sans", "Sans", "Sans Serif", "Bitstream Vera Sans")
_BETTER_FONTS = ("Inter", "Adwaita Sans", "Cantarell", "Noto Sans", "Noto Sans CJK SC")


@dataclass(frozen=True, slots=True)
class Syntax:
    """Colours of code, on the scheme's `code` ground."""

    keyword: str
    string: str
    number: str
    comment: str
    function: str
    builtin: str


class Tokens(NamedTuple):
    """Colours by what they are for, as "#rrggbb".

    Attributes:
        window, surface, raised: grounds, from the back to the front.
        code: ground of code and of table heads.
        border: lines that divide; `outline`: edges of controls (3:1 on their ground).
        text, muted: words on any of the grounds.
        accent: the one colour; `on_accent` stands on it, `accent_soft` is its pale ground.
        danger, danger_soft: words and ground of errors.
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


def current() -> Tokens:
    """The colours in force."""
    return _current


def colour(value: str, alpha: float = 1.0) -> QColor:
    """A QColor of a token, `alpha` in 0..1."""
    made = QColor(value)
    made.setAlphaF(alpha)
    return made


def resolve(choice: str, system: Qt.ColorScheme) -> Tokens:
    """The colours for the person's choice ("system", "light", "dark") and the system's scheme."""
    from PySide6.QtCore import Qt

    if choice == "system":
        return DARK if system == Qt.ColorScheme.Dark else LIGHT
    return DARK if choice == "dark" else LIGHT


def _guess(choice: str) -> Tokens:
    """What `resolve` will most likely say; the system's scheme shows in its palette as well, which
    can be asked without naming an enum (ui/lean.py).
    """
    if choice == "system":
        own = QGuiApplication.palette()
        return DARK if own.window().color().value() < own.windowText().color().value() else LIGHT
    return DARK if choice == "dark" else LIGHT


def palette(tokens: Tokens) -> QPalette:
    """The palette for what the style sheet leaves to the style."""
    made = QPalette()
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
        made.setColor(key, QColor(value))
    for key in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, key, QColor(tokens.outline))
    return made


def base_pixels() -> int:
    """Height of running text: the system's, but never under 14 px, times the person's choice."""
    global _system_pixels
    if not _system_pixels:  # asked once: afterwards the application's font is ours
        _system_pixels = max(14, QFontInfo(QApplication.font()).pixelSize())
    return round(_system_pixels * _text_size / 100)


def fit_to_text(widget: QWidget, width: int, height: int) -> None:
    """Give a dialog this size at the usual text size and more at a larger one, but never more
    than its screen has within a frame like its parent's: its own is not known before it is seen.
    """
    parent = widget.parentWidget()
    framed = widget if parent is None else parent.window()
    room = widget.screen().availableSize() - (framed.frameSize() - framed.size())
    widget.resize(
        min(round(width * _text_size / 100), room.width()),
        min(round(height * _text_size / 100), room.height()),
    )


def text_font(scale: float = 1.0) -> QFont:
    """The window's font. A system without a desktop offers only its fallback font; a better one
    is taken in its place where one is installed.
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
    """The fixed-pitch font of code."""
    from PySide6.QtGui import QFontDatabase

    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(round(base_pixels() * scale))
    return font


class Theme(QObject):
    """Keeps the application's palette in step with the system's scheme and the person's choice,
    and the text in the size they chose.

    Signals:
        changed(): other colours or sizes are in force; `current()` already gives them.
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
        """Ask the system for its scheme, where the first paint could only guess."""
        known = _current
        if resolve(self._choice, QGuiApplication.styleHints().colorScheme()).name != known.name:
            self._apply_system()

    def choose(self, choice: str) -> None:
        """Take the person's choice: "system", "light" or "dark"."""
        if choice != self._choice:
            self._choice = choice
            self._apply_system()

    def set_text_size(self, percent: int) -> None:
        """The size of all text, in per cent of the system's."""
        global _text_size
        if percent != _text_size:
            _text_size = percent
            self._apply_system()

    # Not declared as a Slot, which would name the enum (ui/lean.py).
    def _on_system_changed(self, scheme: Qt.ColorScheme) -> None:
        self._apply(resolve(self._choice, scheme))

    def _apply_system(self) -> None:
        self._on_system_changed(QGuiApplication.styleHints().colorScheme())

    def _apply(self, tokens: Tokens) -> None:
        global _current
        # Another object whenever anything changed: what was drawn before is known by it.
        _current = tokens
        if _text_size != 100:
            _current = _current._replace()
        QGuiApplication.setPalette(palette(_current))
        self.changed.emit()
