"""Numbers of Qt's enums, for widgets that are created before the first paint.

The first use of the namespace `Qt` makes Python build all ninety of its enums, which takes longer
than creating the widgets of the first paint. `QWidget.setProperty` takes the number instead.
tests/ui/test_qt_enums.py compares the numbers with Qt's own.
"""

from __future__ import annotations

PLAIN_TEXT = 0  # Qt.TextFormat
HORIZONTAL, VERTICAL = 1, 2  # Qt.Orientation
STRONG_FOCUS = 11  # Qt.FocusPolicy
RIGHT, CENTRE = 0x2, 0x84  # Qt.AlignmentFlag
BAR_AS_NEEDED, BAR_OFF = 0, 1  # Qt.ScrollBarPolicy
