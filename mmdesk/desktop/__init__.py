"""Services of the desktop around the windows: global keys, screenshots, commands to the window.

Keys that work everywhere, pictures of the screens, and a socket for commands from a terminal or
from a key that the desktop has bound.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
