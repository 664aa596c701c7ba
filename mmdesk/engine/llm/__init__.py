"""Prompt, KV cache, sampling and generation of the language model."""
