"""What all closed-form scores cost together, beside straightforward single-score implementations that share nothing.

    python benchmarks/scores.py                 # both sizes and the named limits, several minutes
    python benchmarks/scores.py --only ours     # without the slow side
    python benchmarks/scores.py --memory        # peak memory at 10,000 samples x 4,096 features

Prints Markdown tables; ``--json FILE`` keeps the numbers. Both sides run in one process, in float64, on two threads,
and each value is compared with the other side's. Times are the best of several runs, because the machine may be shared.
``authors`` are the times of the authors' codes on one thread of another machine, for orientation.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from hubscore.errors import Undefined
from hubscore.numerics.pca import reduced
from hubscore.numerics.spectrum import coordinates, spectrum
from hubscore.numerics.workspace import Workspace
from hubscore.ranking.columns import Column
from hubscore.registry import load_target
from hubscore.scores.api import check, compute, resolve_options
from hubscore.scores.info import SCORES

SIZES = ((500, 2048, 100), (2000, 1024, 37))
"""Samples, features, classes."""
GOALS = {(500, 2048, 100): (1.0, 30.0), (2000, 1024, 37): (2.0, 4.0)}
"""Seconds of the suite at most, and how many times more the straightforward side takes at least."""
COLUMNS = (
    *("leep", "nce", "h_score", "h_score@32", "h_score_shrunk", "sfda", "fda", "ped", "etran", "ncti", "gbc"),
    *("logme", "ls_svm", "parc", "parc@32", "knn", "lfc", "transrate", "emms"),
)
AUTHORS = {
    "leep": (4, 10),
    "nce": (1, 2),
    "h_score": (3934, 659),
    "h_score@32": (12, 22),
    "h_score_shrunk": (12000, 1218),
    "sfda": (9992, 1245),
    "ped": (10889, 1437),
    "etran": (5541, 695),
    "ncti": (32, 79),
    "gbc": (5388, 1059),
    "logme": (219, 681),
    "parc": (33, 875),
    "parc@32": (25, 633),
    "knn": (28, 172),
    "lfc": (11, 79),
    "transrate": (17804, 1019),
    "emms": (465, 1783),
}


class Data(NamedTuple):
    """One network on one probe."""

    features: np.ndarray
    probs: np.ndarray
    labels: np.ndarray
    texts: list[np.ndarray]

    def workspace(self) -> Workspace:
        """Check the inputs; nothing is computed yet."""
        return Workspace(features=self.features, probs=self.probs, labels=self.labels, label_texts=self.texts)


def draw(n: int, d: int, c: int) -> Data:
    """Features with a falling spectrum, as after a ReLU, in classes of equal size; 1000 source classes; three text
    models.
    """
    rng = np.random.default_rng([n, d, c])
    labels = np.arange(n) % c
    hidden = (1.5 * rng.normal(size=(c, d))[labels] + rng.normal(size=(n, d))) / (1 + np.arange(d)) ** 0.8
    features = np.maximum(hidden @ rng.normal(size=(d, d)) / 2, 0)
    logits = features @ rng.normal(size=(d, 1000)) / np.sqrt(d)
    probs = np.exp(logits - logits.max(axis=1, keepdims=True))
    return Data(features, probs / probs.sum(axis=1, keepdims=True), labels, list(rng.normal(size=(3, c, 64))))


def best(run: Callable[[], Any], times: int) -> float:
    """Return the shortest of several runs, in milliseconds."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        spent.append((time.perf_counter() - start) * 1000)
    return min(spent)


def value_of(column: str, workspace: Workspace) -> float | tuple[float, ...] | None:
    """Return a column as a ranking computes it; a score over a pool gives one network's terms."""
    name, _, dimensions = column.partition("@")
    info = SCORES.get(name)
    on = reduced(workspace, int(dimensions)) if dimensions else workspace
    try:
        if not info.pool:
            return compute(info, on)
        chosen = resolve_options(info, {})
        check(info, on, chosen)
        terms: tuple[float, ...] = load_target(info.terms)(on, **chosen)
        return terms
    except Undefined:
        return None


