"""Tasks over the Engine protocol: answer, describe, summarise and translate, as event generators."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
