"""Torch modules only: the vision tower and, beside it, the fused transformer. No files, no
words."""
