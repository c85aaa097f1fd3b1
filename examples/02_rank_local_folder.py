"""Rank the checkpoints in a folder for the images in another one; no Hub is asked.

    python examples/02_rank_local_folder.py CHECKPOINTS PHOTOS

CHECKPOINTS holds folders with config.json and model.safetensors, PHOTOS one folder of images for each class.
"""

import sys

from hubscore import rank

checkpoints, photos = sys.argv[1:3]
ranking = rank(photos, models=[checkpoints], samples=200)

for row in ranking:
    low, high = row.consensus_ci or (row.consensus, row.consensus)
    print(f"{row.rank}. {row.model}: {row.consensus:.2f} ({low:.2f} to {high:.2f})")
for skipped in ranking.skipped:
    print(f"-  {skipped.model}: {skipped.reason}")

# Models of one tie group cannot be told apart on this probe: fine-tune them all, or draw more images.
first = [row.model for row in ranking if row.tie_group == ranking.best.tie_group]
print(f"Try first: {', '.join(first)}")
