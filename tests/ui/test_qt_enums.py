"""The numbers in qt_enums are those of Qt's enums."""

from __future__ import annotations

from PySide6.QtCore import Qt

from mmdesk.ui import qt_enums


def test_the_numbers_are_those_of_qt() -> None:
    centre = Qt.AlignmentFlag.AlignCenter
    assert Qt.TextFormat(qt_enums.PLAIN_TEXT) == Qt.TextFormat.PlainText
    assert Qt.Orientation(qt_enums.HORIZONTAL) == Qt.Orientation.Horizontal
    assert Qt.Orientation(qt_enums.VERTICAL) == Qt.Orientation.Vertical
    assert Qt.FocusPolicy(qt_enums.STRONG_FOCUS) == Qt.FocusPolicy.StrongFocus
    assert Qt.AlignmentFlag(qt_enums.RIGHT) == Qt.AlignmentFlag.AlignRight
    assert Qt.AlignmentFlag(qt_enums.CENTRE) == centre
    assert Qt.ScrollBarPolicy(qt_enums.BAR_AS_NEEDED) == Qt.ScrollBarPolicy.ScrollBarAsNeeded
    assert Qt.ScrollBarPolicy(qt_enums.BAR_OFF) == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
