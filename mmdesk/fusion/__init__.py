"""Torch modules of the fused vision-language model: vision tower and transformer. No files, no words."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
