"""The progress line before the first token of an answer."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QRectF, QSize, Qt, QVariantAnimation, Slot
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from mmdesk.ui import reduced_motion, theme
from mmdesk.ui.i18n import capital, say, tr, translated
from mmdesk.ui.widgets import announce, label, named


class ThinBar(QWidget):
    """A thin progress bar, which is animated while the fraction is unknown and it is visible."""

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
        """The share that is done, 0..1; None while it is unknown."""
        return self._fraction

    def set_fraction(self, fraction: float | None) -> None:
        """Set the share that is done, 0..1, or None when it is unknown."""
        self._fraction = None if fraction is None else min(1.0, max(0.0, fraction))
        self._update_motion()
        self.update()

    def _update_motion(self) -> None:
        wanted = self._fraction is None and self.isVisible() and not reduced_motion.reduced()
        running = self._motion.state() == QVariantAnimation.State.Running
        if wanted and not running:
            self._motion.start()
        elif running and not wanted:
            self._motion.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Start the animation."""
        super().showEvent(event)
        self._update_motion()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop the animation."""
        super().hideEvent(event)
        self._update_motion()

    @Slot("QVariant")
    def _on_moved(self, value: object) -> None:
        self.update()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(120, 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the groove and the part that is done, or the moving part."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        groove = QRectF(0, (self.height() - 5) / 2, self.width(), 5)
        for area, colour in ((groove, tokens.border), (self._filled(groove), tokens.accent)):
            painter.setBrush(theme.colour(colour))
            painter.drawRoundedRect(area, 2.5, 2.5)
        painter.end()

    def _filled(self, groove: QRectF) -> QRectF:
        if self._fraction is not None:
            return QRectF(groove.left(), groove.top(), groove.width() * self._fraction, 5)
        left = 0.0
        if not reduced_motion.reduced():
            progress = self._motion.currentValue()
            left = float(progress) if isinstance(progress, float) else 0.0
        x = groove.left() + left * groove.width() * 0.7
        return QRectF(x, groove.top(), groove.width() * 0.3, 5)


class ProgressLine(QWidget):
    """A progress bar with the name of the stage.

    Attributes:
        stage: the label of the stage.
        bar: how far it is.
    """

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
        self.show_stage(tr("Thinking…"), None)

    def show_stage(self, stage: str, fraction: float | None) -> None:
        """Show a stage and how far it is; `fraction` is 0..1, None when unknown."""
        text = capital(translated(stage))
        if text != self.stage.text():
            say(self.stage.setText, text)
            announce(self, text)
        self.bar.set_fraction(fraction)
        if self.parent() is not None:
            self.show()

    def end(self) -> None:
        """Hide the line: there is nothing to wait for any more."""
        self.hide()
