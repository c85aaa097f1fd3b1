"""Fine-tuning: the recipe, the training, and the measured accuracies."""
