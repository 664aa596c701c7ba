"""The line below everything: what the engine does, and what the last answer took."""

from __future__ import annotations

from PySide6.QtWidgets import QStatusBar

from mmdesk.messages import Stats
from mmdesk.ui.parts import ElidedLabel, named


class StatusLine(QStatusBar):
    """The bar `statusBar`."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "statusBar", self.tr("Status"))
        self.setSizeGripEnabled(False)
        self.state = ElidedLabel()
        self.model = ElidedLabel()
        self.speed = ElidedLabel()
        self.context = ElidedLabel()
        self.context.setToolTip(self.tr("How much of the model's context the conversation takes"))
        self.addWidget(self.state, 1)
        for widget, name in (
            (self.model, "statusModel"),
            (self.speed, "statusSpeed"),
            (self.context, "statusContext"),
        ):
            widget.setObjectName(name)
            self.addPermanentWidget(widget)
        self.state.setObjectName("statusState")

    def set_state(self, words: str) -> None:
        """What the engine does."""
        self.state.setText(words)

    def set_stats(self, stats: Stats) -> None:
        """What an answer took; what it does not say stays as it was."""
        parts = " · ".join(part for part in (stats.model, stats.device) if part)
        if parts:
            self.model.setText(parts)
        if stats.decode_tokens_per_s:
            self.speed.setText(self.tr("{0:.1f} tokens/s").format(stats.decode_tokens_per_s))
        if stats.context_limit:
            words = self.tr("{0:,} / {1:,} tokens")
            self.context.setText(words.format(stats.context_tokens, stats.context_limit))

    def clear_context(self) -> None:
        """A new conversation."""
        self.context.setText("")
        self.speed.setText("")
