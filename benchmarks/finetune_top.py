"""What the second stage of a ranking gains: points of accuracy that the first choice loses, with and without it.

Every checkpoint of the zoo is fine-tuned briefly on the data sets of ``oracle.csv``, at the size of the full
fine-tuning, as ``hubscore rank --finetune-top`` does it; what was measured is kept, so that a stopped run goes on. Then
the first K of several orders are put in the order of what was measured, and the choice is compared with the accuracies
of the full fine-tuning.

    HUBSCORE_ZOO=DIR OMP_NUM_THREADS=1 python benchmarks/finetune_top.py --probe probe.csv --cache DIR

``--probe`` names a transfer table as ``hubscore calibrate`` takes it: the columns model, target, classes, samples,
kernel_probe, kernel_probe_loss, layer_kernel_probe and layer_kernel_probe_loss; and consensus, where that order is to
be compared too. The former names n, acc1, ll1, acc2 and ll2 are read as well.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hubscore.calibration.calibration import Calibration
from hubscore.calibration.prediction import Prediction
from hubscore.calibration.scale import to_angle
from hubscore.finetune.recipe import SHORT, Recipe
from hubscore.ranking.second_stage import combine
from hubscore.run.options import DataOptions, RunOptions
from hubscore.run.second_stage import finetune_briefly
from hubscore.run.session import Session
from hubscore.run.short_split import draw_short_split
from hubscore.types import Measured

SAMPLES, FULL = 400, Recipe()
RUNS_APART = 0.025
"""Standard deviation of one full run, in radians: two runs differ by 2.6 points on average."""
FORMER = dict(
    zip(
        ("kernel_probe", "kernel_probe_loss", "layer_kernel_probe", "layer_kernel_probe_loss"),
        ("acc1", "ll1", "acc2", "ll2"),
        strict=True,
    )
)


@dataclass
class Pool:
    """The checkpoints on one data set, source = target left out."""

    target: str
    models: list[str]
    sizes: list[int]
    truth: np.ndarray
    """Accuracies of one full fine-tuning, and the means of two where both tables have the row; shape (2, models)."""


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def pools(zoo: Path) -> list[Pool]:
    again = {(row["model"], row["target"]): float(row["accuracy"]) for row in read(zoo / "oracle_seed1.csv")}
    by_target: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in read(zoo / "oracle.csv"):
        if row["source"] != row["target"]:
            by_target[row["target"]].append(row)
    made = []
    for target, rows in sorted(by_target.items()):
        one = np.array([float(row["accuracy"]) for row in rows])
        two = np.array([again.get((row["model"], target), value) for row, value in zip(rows, one, strict=True)])
        models, sizes = [row["model"] for row in rows], [int(row["input_size"]) for row in rows]
        made.append(Pool(target, models, sizes, np.stack([one, (one + two) / 2])))
    return made


def measure(zoo: Path, pool: Pool, cache: Path, wanted: Collection[int]) -> list[Measured | None]:
    """Fine-tune some models of a pool briefly; none where one cannot or shall not be."""
    session = Session(DataOptions(samples=SAMPLES), run=RunOptions(device="cpu", cache_dir=cache))
    path = zoo / "datasets" / pool.target
    probe = session.draw_probe(path, labels_required=True)
    split = draw_short_split(session, path, probe)
    print(f"{pool.target}: {split.text}", flush=True)
    found = [session.find_network(str(zoo / "models" / model)) for model in pool.models]
    sized = [replace(one, input_size=size) for one, size in zip(found, pool.sizes, strict=True)]
    shared = finetune_briefly(session, [sized[i] for i in sorted(wanted)], split, SHORT)
    for item in shared.skipped:
        print(f"  {item.model}: {item.reason}", flush=True)
    return [shared.results.get(one.repo_id) for one in sized]


def lost(truth: np.ndarray, chosen: int) -> np.ndarray:
    """Points that a choice loses against the best, by one run and by the mean of two."""
    return 100 * (truth.max(axis=1) - truth[:, chosen])


def best_of(
    first: Sequence[int], expected: np.ndarray | None, sd: np.ndarray, measured: Sequence[Measured | None]
) -> int:
    """Return the model that the second stage puts first."""
    first = [i for i in first if measured[i] is not None] or first
    values = [None if expected is None else float(expected[i]) for i in first]
    errors = [None if expected is None else float(sd[i]) for i in first]
    angles, _ = combine(values, errors, [one for i in first if (one := measured[i]) is not None])
    return first[int(np.argmax(angles))]


def report(name: str, losses: Iterable[np.ndarray]) -> str:
    """Return mean points lost with 95 % bootstrap intervals over the data sets, by one run and by the mean of two."""
    values = np.stack(list(losses))
    draws = np.random.default_rng(0).integers(0, len(values), (10_000, len(values)))
    low, high = np.quantile(values[draws].mean(axis=1), (0.025, 0.975), axis=0)
    cells = (f"{m:.2f} [{a:.2f}, {b:.2f}]" for m, a, b in zip(values.mean(axis=0), low, high, strict=True))
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--probe", type=Path, required=True, help="table of kernel probes")
    parser.add_argument("--variant", default=None, help="rows of the table with this value in the column variant")
    parser.add_argument("--calibration", type=Path, default=None)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--top", type=int, default=3)
    parser.add_argument("--targets", nargs="*")
    parser.add_argument("--first", action="store_true", help="fine-tune the first of the orders only, none at random")
    arguments = parser.parse_args()
    zoo = Path(os.environ["HUBSCORE_ZOO"])
    chosen = [pool for pool in pools(zoo) if not arguments.targets or pool.target in arguments.targets]
    made = Calibration.default() if arguments.calibration is None else Calibration.load(arguments.calibration)
    rows = [row for row in read(arguments.probe) if arguments.variant in (None, row.get("variant"))]
    table = {(row["model"], row["target"]): row for row in rows}
    predicted = {pool.target: predict(pool, table, made) for pool in chosen}
    measured = {}
    for pool in chosen:
        first = {i for order, _ in predicted[pool.target][1].values() for i in order[: arguments.top]}
        wanted = first if arguments.first else range(len(pool.models))
        measured[pool.target] = measure(zoo, pool, arguments.cache, wanted)
    print("\n".join(compare(chosen, measured, predicted, arguments.top)))


Orders = dict[str, tuple[list[int], np.ndarray | None]]
"""By name, the models best first, and their expected accuracies where the order is by these."""


def predict(
    pool: Pool, table: dict[tuple[str, str], dict[str, str]], calibration: Calibration
) -> tuple[Prediction, Orders]:
    """Return expected accuracies, and the orders to compare."""
    rows = [table[model, pool.target] for model in pool.models]
    numbers = {key: np.array([float(row.get(key) or row[old]) for row in rows]) for key, old in FORMER.items()}
    prediction = calibration.predict(
        (numbers["kernel_probe"] + numbers["layer_kernel_probe"]) / 2,
        (numbers["kernel_probe_loss"] + numbers["layer_kernel_probe_loss"]) / 2,
        classes=int(rows[0]["classes"]),
        samples=int(rows[0].get("samples") or rows[0]["n"]),
        layers=True,
    )
    orders: Orders = {"expected accuracy": (np.argsort(-prediction.angle, kind="stable").tolist(), prediction.expected)}
    if "consensus" in rows[0]:
        agreed = np.array([float(row["consensus"]) for row in rows])
        orders["consensus"] = (np.argsort(-agreed, kind="stable").tolist(), None)
    return prediction, orders


def compare(
    chosen: Sequence[Pool],
    measured: dict[str, list[Measured | None]],
    predicted: dict[str, tuple[Prediction, Orders]],
    top: int,
) -> list[str]:
    """Return the table of points lost, and what it costs."""
    losses: dict[str, list[np.ndarray]] = defaultdict(list)
    work = []
    for pool in chosen:
        truth, found = pool.truth, measured[pool.target]
        prediction, orders = predicted[pool.target]
        for name, (order, expected) in orders.items():
            losses[f"{name}: its first"].append(lost(truth, order[0]))
            losses[f"{name}: best of its first {top} by oracle"].append(
                lost(truth, max(order[:top], key=lambda i: truth[1, i]))
            )
            picked = best_of(order[:top], expected, prediction.sd_within, found)
            losses[f"{name}: second stage, K = {top}"].append(lost(truth, picked))
            alone = best_of(order[:top], None, prediction.sd_within, found)
            if expected is not None:
                losses[f"{name}: second stage, K = {top}, by the measurement alone"].append(lost(truth, alone))
        everyone = range(len(found))
        losses["random: its first"].append(np.mean([lost(truth, i) for i in everyone], axis=0))
        full = len(found) * FULL.epochs * len(FULL.learning_rates)
        work.append(top * SHORT.epochs / full)
        if None in found:
            continue
        triples = itertools.combinations(everyone, top)
        drawn = [lost(truth, best_of(triple, None, prediction.sd_within, found)) for triple in triples]
        losses[f"random: second stage, K = {top}"].append(np.mean(drawn, axis=0))
        every = best_of(list(everyone), prediction.expected, prediction.sd_within, found)
        losses["second stage over all models"].append(lost(truth, every))
    lines = ["| choice | points lost, one run | points lost, mean of two runs |", "|---|---|---|"]
    lines += [report(name, values) for name, values in losses.items()]
    lines += ["", f"Cost of the second stage: {np.mean(work):.1%} of fine-tuning all ({len(chosen)} data sets)."]
    return [*lines, recipe_error(chosen, measured)]


def recipe_error(chosen: Sequence[Pool], measured: dict[str, list[Measured | None]]) -> str:
    """Say how far short measurements stray from full fine-tuning, levels of data sets taken off."""
    strays, levels = [], []
    for pool in chosen:
        known = [i for i, one in enumerate(measured[pool.target]) if one is not None]
        short = to_angle([one.accuracy for one in measured[pool.target] if one is not None])
        apart = short - to_angle(pool.truth[1, known])
        levels.append(float(apart.mean()))
        strays.extend((apart - apart.mean()) * np.sqrt(len(known) / max(len(known) - 1, 1)))
    total = float(np.std(strays))
    drawn = np.hypot(1 / (2 * np.sqrt(100)), 1 / (2 * np.sqrt(300)))  # validation images, test images
    runs = RUNS_APART / np.sqrt(2)
    rest = np.sqrt(max(total**2 - drawn**2 - runs**2, 0.0))
    return (
        f"Measured minus full accuracy, {len(strays)} pairs, in radians: level {np.mean(levels):+.3f}"
        f" ({min(levels):+.3f} to {max(levels):+.3f}), own error {total:.3f};"
        f" without the draws of images and runs {rest:.3f}."
    )


if __name__ == "__main__":
    main()
