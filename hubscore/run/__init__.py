"""One run, from a data set and candidates to a ranking."""
