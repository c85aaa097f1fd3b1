"""Texts: single ones, pairs, and words in their sentences."""
