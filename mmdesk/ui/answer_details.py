"""Measurements of an answer, which are shown only where the user asks for its details."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from mmdesk.ui.i18n import TranslatedText, joined, say, tr
from mmdesk.ui.qt_enums import PLAIN_TEXT
from mmdesk.ui.status_bar import device_name
from mmdesk.ui.widgets import announce
from mmdesk.values import Stats


def remarks(stats: Stats) -> TranslatedText:
    """Return what everyone wants to know of how an answer was given; mostly empty."""
    said = []
    if stats.stop == "length":
        said.append(tr("Reached the maximum answer length"))
    if stats.facts == 1:
        said.append(tr("used 1 remembered fact"))
    elif stats.facts:
        said.append(tr("used {0} remembered facts").format(stats.facts))
    return joined(" · ", said)


def figures(stats: Stats) -> TranslatedText:
    """Return model, device, speed, time to first token and context of an answer."""
    said = [text for text in (stats.model, device_name(stats.device)) if text]
    if stats.decode_tokens_per_s:
        said.append(tr("{0:.1f} tokens/s").format(stats.decode_tokens_per_s))
    if stats.ttft_s:
        said.append(tr("Started after {seconds:.1f} s").format(seconds=stats.ttft_s))
    if stats.context_limit and stats.context_tokens:
        usage = tr("{0:,} / {1:,} tokens")
        said.append(usage.format(stats.context_tokens, stats.context_limit))
    return joined(" · ", said)


class AnswerDetails(QLabel):
    """Line with the measurements of an answer, hidden at first."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("textFormat", PLAIN_TEXT)
        self.setProperty("kind", "muted")
        self.setWordWrap(True)
        self.setObjectName("answerDetails")  # its text is its name for screen readers
        self.hide()

    def show_stats(self, stats: Stats) -> None:
        """Take the measurements; nothing is shown yet."""
        say(self.setText, figures(stats))

    def toggle(self) -> None:
        """Show or hide the line."""
        self.setVisible(self.isHidden())
        if not self.isHidden():
            announce(self, self.text())
