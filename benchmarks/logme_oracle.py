"""The LogME that several packages copied, the whole evidence, and plain feature width, against real fine-tuning.

    HUBSCORE_ZOO=path/to/zoo python benchmarks/logme_oracle.py --write docs/logme.md

The folder that HUBSCORE_ZOO names holds checkpoints, data sets, and ``oracle.csv`` with the test accuracy of each
checkpoint after real fine-tuning on each data set. Every checkpoint runs over 400 images of each target at the oracle's
input size, through hubscore's own loading and extraction. A row whose source set is also the target is left out.
Features are kept in ``--cache``; the first run takes some minutes on one core.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import weightedtau

from hubscore import Undefined, score
from hubscore.candidates.resolve import resolve_candidates
from hubscore.extract.cache import FeatureCache
from hubscore.extract.extract_all import extract_all
from hubscore.hub.client import hub_api
from hubscore.probe.load import load_probe
from hubscore.types import Candidate

SAMPLES = 400
SIX = ("clothing10", "fashion-mnist-mini", "pets12", "rsscn7", "scenes6", "trashnet")
"""The comparison's targets; the others stand beside: on two more checkpoints drop out, on one nearly all reach 99 %."""
START, END = "<!-- table -->", "<!-- end of table -->"


class Network(NamedTuple):
    """What one checkpoint says about a target, and how well it did there, in percent."""

    features: np.ndarray
    labels: np.ndarray
    accuracy: float


def copied(features: np.ndarray, labels: np.ndarray) -> float:
    """The fixed point as copied from package to package: D weights in one term, min(N, D) of them in the other, and
    guards.
    """
    n, d = features.shape
    left, singular, _ = np.linalg.svd(features.astype(np.float64), full_matrices=False)
    keep = singular > 1e-10
    squares, values = singular[keep] ** 2, []
    for column in np.eye(labels.max() + 1)[labels].T:
        along = np.square(left[:, keep].T @ column)
        outside, alpha, beta = column @ column - along.sum(), 1.0, 1.0
        for _ in range(11):
            ratio = alpha / beta
            used = (squares / (squares + ratio)).sum()
            weights = (squares * along / (ratio + squares) ** 2).sum()
            misfit = (along / (1 + squares / ratio) ** 2).sum() + outside
            alpha, beta = used / (weights + 1e-5), (n - used) / (misfit + 1e-5)
            if abs(alpha / beta - ratio) <= 1e-3 * ratio:
                break
        logs = d * np.log(alpha) + n * np.log(beta) - np.log(alpha + beta * squares).sum() - n * np.log(2 * np.pi)
        values.append((logs - beta * misfit - alpha * weights) / (2 * n))
    return float(np.mean(values))


METHODS: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "copied fixed point": copied,
    "feature width": lambda features, labels: float(features.shape[1]),
    "`logme`": lambda features, labels: score("logme", features=features, labels=labels),
    '`logme`, `reading="released"`': lambda features, labels: score(
        "logme", features=features, labels=labels, reading="released"
    ),
}


def networks(zoo: Path, oracle: pd.DataFrame, target: str, store: FeatureCache) -> dict[str, Network]:
    """Extract every checkpoint that was fine-tuned on the target, at the size at which that was done."""
    probe = load_probe(zoo / "datasets" / target, split="train", samples=SAMPLES)
    assert probe.labels is not None
    rows = oracle[(oracle.target == target) & (oracle.source != target)]
    found = {}
    for size, group in rows.groupby("input_size"):
        accuracy = {str((zoo / "models" / row.model).resolve()): row.accuracy for row in group.itertuples()}
        candidates = resolve_candidates([path for path in accuracy if Path(path).is_dir()], api=hub_api()).candidates
        outcome = extract_all(
            candidates, probe, fetch=lambda candidate: folder(candidate), store=store, input_size=int(size)
        )
        for skipped in outcome.skipped:
            print(f"skipped {skipped.model}: {skipped.reason}")
        for candidate in candidates:
            if candidate.repo_id in outcome.extractions:
                features = outcome.extractions[candidate.repo_id].features["penultimate"]
                found[candidate.repo_id] = Network(features, probe.labels, 100 * accuracy[str(folder(candidate))])
    return found


def folder(candidate: Candidate) -> Path:
    assert candidate.path is not None
    return Path(candidate.path)


def judged(found: dict[str, Network], method: Callable[[np.ndarray, np.ndarray], float]) -> tuple[float, float]:
    """Return weighted tau with the accuracies, and by how many points the model scored best falls short of the best."""
    scores, accuracies = [], []
    for name, network in sorted(found.items()):
        try:
            scores.append(method(network.features, network.labels))
            accuracies.append(network.accuracy)
        except Undefined as error:
            print(f"left out {Path(name).name}: {error.reason}")
    best = np.array(accuracies)[np.array(scores) == max(scores)].mean()  # several may share the largest width
    return float(weightedtau(scores, accuracies).statistic), float(max(accuracies) - best)


def table(results: dict[str, dict[str, tuple[float, float]]], counts: dict[str, int]) -> str:
    """One line per target: weighted tau (regret) of each method; then means."""
    lines = [f"| target | checkpoints | {' | '.join(METHODS)} |", f"| --- | --- |{' --- |' * len(METHODS)}"]
    lines += [line(target, str(counts[target]), [results[target][method] for method in METHODS]) for target in results]
    groups = {"mean of the first six": [target for target in results if target in SIX], "mean of all": list(results)}
    for name, group in groups.items():
        if len(group) > 1:
            pairs = [tuple(np.mean([results[target][method] for target in group], axis=0)) for method in METHODS]
            lines.append(line(f"**{name}**", "", pairs))
    return "\n".join(lines)


def line(name: str, count: str, pairs: list[tuple[float, float]]) -> str:
    return f"| {name} | {count} | " + " | ".join(f"{tau:.2f} ({regret:.1f})" for tau, regret in pairs) + " |"


def write(path: Path, text: str) -> None:
    """Put the table between the markers of a page."""
    before, _, rest = path.read_text().partition(START)
    path.write_text(f"{before}{START}\n{text}\n{END}{rest.partition(END)[2]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--targets", nargs="*")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "hubscore-logme-oracle")
    parser.add_argument("--write", type=Path, help="page whose table to replace")
    chosen = parser.parse_args()
    zoo = Path(os.environ["HUBSCORE_ZOO"])
    oracle = pd.read_csv(zoo / "oracle.csv")
    targets = chosen.targets or [*SIX, *sorted(set(oracle.target) - set(SIX))]
    results: dict[str, dict[str, tuple[float, float]]] = {}
    counts: dict[str, int] = {}
    for target in targets:
        found = networks(zoo, oracle, target, FeatureCache(chosen.cache))
        counts[target] = len(found)
        results[target] = {name: judged(found, method) for name, method in METHODS.items()}
    text = table(results, counts)
    print(text)
    if chosen.write:
        write(chosen.write, text)


if __name__ == "__main__":
    main()
