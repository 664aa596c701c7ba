"""The only place where Qt meets the engine."""
