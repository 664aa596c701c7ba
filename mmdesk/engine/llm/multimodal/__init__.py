"""Models with pictures and sound, which transformers computes."""