def suite(data: Data) -> dict[str, float]:
    """Compute every column on one workspace; return milliseconds by column, and ``all``."""
    begin = time.perf_counter()
    workspace, spent = data.workspace(), {}
    for column in COLUMNS:
        start = time.perf_counter()
        value_of(column, workspace)
        spent[column] = (time.perf_counter() - start) * 1000
    return spent | {"all": (time.perf_counter() - begin) * 1000}


def naive_of(column: str, data: Data) -> float | tuple[float, ...]:
    import naive

    if column == "emms":
        return naive.emms(data.features, data.labels, data.texts)
    return naive.NAIVE[column](data.probs if column in ("leep", "nce") else data.features, data.labels)


def agreement(ours: Any, theirs: Any) -> str:
    if ours is None:
        return "undefined"
    a, b = np.atleast_1d(ours), np.atleast_1d(theirs)
    return f"{float(np.max(np.abs(a - b) / np.maximum(np.abs(b), 1e-300))):.0e}"


def compare(size: tuple[int, int, int], *, both: bool, times: int) -> dict[str, Any]:
    """Time the suite, each column alone, and the straightforward side."""
    data, place, small = draw(*size), SIZES.index(size), draw(80, 40, 4)
    suite(small)  # imports
    if both:
        for column in COLUMNS:
            naive_of(column, small)
    runs = sorted((suite(data) for _ in range(times)), key=lambda run: run["all"])
    rows = []
    for column in COLUMNS:
        row: dict[str, Any] = {"score": column, "in the suite": runs[0][column]}
        row["alone"] = best(lambda column=column: value_of(column, data.workspace()), 3)
        row["authors"] = AUTHORS.get(column, (None, None))[place]
        if both:
            row["straightforward"] = best(lambda column=column: naive_of(column, data), 1)
            row["difference"] = agreement(value_of(column, data.workspace()), naive_of(column, data))
        rows.append(row)
    total = sum(row["straightforward"] for row in rows) if both else None
    return {
        "size": size,
        "suite_ms": runs[0]["all"],
        "median_ms": runs[len(runs) // 2]["all"],
        "naive_ms": total,
        "rows": rows,
    }


def limits(size: tuple[int, int, int], times: int) -> list[dict[str, Any]]:
    """Time the scores that have a limit of their own."""
    data = draw(*size)
    ready = data.workspace()
    spectrum(ready), coordinates(ready)
    wide = size[1] > 2 * size[0]

    def fresh() -> Workspace:
        """The decomposition done, nothing else."""
        part = ready.subset(slice(None))
        part._memo.update(
            {
                key: value
                for key, value in ready._memo.items()
                if getattr(key, "__name__", "") in ("centred", "gram", "spectrum", "coordinates")
            }
        )
        return part

    moved = data.features - data.features.mean(axis=0)
    svd = best(lambda: np.linalg.svd(moved, full_matrices=False), 3)
    lines = [
        ("gbc after the PCA", best(lambda: value_of("gbc", fresh()), times), 50.0, "ms"),
        ("ped", best(lambda: value_of("ped", data.workspace()), times), 300.0, "ms"),
        ("sfda", best(lambda: value_of("sfda", data.workspace()), times), 100.0 if wide else 250.0, "ms"),
        ("h_score / thin SVD", best(lambda: value_of("h_score", data.workspace()), times) / svd, 1.2, "x"),
        ("nleep / mixture", *nleep_ratio(fresh), "x"),
        ("logistic / scikit-learn", *logistic_ratio(data, wide), "x"),
    ]
    return [
        {"limit": name, "size": size, "measured": value, "at most": bound, "unit": unit}
        for name, value, bound, unit in lines
    ]


def nleep_ratio(fresh: Callable[[], Workspace]) -> tuple[float, float]:
    from sklearn.mixture import GaussianMixture

    from hubscore.numerics.spectrum import principal_components
    from hubscore.scores.nleep import _components, _dimensions

    rows = principal_components(fresh(), _dimensions(fresh()))
    number = _components(fresh(), None, released=False)
    sides = (
        (lambda: compute(SCORES.get("nleep"), fresh())),
        (lambda: GaussianMixture(number, random_state=0).fit(rows).predict_proba(rows)),
    )
    with threadpool_limits(
        1
    ):  # as a ranking does; two threads wait for each other here, and the noise is larger than the difference
        ours, theirs = np.median([[best(side, 1) for side in sides] for _ in range(5)], axis=0)
    return float(ours / theirs), 1.05


def logistic_ratio(data: Data, wide: bool) -> tuple[float, float]:
    """Both sides end where the largest entry of the gradient of the summed loss is below 1e-4."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from hubscore.scores.logistic import GRADIENT, STEPS

    trained = len(data.labels) * 4 // 5
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(tol=GRADIENT / trained, max_iter=STEPS))
    theirs = best(lambda: cross_val_score(pipeline, data.features, data.labels, cv=StratifiedKFold(5)), 2)
    ours = best(lambda: compute(SCORES.get("logistic"), data.workspace()), 2)
    return ours / theirs, 0.6 if wide else 1.1


def made(column: str) -> Column:
    name, _, dimensions = column.partition("@")
    return Column(column, SCORES.get(name), int(dimensions) if dimensions else None)


def cpu(run: Callable[[], Any]) -> float:
    """Return the processor time of a run, in milliseconds."""
    start = time.process_time()
    run()
    return (time.process_time() - start) * 1000


def growth() -> list[dict[str, Any]]:
    """Time every score, its shared parts done, for 50, 100 and 200 classes of 2000 samples."""
    rows = []
    for column in COLUMNS:
        spent = []
        for classes in (50, 100, 200):
            workspace = draw(2000, 512, classes).workspace()
            value_of("gbc", workspace)
            spent.append(
                best(lambda column=column, workspace=workspace: value_of(column, workspace.subset(slice(None))), 3)
            )
        rows.append({"score": column, "50": spent[0], "100": spent[1], "200": spent[2]})
    return rows


def memory() -> dict[str, float]:
    """Run the suite at 10,000 x 4,096 here, and say by how much the resident peak rose; the input counts."""
    value_of("logme", draw(60, 20, 4).workspace())
    suite(draw(60, 20, 4))
    loaded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent = suite(drawn_small(10_000, 4096, 100))
    return {
        "peak_gb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - loaded) / 2**20,
        "seconds": spent["all"] / 1000,
    }


def drawn_small(n: int, d: int, c: int) -> Data:
    """Float32 features as extraction stores them, without the temporaries of :func:`draw`."""
    rng = np.random.default_rng(0)
    features = rng.standard_normal((n, d), dtype=np.float32)
    labels = np.arange(n) % c
    features += 0.4 * rng.standard_normal((c, d), dtype=np.float32)[labels]
    np.maximum(features, 0, out=features)
    probs = rng.random((n, 100), dtype=np.float32)
    return Data(features, probs / probs.sum(axis=1, keepdims=True), labels, list(rng.normal(size=(3, c, 64))))


def show(rows: list[dict[str, Any]]) -> None:
    """Print a Markdown table."""
    names = list(rows[0])
    print("| " + " | ".join(names) + " |\n|" + " --- |" * len(names))
    for row in rows:
        cells = (
            f"{row[name]:.3g}" if isinstance(row[name], float) else "" if row[name] is None else str(row[name])
            for name in names
        )
        print("| " + " | ".join(cells) + " |")
    print(flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", choices=("ours", "limits", "growth"))
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    found: dict[str, Any] = {}
    with threadpool_limits(2):
        if chosen.memory:
            found["memory"] = memory()
            show([found["memory"]])
        if not chosen.memory and chosen.only in (None, "ours"):
            found["suite"] = [compare(size, both=chosen.only is None, times=chosen.times) for size in SIZES]
            for result in found["suite"]:
                show(result["rows"])
                goal, ratio = GOALS[result["size"]]
                told = f"size {result['size']}: suite {result['suite_ms']:.0f} ms (at most {1000 * goal:.0f})"
                print(
                    told
                    + (
                        f", {result['naive_ms'] / result['suite_ms']:.0f} times less (at least {ratio:.0f})\n"
                        if result["naive_ms"]
                        else "\n"
                    )
                )
        if not chosen.memory and chosen.only in (None, "limits"):
            found["limits"] = [line for size in SIZES for line in limits(size, chosen.times)]
            show(found["limits"])
        if not chosen.memory and chosen.only in (None, "growth"):
            found["growth"] = growth()
            show(found["growth"])
    if chosen.only is None and not chosen.memory:
        subprocess.run([sys.executable, __file__, "--memory"], check=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
