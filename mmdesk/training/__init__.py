"""Recipes that make the fused model, and the measures that judge it. Never needed to run it."""
