"""Epsilon-LRP: another derivative at every nonlinearity of a backward pass."""
