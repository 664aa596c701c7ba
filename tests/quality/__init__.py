"""Quality of the built-in models: small test sets, metrics and the scores that are reached."""
