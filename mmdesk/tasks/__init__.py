"""Jobs over the engine: describe, answer, translate, summarise. Plain generators of events."""
