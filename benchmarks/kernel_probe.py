"""What the kernel probe costs, beside refitting without each sample and beside one inverse a lambda.

    python benchmarks/kernel_probe.py              # about a minute
    python benchmarks/kernel_probe.py --times 1

Prints Markdown tables. Everything is float64 on one BLAS thread; the two sides of a ratio run in one process, and the
largest difference of their outputs is shown. ``processor`` is seconds of processor time, which a shared machine does
not change much; from 1,000 samples on two kernels are decomposed side by side, so two idle cores take half of it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from hubscore.numerics.kernel_ridge import leave_one_out
from hubscore.numerics.kernels import centred, rbf_kernel, unit_diagonal
from hubscore.numerics.workspace import Workspace
from hubscore.scores.kernel_probe import FEATURE_LAMBDAS, judged_features

SIZES = ((400, 512, 10), (400, 1280, 10), (2000, 512, 37), (2000, 2048, 37), (4000, 512, 37), (2000, 256, 1000))
"""Samples, features, classes of whole probes."""
GOAL = {2000: 12.0}
"""Seconds of the processor at most for 2,000 samples: 6 on two cores."""


def draw(n: int, d: int, c: int) -> tuple[np.ndarray, np.ndarray]:
    """Features as after a ReLU, in classes of equal size."""
    labels = np.arange(n) % c
    rng = np.random.default_rng([n, d, c])
    return np.maximum(rng.normal(size=(n, d)) + 0.3 * rng.normal(size=(c, d))[labels], 0), labels


def spent(run: Callable[[], Any], times: int) -> tuple[float, float, Any]:
    """Return the least seconds on the clock and of the processor, and what the run gave."""
    found, clock, processor = None, [], []
    for _ in range(times):
        start, begin = time.perf_counter(), time.process_time()
        found = run()
        clock.append(time.perf_counter() - start)
        processor.append(time.process_time() - begin)
    return min(clock), min(processor), found


def refits(kernel: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Fit the ridge without each sample, for each lambda: the outputs of the best."""
    kernel, columns, n = unit_diagonal(centred(kernel)), np.eye(labels.max() + 1)[labels], len(labels)
    told = np.empty((len(FEATURE_LAMBDAS), *columns.shape))
    for out in range(n):
        rest = np.arange(n) != out
        known, asked, mean = kernel[np.ix_(rest, rest)], kernel[out, rest], columns[rest].mean(axis=0)
        asked = asked - known.mean(axis=0) - asked.mean() + known.mean()
        known = centred(known)
        for i, strength in enumerate(FEATURE_LAMBDAS):
            told[i, out] = asked @ np.linalg.solve(known + strength * np.eye(n - 1), columns[rest] - mean) + mean
    return told[((told - columns) ** 2).sum(axis=(1, 2)).argmin()]


def inverses(kernel: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Invert the kernel matrix for each lambda: the outputs of the best."""
    kernel, columns, n = unit_diagonal(centred(kernel)), np.eye(labels.max() + 1)[labels], len(labels)
    targets, errors = columns - columns.mean(axis=0), []
    for strength in FEATURE_LAMBDAS:
        left = strength * np.linalg.inv(kernel + strength * np.eye(n))
        errors.append(left @ targets / (np.diag(left) - 1 / n)[:, None])
    return columns - min(errors, key=lambda error: (error**2).sum())


def ratios(n: int, other: Callable[[np.ndarray, np.ndarray], np.ndarray], times: int) -> dict[str, Any]:
    """Compare one kernel's leave-one-out with another way to the same outputs."""
    features, labels = draw(n, 64, 10)
    kernel = rbf_kernel(features)
    _, ours, found = spent(lambda: leave_one_out(kernel, labels, FEATURE_LAMBDAS), times)
    _, theirs, outputs = spent(lambda: other(kernel, labels), 1)
    apart = float(np.abs(found.outputs - outputs).max())
    return {"beside": other.__name__, "n": n, "ours": ours, "other": theirs, "ratio": theirs / ours, "apart": apart}


def whole(size: tuple[int, int, int], times: int) -> dict[str, Any]:
    """Time both scores of one network: five kernels."""
    features, labels = draw(*size)
    clock, processor, _ = spent(lambda: judged_features(Workspace(features=features, labels=labels)), times)
    n, d, c = size
    return {"n": n, "d": d, "classes": c, "clock": clock, "processor": processor, "at most": GOAL.get(n)}


def show(rows: Sequence[dict[str, Any]]) -> None:
    """Print a Markdown table."""
    print("| " + " | ".join(rows[0]) + " |\n|" + " --- |" * len(rows[0]))
    for row in rows:
        cells = (
            "" if cell is None else f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in row.values()
        )
        print("| " + " | ".join(cells) + " |")
    print(flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--times", type=int, default=2)
    times = parser.parse_args().times
    with threadpool_limits(1):
        judged_features(Workspace(features=draw(60, 8, 3)[0], labels=draw(60, 8, 3)[1]))  # imports
        show([ratios(100, refits, times), ratios(200, refits, times), ratios(400, inverses, times)])
        show([whole(size, times) for size in SIZES])


if __name__ == "__main__":
    main()
