"""The built-in scores as data, one file per family; the arithmetic is imported only when a score is computed."""

from collections.abc import Iterator
from importlib import import_module

from hubscore.scores.info import ScoreInfo

FAMILIES = (
    *("probability", "discriminant", "evidence", "neighbour", "probe", "coding"),
    *("label_free", "other", "baseline"),
)


def entries() -> Iterator[ScoreInfo]:
    """Yield every built-in score; comparisons with a reference network stand after those that look at labels."""
    from hubscore.scores.comparison import comparison_scores
    from hubscore.similarity.catalog import ENTRIES

    for family in FAMILIES:
        if family == "label_free":
            yield from comparison_scores(ENTRIES)
        yield from import_module(f"{__name__}.{family}").ENTRIES
