"""The quiet line that says what is being done before the first word of an answer."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QRectF, QSize, Qt, QVariantAnimation, Slot
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from mmdesk.ui import reduced_motion, theme
from mmdesk.ui.from_below import below
from mmdesk.ui.i18n import capital, say, tr
from mmdesk.ui.widgets import announce, label, named


class ThinBar(QWidget):
    """A thin progress bar; without a fraction a piece of it wanders, as long as it is seen."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "preparingBar", tr("Progress"))
        self._fraction: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._motion = QVariantAnimation(self)
        self._motion.setStartValue(0.0)
        self._motion.setEndValue(1.0)
        self._motion.setDuration(1600)
        self._motion.setLoopCount(-1)
        self._motion.setEasingCurve(QEasingCurve.Type.InOutSine)
        self._motion.valueChanged.connect(self._on_moved)

    @property
    def fraction(self) -> float | None:
        return self._fraction

    def set_fraction(self, fraction: float | None) -> None:
        """0..1, or None when nobody knows."""
        self._fraction = None if fraction is None else min(1.0, max(0.0, fraction))
        self._settle()
        self.update()

    def _settle(self) -> None:
        wanted = self._fraction is None and self.isVisible() and not reduced_motion.reduced()
        running = self._motion.state() == QVariantAnimation.State.Running
        if wanted and not running:
            self._motion.start()
        elif running and not wanted:
            self._motion.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._settle()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._settle()

    @Slot("QVariant")
    def _on_moved(self, value: object) -> None:
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        area = QRectF(0, (self.height() - 5) / 2, self.width(), 5)
        painter.setBrush(theme.colour(tokens.border))
        painter.drawRoundedRect(area, 2.5, 2.5)
        if self._fraction is None and reduced_motion.reduced():
            part = QRectF(area.left(), area.top(), area.width() * 0.3, 5)
        elif self._fraction is None:
            where = self._motion.currentValue()
            at = float(where) if isinstance(where, float) else 0.0
            part = QRectF(area.left() + at * area.width() * 0.7, area.top(), area.width() * 0.3, 5)
        else:
            part = QRectF(area.left(), area.top(), area.width() * self._fraction, 5)
        painter.setBrush(theme.colour(tokens.accent))
        painter.drawRoundedRect(part, 2.5, 2.5)
        painter.end()


class PreparingLine(QWidget):
    """A stage in words, and how far it is."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = label("", "muted")
        self.stage.setObjectName("preparingStage")
        self.bar = ThinBar()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 6)
        row.setSpacing(12)
        row.addWidget(self.bar)
        row.addWidget(self.stage)
        row.addStretch()
        self.show_stage(tr("thinking"), None)

    def show_stage(self, stage: str, fraction: float | None) -> None:
        """`fraction` is 0..1, None when unknown."""
        words = capital(below(stage))
        if words != self.stage.text():
            say(self.stage.setText, words)
            announce(self, words)
        self.bar.set_fraction(fraction)
        if self.parent() is not None:
            self.show()

    def end(self) -> None:
        """There is nothing to wait for any more."""
        self.hide()
