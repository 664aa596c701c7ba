"""Torch modules of the fused vision-language model: vision tower and transformer.

Nothing here reads files or knows a tokenizer.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
