"""Kinds of input: what one is, how its rows are read, and which checkpoints take it; ``image`` comes with hubscore."""
