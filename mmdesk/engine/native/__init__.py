"""The fast path's arithmetic as machine code, written and compiled when the model is loaded."""
