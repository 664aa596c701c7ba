"""How good the built-in model's answers are: small honest sets, and what is reached on them."""
