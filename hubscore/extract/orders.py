"""What a worker is told to do: a candidate, or, where there are more workers than candidates, some rows of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LEAST_ROWS = 32
"""A worker is not started for fewer rows of a candidate than that."""


@dataclass(frozen=True)
class Order:
    """A candidate, or a part of it.

    Attributes:
        index: of the candidate.
        part: which part, from 0; the first one also does what is not done row by row.
        parts: how many there are; 1 for all of it.
    """

    index: int
    part: int = 0
    parts: int = 1


def most_parts(rows: int) -> int:
    """Return into how many parts the rows of a candidate may go.

    Example:
        >>> most_parts(20), most_parts(500)
        (1, 15)
    """
    return max(1, rows // LEAST_ROWS)


def shared_orders(costs: Mapping[int, int], processes: int, most: int) -> list[Order]:
    """Share out workers over candidates: one each, and what is left to those that take longest.

    Args:
        costs: what each candidate takes, by its number, in the order in which they are done.
        processes: workers; as many as there are candidates or fewer leave all candidates whole.
        most: parts of a candidate.

    Example:
        >>> [(one.index, one.part, one.parts) for one in shared_orders({4: 10, 7: 30}, 4, 8)]
        [(4, 0, 1), (7, 0, 3), (7, 1, 3), (7, 2, 3)]
        >>> shared_orders({0: 1}, 1, 8)
        [Order(index=0, part=0, parts=1)]
    """
    parts = dict.fromkeys(costs, 1)
    for _ in range(processes - len(costs)):
        open_ones = [index for index in costs if parts[index] < most]
        if not open_ones:
            break
        parts[max(open_ones, key=lambda index: costs[index] / parts[index])] += 1
    return [Order(index, part, count) for index, count in parts.items() for part in range(count)]


def rows_of_part(rows: int, batch: int, part: int, parts: int) -> range:
    """Return the rows of a part: whole batches of those in which one process would run them, where there are enough.

    Args:
        rows: of the candidate.
        batch: in which they would run.
        part: which.
        parts: how many.

    Example:
        >>> [rows_of_part(150, 32, part, 2) for part in range(2)]
        [range(0, 64), range(64, 150)]
        >>> [len(rows_of_part(100, 64, part, 3)) for part in range(3)]
        [32, 32, 36]
    """
    while batch > 1 and -(-rows // batch) < parts:
        batch //= 2
    batches = -(-rows // batch)
    start, end = (min(rows, batch * (batches * at // parts)) for at in (part, part + 1))
    return range(start, end)
