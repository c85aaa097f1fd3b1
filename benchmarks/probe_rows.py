"""What fewer rows do to the kernel probes: how far their predictions fall, and how much models scatter.

    HUBSCORE_ZOO=path/to/zoo python benchmarks/probe_rows.py --write docs/calibrate.md

Takes the features and layer kernels that ``benchmarks/truth.py`` has cached, 400 rows of every checkpoint and data set
of ``oracle.csv``, draws balanced parts of them, and compares what the calibration of the package would expect of them,
without its correction for the rows, with what it expects of all. Ten minutes on two cores.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
from truth import DEFAULT, SAMPLES, candidates_of, extracted

from hubscore.calibration.calibration import Calibration
from hubscore.calibration.evidence import SCORES, ProbeEvidence
from hubscore.calibration.predict import formula
from hubscore.calibration.rows import rows_missing
from hubscore.numerics.workspace import Ints, Workspace
from hubscore.probe.load import load_probe
from hubscore.scores.api import compute
from hubscore.scores.info import SCORES as REGISTERED
from hubscore.types import Extraction

ROWS = (50, 100, 200)
START, END = "<!-- rows -->", "<!-- end of rows -->"
Found = dict[str, list[tuple[int, int, float, float]]]
"""By kind of evidence: classes, rows, how far the level falls, and the deviation of models, in radians."""


def part(labels: Ints, rows: int) -> Ints:
    """Return a balanced part of the rows, the same for every model."""
    draw, classes = np.random.default_rng(rows), int(labels.max()) + 1
    chosen = [draw.permutation(np.flatnonzero(labels == one))[: max(2, rows // classes)] for one in range(classes)]
    return np.sort(np.concatenate(chosen))


def evidence(extraction: Extraction, labels: Ints, rows: Ints) -> dict[str, ProbeEvidence | None]:
    """Return what the probes say on some rows, without and with the layers."""
    kernel = extraction.layer_kernel
    whole = Workspace(
        features=extraction.features["penultimate"], labels=labels, kernel=kernel, target="classification"
    )
    some = whole.subset(rows)
    values = {name: compute(REGISTERED.get(name), some) for name in SCORES}
    return {
        "features": ProbeEvidence.of({name: values[name] for name in SCORES[:2]}),
        "layers": ProbeEvidence.of(values),
    }


def look(zoo: Path, oracle: pd.DataFrame, target: str, store: Path) -> Found:
    """Compare parts of one data set's probe with all of it."""
    probe = load_probe(str(zoo / "datasets" / target), split="train", samples=SAMPLES)
    candidates = candidates_of(zoo, oracle[(oracle["target"] == target) & (oracle["source"] != target)])
    extractions = extracted(zoo, candidates, probe, store, DEFAULT)
    labels, made = np.asarray(probe.labels), Calibration.default()
    classes, found = int(labels.max()) + 1, Found(features=[], layers=[])
    angles: dict[tuple[str, int], np.ndarray] = {}
    sizes = {rows: part(labels, rows) for rows in ROWS} | {SAMPLES: np.arange(len(labels))}
    for asked, rows in sizes.items():
        told = [evidence(one, labels, rows) for one in extractions.values()]
        for kind in found:
            known = [one[kind] for one in told]
            both = np.array([(one.accuracy, one.loss) for one in known if one is not None])
            angles[kind, asked] = formula(getattr(made, kind), both[:, 0], both[:, 1], classes)
    for kind, values in found.items():
        for asked in ROWS:
            fall = angles[kind, asked] - angles[kind, SAMPLES]
            values.append((classes, len(sizes[asked]), float(fall.mean()), float(fall.std(ddof=1))))
    return found


def tables(found: Sequence[Found]) -> str:
    """Return the falls by rows, and the rate that describes them."""
    lines = ["| evidence | rows | level falls by | between data sets | models scatter by | sampling alone |"]
    lines.append("| --- | --- | --- | --- | --- | --- |")
    rates = []
    for kind in ("features", "layers"):
        values = np.array([one[kind] for one in found])
        missing = rows_missing(values[:, :, 0], values[:, :, 1])
        rate = -float((missing * values[:, :, 2]).sum() / (missing**2).sum())
        spread = float((-values[:, :, 2] / missing).std(ddof=1))
        rates.append(f"{kind}: {rate:.2f} ± {spread:.2f}")
        for place, asked in enumerate(ROWS):
            fall, scatter = values[:, place, 2], values[:, place, 3]
            alone = np.sqrt(0.25 / asked - 0.25 / SAMPLES)
            numbers = (-fall.mean(), fall.std(ddof=1), np.sqrt((scatter**2).mean()), alone)
            lines.append(f"| {kind} | {asked} | " + " | ".join(f"{number:.3f}" for number in numbers) + " |")
    return "\n".join([*lines, "", f"Radians per unit of sqrt(C / n) - sqrt(C / 400): {'; '.join(rates)}."])


def write(path: Path, text: str) -> None:
    """Put a text between the marks of a page."""
    before, _, rest = path.read_text(encoding="utf-8").partition(START)
    path.write_text(f"{before}{START}\n{text}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "hubscore-truth")
    parser.add_argument("--write", type=Path, help="page whose table to replace")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    if "HUBSCORE_ZOO" not in os.environ:
        raise SystemExit("Set HUBSCORE_ZOO to a folder with checkpoints, data sets and oracle.csv")
    zoo = Path(os.environ["HUBSCORE_ZOO"])
    oracle = pd.read_csv(zoo / "oracle.csv")
    targets = sorted(oracle["target"].unique())
    with get_context("spawn").Pool(arguments.workers) as pool:
        found = pool.starmap(look, [(zoo, oracle, target, arguments.cache) for target in targets], chunksize=1)
    text = tables(found)
    print(text)
    if arguments.write:
        write(arguments.write, text)


if __name__ == "__main__":
    main()
