"""Training on spoken questions: paraphrases, synthesised voices, cached clips and the trainer."""
