"""The built-in scores as data, one file a family; the arithmetic is imported only when a score is computed."""

from collections.abc import Iterator
from importlib import import_module

from hubscore.scores.info import ScoreInfo

FAMILIES = (
    *("probability", "discriminant", "evidence", "neighbour", "probe", "coding"),
    *("reference", "label_free", "other", "baseline"),
)


def entries() -> Iterator[ScoreInfo]:
    """Yield every built-in score."""
    for family in FAMILIES:
        yield from import_module(f"{__name__}.{family}").ENTRIES
