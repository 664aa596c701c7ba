"""What is said beside Send of what sending will bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mmdesk.ui.i18n import TranslatedText, joined, tr

if TYPE_CHECKING:
    from mmdesk.values import Forecast


def outlook_words(forecast: Forecast) -> TranslatedText:
    """What sending will bring, in a few words; "" when nothing is known."""
    words = []
    if forecast.forgotten == 1:
        words.append(tr("the oldest message will be forgotten"))
    elif forecast.forgotten:
        count = tr("the oldest {0} messages will be forgotten")
        words.append(count.format(forecast.forgotten))
    if forecast.wait_s is not None and forecast.wait_s >= 1:
        words.append(tr("first word in about {0:.0f} s").format(forecast.wait_s))
    elif forecast.wait_s is not None:
        words.append(tr("first word within a second"))
    return joined(" · ", words)
