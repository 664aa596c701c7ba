"""Engine that runs the models: requests in, events out, in this process or a child process."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
