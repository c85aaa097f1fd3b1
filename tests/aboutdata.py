"""What example data sets are about, for the tests and screenshots of the Space."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from hubscore.publish.results.dataset_about import with_about
from hubscore.publish.results.thumbnails import jpeg, paths_of
from hubscore.results.runs import as_run
from hubscore.types import Ranking

LEAVES = {
    "domain": "plants",
    "domain_from": "guessed: its card's tags say 'leaf'",
    "tags": ["leaf", "botany"],
    "classes": ["oak", "ash", "hawthorn"],
    "n_classes": 3,
    "rows": 1200,
    "text": "Scanned leaves of three trees of one park.",
}
BIRDS = {
    "domain": "animals",
    "domain_from": "guessed: its name says 'bird'",
    "classes": ["wren", "blackbird", "long-tailed_tit"],
    "n_classes": 3,
    "rows": 11788,
    "text": "Photographs of garden birds at a feeder, seen from a window. Some are blurred.",
}


def about(ranking: Ranking, told: dict[str, Any], *, pictures: int = 0) -> dict[str, Any]:
    """The ranking's JSON with what its data set is about."""
    paths = paths_of(as_run(ranking).id, pictures)
    return with_about(ranking.to_json(), {**told, **({"thumbnails": [*paths]} if pictures else {})})


def write_pictures(folder: Path, ranking: Ranking, count: int = 6) -> None:
    """Write made-up thumbnails beside a run."""
    from PIL import Image

    rng = np.random.default_rng(3)
    for path in paths_of(as_run(ranking).id, count):
        small = Image.fromarray(rng.integers(0, 255, size=(4, 5, 3), dtype=np.uint8))
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(jpeg(small.resize((160, 120), Image.Resampling.BICUBIC)))
