"""Benchmarks of start-up, first token, memory, event loop, decode and prefill."""
