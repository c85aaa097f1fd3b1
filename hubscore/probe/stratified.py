"""Drawing rows: class by class in rounds as PARC does, or plainly at random."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MIN_PER_CLASS = 2
"""Items that a class needs: one alone cannot be compared with anything of its kind."""


@dataclass
class SampledRows:
    """Rows in probe order, each with the group it was drawn for, and what is left of every group.

    Attributes:
        rows: row numbers.
        groups: for each row, the group that it was drawn for.
        spare: for each group, rows that may replace one of its own.
        dropped: groups that were left out at random, because every one kept needs two items.
    """

    rows: list[int]
    groups: list[int]
    spare: dict[int, deque[int]]
    dropped: tuple[int, ...] = ()

    def replace(self, at: int) -> bool:
        """Put another row of the same group in the place of the one at ``at``; say whether there was one left."""
        row = _next(self.spare[self.groups[at]], self._used)
        if row is not None:
            self.rows[at] = row
            self._used.add(row)
        return row is not None

    def __post_init__(self) -> None:
        self._used = set(self.rows)


def sample_in_rounds(
    members: dict[int, np.ndarray], samples: int, rng: np.random.Generator, whole: np.ndarray | None = None
) -> SampledRows:
    """Draw rows in rounds, one of each group a round, until there are enough or none is left.

    So the rows cycle through the groups, and groups differ in size by one at most unless a group runs out. When there
    are more than half as many groups as rows to draw, groups are dropped at random until each can have two.

    Args:
        members: for each group, the rows that belong to it; a row may belong to several and is drawn once.
        samples: how many rows to draw.
        rng: decides everything.
        whole: for each row what it is a part of; a second row of the same one is drawn only where a group has no
            other left.

    Returns:
        The draw.

    Source: PARC, Bolya et al., NeurIPS 2021, the probe set of its released code.
    """
    order = [sorted(members)[position] for position in rng.permutation(len(members))]
    kept, dropped = order[: samples // MIN_PER_CLASS], order[samples // MIN_PER_CLASS :]
    queues = {group: deque(rng.permutation(members[group]).tolist()) for group in sorted(kept)}
    rows: list[int] = []
    groups: list[int] = []
    taken: set[int] = set()
    later: dict[int, deque[int]] = {group: deque() for group in queues}
    opened: set[int] = set()
    while len(rows) < samples and (any(queues.values()) or any(later.values())):
        for group in kept:
            if whole is not None:
                _put_off(queues[group], later[group], whole, opened)
            row = _next(queues[group] or later[group], taken) if len(rows) < samples else None
            if row is not None:
                opened.add(-1 if whole is None else int(whole[row]))
                rows.append(row)
                groups.append(group)
                taken.add(row)
    spare = {group: queue + later[group] for group, queue in queues.items()}
    return SampledRows(rows, groups, spare, tuple(sorted(dropped)))


def sample_uniformly(rows: Sequence[int] | np.ndarray, samples: int, rng: np.random.Generator) -> SampledRows:
    """Draw rows at random, without looking at labels.

    Args:
        rows: what to draw from.
        samples: how many.
        rng: decides everything.

    Returns:
        The draw, all of one group.
    """
    order = rng.permutation(np.asarray(rows)).tolist()
    return SampledRows(order[:samples], [0] * len(order[:samples]), {0: deque(order[samples:])})


def _put_off(queue: deque[int], later: deque[int], whole: np.ndarray, opened: set[int]) -> None:
    """Move rows from the front of a queue to the end of another while their wholes have given a row already."""
    while queue and int(whole[queue[0]]) in opened:
        later.append(queue.popleft())


def _next(queue: deque[int], taken: set[int]) -> int | None:
    while queue:
        row = queue.popleft()
        if row not in taken:
            return row
    return None
