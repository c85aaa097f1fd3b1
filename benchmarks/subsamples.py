"""What 20 subsamples of one extraction cost, in full-sample suites.

    python benchmarks/subsamples.py

Prints a Markdown table with three readings for each size, all in one process and in float64. ``closed-form``: processor
time of the closed-form columns alone, on all 20. ``wall``: the same in wall time on two cores, for one network; the
suite has whichever of one and two BLAS threads is faster for it. ``as ranked``: processor time of every column that
``hubscore rank --subsamples 20`` has, each on as many subsamples as a ranking gives it (closed-form scores 20,
``logistic`` 5, ``nleep`` and the costly bounds none).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from scores import COLUMNS, SIZES, Data, best, cpu, draw, made, show, suite
from threadpoolctl import threadpool_limits

from hubscore.ranking.columns import Column, choose
from hubscore.ranking.resampling import plan_resamples, recompute
from hubscore.ranking.score_inputs import ScoreInputs
from hubscore.ranking.scoring import options_for, score_all
from hubscore.ranking.uncertainty import draw_subsamples

COUNT = 20
MOST = 6.0
"""Suites that the subsamples together may cost."""


def again(data: Data, columns: Sequence[Column], plan: Sequence[int], workers: int) -> Callable[[], Any]:
    """Return what recomputes the columns on the subsamples, from nothing, as a ranking does."""
    rows = draw_subsamples(data.labels, len(data.labels), count=COUNT)
    options = options_for(columns, seed=0, heads=True)
    return lambda: recompute({"network": ScoreInputs(data.workspace())}, columns, rows, options, plan, workers=workers)


def measure(size: tuple[int, int, int]) -> list[dict[str, Any]]:
    """Time suite and subsamples in the three readings."""
    data, closed, ranked = draw(*size), [made(column) for column in COLUMNS], choose()
    plan = [COUNT] * len(closed)
    suite(draw(80, 40, 4))  # imports
    with threadpool_limits(2):
        two = best(lambda: suite(data), 3)
    with threadpool_limits(1):
        again(data, closed, plan, 1)()
        suites = {
            "closed-form": min(cpu(lambda: suite(data)) for _ in range(3)),
            "wall": min(two, best(lambda: suite(data), 3)),
        }
        draws = {
            "closed-form": min(cpu(again(data, closed, plan, 1)) for _ in range(2)),
            "wall": best(again(data, closed, plan, 2), 3),
        }
        options = options_for(ranked, seed=0, heads=True)
        suites["as ranked"] = cpu(
            lambda: score_all({"network": ScoreInputs(data.workspace())}, ranked, options, workers=1)
        )
        draws["as ranked"] = cpu(again(data, ranked, plan_resamples(ranked, COUNT), 1))
    return [
        {
            "size": size,
            "reading": name,
            "suite ms": suites[name],
            "subsamples ms": draws[name],
            "ratio": draws[name] / suites[name],
        }
        | {"at most": MOST}
        for name in suites
    ]


def main() -> None:
    argparse.ArgumentParser(description=__doc__.split("\n")[0]).parse_args()
    show([line for size in SIZES for line in measure(size)])


if __name__ == "__main__":
    main()
