"""Wheel events over the fields of a form scroll the form instead of changing a value."""

from __future__ import annotations

from itertools import chain

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QWidget


class _WheelGuard(QObject):
    """Event filter that passes the wheel on to the parent of a widget without focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ignore the wheel over a widget that has no focus."""
        if event.type() != QEvent.Type.Wheel or not isinstance(watched, QWidget):
            return False
        if watched.hasFocus():
            return False
        event.ignore()  # Qt gives it to the parent next, so that the page scrolls
        return True


def guard_wheel(form: QWidget) -> None:
    """Keep the wheel from changing the spin boxes and combo boxes of a form without focus."""
    guard = _WheelGuard(form)
    for field in chain(form.findChildren(QAbstractSpinBox), form.findChildren(QComboBox)):
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel gives no focus either
        field.installEventFilter(guard)
