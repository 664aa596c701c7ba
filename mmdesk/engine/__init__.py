"""The engine: requests in, events out; in this process, in a child process, or elsewhere."""

from mmdesk.engine.protocol import Engine

__all__ = ["Engine"]
