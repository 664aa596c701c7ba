"""Training and evaluation of the fused vision-language model: `mmdesk train` and `mmdesk eval`.

Answering questions needs nothing of this package.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
