"""The one place through which mmdesk connects to other computers.

`open_client` gives the HTTP client that everything uses: it writes each request to the connection
log, which the window and `mmdesk doctor` show. `guard_network` and `forbid_network` refuse every
connection of a process that was not opened that way, whichever library tries it. A part of mmdesk
that needs a connection, such as a client of a server, calls `open_client("reason",
purpose="server")` and nothing else.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
