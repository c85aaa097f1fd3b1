"""The rows of candidates that a race stopped, below those that ran on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hubscore.types import Row


def below(above: Sequence[Row], stopped: Sequence[Row], stage: int) -> list[Row]:
    """Return the rows of a stage as they stand below others: ranks and tie groups go on from there.

    What compares a model with others is left out, since the others of its stage ran on: its consensus, P(best) and the
    interval of its rank.

    Args:
        above: the rows above, none of them of this stage.
        stopped: the rows of the stage that were stopped, best first, with their tie groups.
        stage: its number, from 1.
    """
    rank = len(above)
    group = max((row.tie_group or 0 for row in above), default=0)
    found, last, start = list[Row](), None, rank
    for place, row in enumerate(stopped, rank + 1):
        if row.tie_group != last or row.tie_group is None:
            last, start, group = row.tie_group, place, group + 1
        found.append(
            replace(
                row,
                rank=start,
                tie_group=group,
                stage=stage,
                p_best=None,
                shortlist=False,
                consensus=None,
                consensus_ci=None,
                rank_ci=None,
                mean_rank=None,
            )
        )
    return found
