"""How well scores had ordered checkpoints that were then fine-tuned, and the tables that papers make of it."""
