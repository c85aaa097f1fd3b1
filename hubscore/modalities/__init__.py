"""What kinds of data hubscore ranks for: one package a modality."""
