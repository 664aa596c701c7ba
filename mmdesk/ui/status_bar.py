"""Status bar: state of the engine, model, and how full the context window is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QProgressBar, QStatusBar

from mmdesk.ui.i18n import TranslatedText, capital, joined, say, sentences, tr, translated
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.ui.widgets import ElidedLabel, named, restyle

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from mmdesk.values import Forecast, Stats

_STATE_WIDTH = 10  # letters: least width of the state
_TOLD_SHARE = 50  # per cent of the context window, below which nobody has to think of it


class StatusBar(QStatusBar):
    """Labels and the meter of the context window."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "statusBar", tr("Status"))
        self.setSizeGripEnabled(False)
        self.setContentsMargins(0, 0, 12, 0)
        self.state = ElidedLabel()
        self.model = ElidedLabel()
        self.context = ElidedLabel()
        self.meter = QProgressBar()
        named(self.meter, "contextMeter", tr("Context window usage"))
        self.meter.setTextVisible(False)
        self.meter.setFixedWidth(64)
        self.meter.setRange(0, 100)
        self.meter.hide()
        self.addWidget(self.state, 1)
        for widget, name in (
            (self.model, "statusModel"),
            (self.context, "statusContext"),
        ):
            widget.setObjectName(name)
            self.addPermanentWidget(widget)
        self.addPermanentWidget(self.meter)
        self.context.hide()
        self.state.setObjectName("statusState")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep room for the state in a narrow window."""
        super().resizeEvent(event)
        letter = self.fontMetrics().horizontalAdvance("x")
        self.state.setMinimumWidth(_STATE_WIDTH * letter)

    def set_state(self, state: str) -> None:
        """Show what the engine is doing."""
        say(self.state.setText, capital(translated(state)))

    def set_stats(self, stats: Stats) -> None:
        """Show an answer's model, device and context; missing values leave the text as it is."""
        device = device_name(stats.device)
        parts = joined(" · ", (stats.model, device))
        if parts:
            say(self.model.setText, parts)
        if stats.context_limit and stats.context_tokens:  # 0 for a document read in parts
            share = min(100, round(100 * stats.context_tokens / stats.context_limit))
            full = tr("Chat {0} % full").format(share) if share >= _TOLD_SHARE else ""
            self._tell_context(full)
            self.context.explain(_usage(stats.context_tokens, stats.context_limit))

    def set_forecast(self, forecast: Forecast | None) -> None:
        """Show how full the context window would be with the text in the composer."""
        if forecast is None or forecast.limit <= 0:
            self.meter.hide()
            return
        share = min(100, round(100 * forecast.tokens / forecast.limit))
        self.meter.setVisible(share >= _TOLD_SHARE or bool(forecast.forgotten))
        self.meter.setValue(100 if forecast.forgotten else share)
        self.meter.setProperty("full", bool(forecast.forgotten))
        restyle(self.meter)
        usage = _usage(forecast.tokens, forecast.limit)
        if forecast.forgotten:
            left_out = tr("The oldest {0} messages will be left out.")
            usage = sentences(usage, left_out.format(forecast.forgotten))
        say(self.meter.setToolTip, plain_tooltip(usage))
        say(self.meter.setAccessibleDescription, usage)

    def _tell_context(self, text: str) -> None:
        say(self.context.setText, text)
        self.context.setVisible(bool(text))

    def clear_figures(self) -> None:
        """Clear the measurements of the last answer."""
        self._tell_context("")

    def clear_context(self) -> None:
        """Clear everything that belongs to the last conversation."""
        self.clear_figures()
        self.set_forecast(None)


def _usage(tokens: int, limit: int) -> TranslatedText:
    return tr("About {0:,} of the {1:,} tokens that the model can read.").format(tokens, limit)


def device_name(device: str) -> str:
    """Return what the user calls a device that computes."""
    known = {
        "cpu": tr("CPU"),
        "cuda": tr("GPU (CUDA)"),
        "mps": tr("GPU (Metal)"),
        "xpu": tr("GPU (Intel)"),
    }
    return known.get(device, device)
