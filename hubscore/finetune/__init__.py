"""Fine-tuning: the recipe and the training."""
