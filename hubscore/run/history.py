"""The table of measured accuracies that a ranking is shown beside, and ordered by where that is asked for."""

from __future__ import annotations

import os
from pathlib import Path

from hubscore.calibration.tables import read_table
from hubscore.calibration.transfer import Transfer
from hubscore.errors import UsageError
from hubscore.ranking.history import apply_history
from hubscore.run.rank_options import RankOptions
from hubscore.text import clean
from hubscore.types import Ranking

COLUMNS = "model,target,accuracy"


def read_history(options: RankOptions) -> tuple[Transfer, ...]:
    """Read the table, before anything else starts; nothing where none is named.

    Raises:
        UsageError: it cannot be read, or holds no accuracy; or it is to order a ranking and none is named.
    """
    if options.history is None:
        if options.order_by_history:
            raise UsageError("There is no history to order by", "", "--history FILE.csv")
        return ()
    path = Path(os.fspath(options.history)).expanduser()
    if not path.is_file():
        why = "it is no file"
        raise UsageError(f"Cannot read the history '{clean(path)}'", why, f"name a CSV file with the columns {COLUMNS}")
    found = tuple(one for one in read_table(path) if one.accuracy is not None)
    if not found:
        raise UsageError(f"The history '{clean(path)}' holds no accuracy", "", f"write the columns {COLUMNS}")
    return found


def with_known_history(ranking: Ranking, transfers: tuple[Transfer, ...], options: RankOptions) -> Ranking:
    """Show the history of a ranking's models, and order them by it unless that is not wanted."""
    if not transfers:
        return ranking
    return apply_history(ranking, transfers, order=options.order_by_history is not False)
