"""Command line: `mmdesk COMMAND`, without a window."""
