"""What is read of a ranking's data set once more, to be published beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hubscore.recommend.history import TaskVector


def seen_by(path: Path, proxy: str) -> TaskVector:
    """Return what a proxy network sees in the data set of a saved ranking."""
    from hubscore.results.saved_ranking import load_ranking
    from hubscore.run.proxy_pass import look_again

    return look_again(load_ranking(path).probe, proxy)


def thumbnails(path: Path) -> Sequence[bytes]:
    """Return six small images of the data set of a saved ranking."""
    from hubscore.publish.results.thumbnails import draw_thumbnails
    from hubscore.results.saved_ranking import load_ranking

    return draw_thumbnails(load_ranking(path).probe)
