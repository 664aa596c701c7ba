"""Widgets of the window. They know values (values, settings, errors) and nothing that computes."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
