"""Carrying a ranking back to the Hub: model cards, the results data set, the Space."""
