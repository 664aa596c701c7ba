"""Image analysis, OCR and speech recognition: a picture or a sound becomes words."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
