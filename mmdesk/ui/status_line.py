"""The line below everything: what the engine does, and what the last answer took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QProgressBar, QStatusBar

from mmdesk.ui.parts import ElidedLabel, named, restyle

if TYPE_CHECKING:
    from mmdesk.conversations import Forecast
    from mmdesk.messages import Stats


class StatusLine(QStatusBar):
    """The bar `statusBar`."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "statusBar", self.tr("Status"))
        self.setSizeGripEnabled(False)
        self.setContentsMargins(0, 0, 12, 0)
        self.state = ElidedLabel()
        self.model = ElidedLabel()
        self.speed = ElidedLabel()
        self.context = ElidedLabel()
        self.context.setToolTip(self.tr("How much of the model's context the conversation takes"))
        self.meter = QProgressBar()
        named(self.meter, "contextMeter", self.tr("How full the model's context is"))
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

    def set_state(self, words: str) -> None:
        """What the engine does."""
        self.state.setText(words)

    def set_stats(self, stats: Stats) -> None:
        """What an answer took; what it does not say stays as it was."""
        device = self.device_words(stats.device)
        parts = " · ".join(part for part in (stats.model, device) if part)
        if parts:
            self.model.setText(parts)
        if stats.decode_tokens_per_s:
            self.speed.setText(self.tr("{0:.1f} tokens/s").format(stats.decode_tokens_per_s))
        if stats.context_limit:
            words = self.tr("{0:,} / {1:,} tokens")
            self.context.setText(words.format(stats.context_tokens, stats.context_limit))

    def device_words(self, device: str) -> str:
        """What computes, as people know it: never to be guessed from the speed."""
        known = {
            "cpu": self.tr("CPU"),
            "cuda": self.tr("GPU (CUDA)"),
            "mps": self.tr("GPU (Metal)"),
        }
        return known.get(device, device)

    def set_forecast(self, forecast: Forecast | None) -> None:
        """How full the context would be with what stands in the composer."""
        self.meter.setVisible(forecast is not None and forecast.limit > 0)
        if forecast is None or forecast.limit <= 0:
            return
        share = min(100, round(100 * forecast.tokens / forecast.limit))
        self.meter.setValue(100 if forecast.forgotten else share)
        self.meter.setProperty("full", bool(forecast.forgotten))
        restyle(self.meter)
        words = self.tr("About {0:,} of {1:,} tokens that the model can read before an answer.")
        words = words.format(forecast.tokens, forecast.limit)
        if forecast.forgotten:
            words += " " + self.tr("The oldest {0} messages will be left out.").format(
                forecast.forgotten
            )
        self.meter.setToolTip(words)
        self.meter.setAccessibleDescription(words)

    def clear_context(self) -> None:
        """A new conversation."""
        self.context.setText("")
        self.speed.setText("")
        self.set_forecast(None)
