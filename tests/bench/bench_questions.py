"""The same questions for every way of asking, so that speeds can be compared."""

QUESTIONS = (
    "Write a short story about the keeper of a lighthouse.",
    "Explain how a bicycle stays upright, for a curious child.",
    "Describe a walk through a market in the early morning.",
)
