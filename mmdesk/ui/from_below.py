"""Former name of `mmdesk.ui.i18n.translated`."""

from mmdesk.ui.i18n import translated as below

__all__ = ["below"]
