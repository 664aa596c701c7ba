"""Qt's enums by their numbers, for widgets that are made before the first paint.

Whoever touches the namespace `Qt` has Python build all ninety of its enums, which takes longer
than making the widgets that stand in the window at first. A property of a widget takes the number
instead. tests/ui/test_first_look.py holds the numbers against Qt's own.
"""

from __future__ import annotations

PLAIN_TEXT = 0  # Qt.TextFormat
HORIZONTAL, VERTICAL = 1, 2  # Qt.Orientation
STRONG_FOCUS = 11  # Qt.FocusPolicy
RIGHT, CENTRE = 0x2, 0x84  # Qt.AlignmentFlag
BAR_AS_NEEDED, BAR_OFF = 0, 1  # Qt.ScrollBarPolicy
