"""One score from arrays you have already: features of your images, and their labels.

python examples/01_score_from_arrays.py
"""

import numpy as np

from hubscore import Undefined, score

rng = np.random.default_rng(0)
labels = np.arange(200) % 4
good = rng.normal(size=(200, 32)) + 2.0 * np.eye(32)[labels]  # class means stand apart
poor = rng.normal(size=(200, 32)) + 0.3 * np.eye(32)[labels]  # they hardly do

for name in ("logme", "h_score", "knn", "parc"):
    print(f"{name:8} {score(name, features=good, labels=labels):7.3f} {score(name, features=poor, labels=labels):7.3f}")

# Scores that read the source head take its logits, or its probabilities.
logits = good[:, :10]
print(f"leep     {score('leep', logits=logits, labels=labels):7.3f}")

# A score that has no value says why, and what would help.
try:
    score("leep", features=good, labels=labels)
except Undefined as error:
    print(f"leep     undefined: {error.reason}")
