"""Speech synthesis: what of a text is spoken, voices, and the sound of each sentence."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
