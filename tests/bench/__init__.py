"""What the window costs: start-up, first token, memory, lateness. `python -m tests.bench.run_window`."""
