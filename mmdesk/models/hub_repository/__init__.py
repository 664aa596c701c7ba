"""Models on the hub: their addresses, plans of their downloads, and the downloads."""
