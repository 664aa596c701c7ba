"""What mmdesk can do with what it is given: generators of events over the Engine protocol."""

from mmdesk.tasks.answer import answer
from mmdesk.tasks.describe import describe
from mmdesk.tasks.summarise import summarise
from mmdesk.tasks.translate import translate

__all__ = ["answer", "describe", "summarise", "translate"]
