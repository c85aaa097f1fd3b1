"""What must be said with the values of a score on a probe of this size."""

from __future__ import annotations

import numpy as np

from hubscore.errors import NO_MORE_ROWS
from hubscore.ranking.columns import Table
from hubscore.scores.api import caution


def cautions(table: Table, samples: int, classes: int, *, whole: bool = False) -> list[str]:
    """Return what the scores that have a value somewhere have to say, each once.

    Args:
        table: values of shape (columns, models).
        samples: rows of the probe.
        classes: of the probe; 0 without.
        whole: whether the data have no more rows, which is said too.
    """
    known = [column for column, row in zip(table.columns, table.values, strict=True) if not np.isnan(row).all()]
    told = (caution(column.info, samples, classes, {}) for column in known if column.base is None)
    return list(dict.fromkeys(f"{text}; {NO_MORE_ROWS}" if whole else text for text in told if text))
