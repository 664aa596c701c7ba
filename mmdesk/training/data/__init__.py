"""Training data: captions, synthetic images, questions, the tokenizer, cached features, batches."""
