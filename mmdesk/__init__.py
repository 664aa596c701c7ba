"""mmdesk: a desktop assistant that sees, hears and reads, on the user's own machine."""

__version__ = "0.1.0"
