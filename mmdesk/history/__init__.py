"""Conversations that are never lost: one SQLite file, and the pictures and sounds beside it.

Nothing here knows of Qt or of an engine; `Store` is used by one thread at a time.
"""
