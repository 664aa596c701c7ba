"""Encrypted history: its keys, its database connections, and the way there and back."""
