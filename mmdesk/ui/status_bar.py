"""The line below everything: what the engine does, and what the last answer took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QProgressBar, QStatusBar

from mmdesk.ui.from_below import below
from mmdesk.ui.i18n import joined, say, sentences, tr
from mmdesk.ui.widgets import ElidedLabel, named, restyle

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from mmdesk.values import Forecast, Stats

_STATE, _ALL = 10, 80  # letters: what the state keeps, and from which width all has room


class StatusBar(QStatusBar):
    """The bar `statusBar`."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "statusBar", tr("Status"))
        self.setSizeGripEnabled(False)
        self.setContentsMargins(0, 0, 12, 0)
        self.state = ElidedLabel()
        self.model = ElidedLabel()
        self.speed = ElidedLabel()
        self.context = ElidedLabel()
        self.context.explain(tr("How much of the model's context the conversation takes"))
        self.meter = QProgressBar()
        named(self.meter, "contextMeter", tr("How full the model's context is"))
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
        """What the engine does stays in a narrow window; the speed stands below the answer too."""
        super().resizeEvent(event)
        letter = self.fontMetrics().horizontalAdvance("x")
        self.state.setMinimumWidth(_STATE * letter)
        self.speed.setVisible(self.width() >= _ALL * letter)

    def set_state(self, words: str) -> None:
        """What the engine does."""
        say(self.state.setText, below(words))

    def set_stats(self, stats: Stats) -> None:
        """What an answer took; what it does not say stays as it was."""
        device = self.device_words(stats.device)
        parts = joined(" · ", (stats.model, device))
        if parts:
            say(self.model.setText, parts)
        if stats.decode_tokens_per_s:
            say(self.speed.setText, tr("{0:.1f} tokens/s").format(stats.decode_tokens_per_s))
        if stats.context_limit and stats.context_tokens:  # a document's parts were read one by one
            words = tr("{0:,} / {1:,} tokens")
            say(self.context.setText, words.format(stats.context_tokens, stats.context_limit))

    def device_words(self, device: str) -> str:
        """What computes, as people know it: never to be guessed from the speed."""
        known = {
            "cpu": tr("CPU"),
            "cuda": tr("GPU (CUDA)"),
            "mps": tr("GPU (Metal)"),
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
        words = tr("About {0:,} of {1:,} tokens that the model can read before an answer.")
        words = words.format(forecast.tokens, forecast.limit)
        if forecast.forgotten:
            left_out = tr("The oldest {0} messages will be left out.")
            words = sentences(words, left_out.format(forecast.forgotten))
        say(self.meter.setToolTip, words)
        say(self.meter.setAccessibleDescription, words)

    def clear_figures(self) -> None:
        """What the last answer took is not known, or is of an earlier one."""
        say(self.context.setText, "")
        say(self.speed.setText, "")

    def clear_context(self) -> None:
        """A new conversation."""
        self.clear_figures()
        self.set_forecast(None)
