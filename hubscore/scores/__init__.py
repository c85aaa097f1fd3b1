"""Transferability scores: numbers from features, source probabilities and labels, one file per score."""
