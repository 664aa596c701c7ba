"""Threads and child processes that work for the window and report through Qt signals."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
