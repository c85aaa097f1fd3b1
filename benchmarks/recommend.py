"""What a recommendation costs among many models, and what taking in one more data set costs beside a refit.

    python benchmarks/recommend.py              # about two minutes
    python benchmarks/recommend.py --times 3

Prints Markdown tables. The goal is 50 ms among 10,000 models x 200 data sets, after the proxy and with the history
fitted, and a cost that grows linearly; ``ms`` is the least on the clock of some repeats.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from hubscore.recommend.fitted import Fitted, fit_history
from hubscore.recommend.history import History, ModelFacts
from hubscore.recommend.recommend import recommend
from hubscore.recommend.transfer_space import TransferSpace, fit_transfer_space
from hubscore.recommend.update import extended

SIZES = ((1_000, 20), (1_000, 200), (2_500, 200), (5_000, 200), (10_000, 200), (20_000, 200))
"""Models and data sets."""
GOAL = 50.0
RANK = 8
MISSING = 0.3


def draw(models: int, tasks: int) -> History:
    """A history of rank 8 with noise and holes, and facts of every model."""
    rng = np.random.default_rng([models, tasks])
    values = rng.uniform(size=(models, RANK)) @ rng.uniform(size=(RANK, tasks)) / RANK
    values = np.clip(values + 0.02 * rng.normal(size=values.shape), 0, 1)
    values[rng.uniform(size=values.shape) < MISSING] = np.nan
    names = [f"lab/model-{i}" for i in range(models)]
    facts = {
        name: ModelFacts(parameters=10**6 + i, layers=10 + i % 90, family=f"f{i % 20}") for i, name in enumerate(names)
    }
    return replace(History.of(names, [f"lab/task-{j}" for j in range(tasks)], values), model_facts=facts)


def fit(history: History) -> Fitted:
    """Fit as ``hubscore history build`` does, with few iterations: how long a fit takes is not the question."""
    space = fit_transfer_space(history.values, rank=RANK, iterations=50)
    return fit_history(history, space=space, interval=False)


def least(run: Callable[[], Any], times: int) -> float:
    """Return the least milliseconds on the clock."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        run()
        taken.append(1000 * (time.perf_counter() - begun))
    return min(taken)


def update(history: History, times: int) -> tuple[float, float, float, float]:
    """Take in one more data set: milliseconds and objective of the update, then of a fit from nothing."""
    before = fit_transfer_space(history.values[:, :-1], rank=RANK)
    found: dict[str, TransferSpace] = {}

    def further() -> None:
        found["update"] = extended(history.values, before)

    def anew() -> None:
        found["anew"] = fit_transfer_space(history.values, rank=RANK)

    return least(further, times), found["update"].objective, least(anew, times), found["anew"].objective


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    print("| models | data sets | ms | goal |\n|---|---|---|---|")
    for models, tasks in SIZES:
        fitted = fit(draw(models, tasks))
        taken = least(lambda fitted=fitted: recommend("me/new", fitted), times)  # type: ignore[misc]
        goal = "" if (models, tasks) != (10_000, 200) else "met" if taken < GOAL else "missed"
        print(f"| {models:,} | {tasks} | {taken:.1f} | {goal} |")
    print("\n| models | data sets | update ms | objective | from nothing ms | objective |\n|---|---|---|---|---|---|")
    taken, reached, anew, other = update(draw(1_000, 100), 1)
    print(f"| 1,000 | 100 | {taken:.0f} | {reached:.1f} | {anew:.0f} | {other:.1f} |")


if __name__ == "__main__":
    main()
