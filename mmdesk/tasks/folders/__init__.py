"""Folders of documents: an index on disk, kept up to date, and questions to it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
