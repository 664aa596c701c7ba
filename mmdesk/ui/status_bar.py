"""Status bar: state of the engine, model, speed and context window of the last answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QProgressBar, QStatusBar

from mmdesk.ui.i18n import joined, say, sentences, tr, translated
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.ui.widgets import ElidedLabel, named, restyle

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from mmdesk.values import Forecast, Stats

_STATE_WIDTH, _FULL_WIDTH = 10, 80  # letters: least width of the state; width that fits all


class StatusBar(QStatusBar):
    """Labels and the meter of the context window."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "statusBar", tr("Status"))
        self.setSizeGripEnabled(False)
        self.setContentsMargins(0, 0, 12, 0)
        self.state = ElidedLabel()
        self.model = ElidedLabel()
        self.speed = ElidedLabel()
        self.context = ElidedLabel()
        self.context.explain(tr("How much of the model's context window this conversation uses"))
        self.meter = QProgressBar()
        named(self.meter, "contextMeter", tr("Context window usage"))
        self.meter.setTextVisible(False)
        self.meter.setFixedWidth(64)
        self.meter.setRange(0, 100)
        self.meter.hide()
        self.addWidget(self.state, 1)
        for widget, name in (
            (self.model, "statusModel"),
            (self.speed, "statusSpeed"),
            (self.context, "statusContext"),
        ):
            widget.setObjectName(name)
            self.addPermanentWidget(widget)
        self.addPermanentWidget(self.meter)
        self.state.setObjectName("statusState")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the speed in a narrow window: the answer shows it as well."""
        super().resizeEvent(event)
        letter = self.fontMetrics().horizontalAdvance("x")
        self.state.setMinimumWidth(_STATE_WIDTH * letter)
        self.speed.setVisible(self.width() >= _FULL_WIDTH * letter)

    def set_state(self, state: str) -> None:
        """Show what the engine is doing."""
        say(self.state.setText, translated(state))

    def set_stats(self, stats: Stats) -> None:
        """Show an answer's speed, device and context; missing values leave the text as it is."""
        device = _device_name(stats.device)
        parts = joined(" · ", (stats.model, device))
        if parts:
            say(self.model.setText, parts)
        if stats.decode_tokens_per_s:
            say(self.speed.setText, tr("{0:.1f} tokens/s").format(stats.decode_tokens_per_s))
        if stats.context_limit and stats.context_tokens:  # 0 for a document read in parts
            usage = tr("{0:,} / {1:,} tokens")
            say(self.context.setText, usage.format(stats.context_tokens, stats.context_limit))

    def set_forecast(self, forecast: Forecast | None) -> None:
        """Show how full the context window would be with the text in the composer."""
        self.meter.setVisible(forecast is not None and forecast.limit > 0)
        if forecast is None or forecast.limit <= 0:
            return
        share = min(100, round(100 * forecast.tokens / forecast.limit))
        self.meter.setValue(100 if forecast.forgotten else share)
        self.meter.setProperty("full", bool(forecast.forgotten))
        restyle(self.meter)
        usage = tr("About {0:,} of the {1:,} tokens that the model can read.")
        usage = usage.format(forecast.tokens, forecast.limit)
        if forecast.forgotten:
            left_out = tr("The oldest {0} messages will be left out.")
            usage = sentences(usage, left_out.format(forecast.forgotten))
        say(self.meter.setToolTip, plain_tooltip(usage))
        say(self.meter.setAccessibleDescription, usage)

    def clear_figures(self) -> None:
        """Clear the measurements of the last answer."""
        say(self.context.setText, "")
        say(self.speed.setText, "")

    def clear_context(self) -> None:
        """Clear everything that belongs to the last conversation."""
        self.clear_figures()
        self.set_forecast(None)


def _device_name(device: str) -> str:
    known = {
        "cpu": tr("CPU"),
        "cuda": tr("GPU (CUDA)"),
        "mps": tr("GPU (Metal)"),
        "xpu": tr("GPU (Intel)"),
    }
    return known.get(device, device)
