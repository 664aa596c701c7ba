"""Loaders for pictures, sounds, documents and the microphone; each returns a bounded value.

No models are used here. The loaders are imported on first use, so that importing this package
costs nothing: Pillow, the sound decoders and the document readers come with the first file that
needs them.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
