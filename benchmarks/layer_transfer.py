"""DEPARA's experiment on layers (Table 2): does its similarity go with what transferring up to each layer reaches?

    HUBSCORE_ZOO=path/to/zoo OMP_NUM_THREADS=1 python benchmarks/layer_transfer.py --work FOLDER --write docs/layers.md

As in the paper, the target network has *the source's own architecture* and was trained from scratch on the target. For
each of 13 or 14 cut points everything up to the cut is transferred and frozen, BatchNorm statistics included, all
behind it is drawn anew and trained under a new head, with two amounts of target images. DEPARA compares every cut with
the target network's representation, by both readings of its nodes and of its edges, and with lambda 1 and 10.

What was trained is kept under ``--work``: a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from layer_transfer_training import (
    AMOUNTS,
    RATE,
    SCRATCH,
    SOURCES,
    TARGETS,
    TEST,
    V1,
    Results,
    Source,
    cuts_of,
    load,
    scratch_folder,
    train_all,
)
from scipy.stats import spearmanr

from hubscore.attribution.grid import Grid
from hubscore.attribution.network import attribute
from hubscore.layers.layer_features import TargetMaps, run_layers
from hubscore.layers.layer_scores import DEFAULT, columns_for, depara_layers, score_layers
from hubscore.layers.target_network import METHOD
from hubscore.probe.load import load_probe
from hubscore.types import Score

IMAGES = 200
"""For the scores; as many as DEPARA takes for layers."""
START, END = "<!-- measured transfers -->", "<!-- end of measured transfers -->"

Curves = dict[str, list[float]]
READINGS = {
    "DEPARA": ("nodes", "edges"),
    "released nodes": ("nodes, released", "edges"),
    "pooled edges": ("nodes", "edges, pooled"),
}
"""Which nodes and edges are weighed together."""


def graphs(zoo: Path, work: Path, source: Source, name: str) -> Curves:
    """Return what DEPARA's parts and the default scores of labels say of every cut point; higher is better."""
    probe = load_probe(zoo / "datasets" / TARGETS[name].dataset, split="train", samples=IMAGES)
    grid, layers = Grid.for_items(probe.items, 64), [cut.name for cut in cuts_of(zoo, source)]
    network = load(zoo / "models" / source.folder, source.size)
    target = load(scratch_folder(zoo, work, source, name), source.size)
    found: Curves = {}
    for reading in ("default", "released"):
        theirs = TargetMaps(np.zeros(0), grid, reading)
        made = attribute(target, probe.items, grid, methods=(METHOD,), objective=theirs.objective)
        theirs = replace(theirs, nodes=made.maps[METHOD])
        passed = run_layers(network, probe.items, layers, target=theirs)
        whole = depara_layers(passed, made.features, lambda_=1.0)
        if reading == "default":
            pooled = depara_layers(replace(passed, products=None), made.features, lambda_=1.0)
            found["edges, pooled"] = [value_of(pooled[layer]["depara_edges"]) for layer in layers]
            found["edges"] = [value_of(whole[layer]["depara_edges"]) for layer in layers]
            labels = score_layers(passed.features, probe, columns_for(), seed=0)
            found |= {one: [value_of(labels[layer][one]) for layer in layers] for one in DEFAULT}
        nodes = "nodes" if reading == "default" else "nodes, released"
        found[nodes] = [value_of(whole[layer]["depara_nodes"]) for layer in layers]
    found["depth"] = [float(place) for place in range(len(layers))]
    return found


def value_of(score: Score) -> float:
    """Return a score's value, NaN where it has none."""
    return np.nan if score.value is None else score.value


def all_graphs(zoo: Path, work: Path, results: Results) -> dict[tuple[str, str], Curves]:
    """Return the curves of every pair of source and target whose cut points are all measured."""
    found = {}
    for wanted, source in SOURCES.items():
        cuts = cuts_of(zoo, source)
        for name in TARGETS:
            if any(
                results.missing(wanted, name, amount, cut.name, seed)
                for amount, how in AMOUNTS.items()
                for seed in range(how.seeds)
                for cut in cuts
            ):
                continue
            kept = work / f"{wanted}-{name}.json"
            if not kept.exists():
                kept.write_text(json.dumps(graphs(zoo, work, source, name)))
            found[wanted, name] = json.loads(kept.read_text())
    return found


def reached(results: Results, wanted: str, name: str, amount: str, layers: Sequence[str]) -> list[float]:
    """Return the accuracy at every cut point, the mean of the seeds."""
    return [
        float(np.mean([results.value(wanted, name, amount, layer, seed) for seed in range(AMOUNTS[amount].seeds)]))
        for layer in layers
    ]


def weighed(found: Curves, reading: str, lambda_: float) -> np.ndarray:
    """Return nodes plus lambda times edges."""
    nodes, edges = (np.array(found[part]) for part in READINGS[reading])
    return np.asarray(nodes + lambda_ * edges)


def correlation(values: Sequence[float] | np.ndarray, accuracies: Sequence[float]) -> float:
    """Return Spearman's correlation; NaN where a value is undefined."""
    if np.isnan(values).any() or len(set(values)) < 2:
        return np.nan
    return float(spearmanr(values, accuracies).statistic)


def columns_of(found: Curves) -> dict[str, np.ndarray]:
    """Return everything whose order of the cut points is compared with that of the accuracies."""
    made = {
        f"{reading}, lambda {lambda_:g}": weighed(found, reading, lambda_)
        for reading in READINGS
        for lambda_ in (1, 10)
    }
    parts = [name for pair in READINGS.values() for name in pair]
    return made | {name: np.array(found[name]) for name in (*dict.fromkeys(parts), *DEFAULT, "depth")}


def pages(zoo: Path, results: Results, found: dict[tuple[str, str], Curves]) -> str:
    """Return the tables."""
    layers = {wanted: [cut.name for cut in cuts_of(zoo, source)] for wanted, source in SOURCES.items()}
    truth = {
        (wanted, name, amount): reached(results, wanted, name, amount, layers[wanted])
        for wanted, name in found
        for amount in AMOUNTS
    }
    return "\n\n".join(
        [
            settings(results),
            "Spearman's correlation with the accuracy over the cut points, mean over the targets (and each target):",
            agreement(found, truth),
            "What is lost against the best cut point, in points of accuracy, mean over the targets:",
            losses(found, truth),
            *curves_of(found, truth, layers, results),
        ]
    )


def settings(results: Results) -> str:
    """Say how this was made."""
    amounts = "; ".join(
        f"{name}: {how.images} training images, {how.epochs} epochs, {how.seeds} seed{'s' if how.seeds > 1 else ''}"
        for name, how in AMOUNTS.items()
    )
    return (
        f"{amounts}. AdamW at {RATE:g}, {TEST} test images; scores from {IMAGES} training images; target networks from"
        f" {SCRATCH.images} training images at most. {results.minutes:.0f} minutes of one CPU core."
    )


def heading(columns: Sequence[str]) -> list[str]:
    """Return the first two lines of a table whose rows have names."""
    return [f"| | {' | '.join(columns)} |", f"| --- |{' --- |' * len(columns)}"]


def agreement(found: dict[tuple[str, str], Curves], truth: dict[tuple[str, str, str], list[float]]) -> str:
    """Return the correlations, a row for every score, a column for every source and amount."""
    heads = [(wanted, amount) for wanted in dict.fromkeys(one for one, _ in found) for amount in AMOUNTS]
    lines = [
        f"| | {' | '.join(f'{wanted}, {amount}' for wanted, amount in heads)} |",
        f"| --- |{' --- |' * len(heads)}",
    ]
    for score in columns_of(next(iter(found.values()))):
        cells = []
        for wanted, amount in heads:
            each = [
                correlation(columns_of(curves)[score], truth[one, name, amount])
                for (one, name), curves in found.items()
                if one == wanted
            ]
            cells.append(f"{np.mean(each):.2f} ({', '.join(f'{value:.2f}' for value in each)})")
        lines.append(f"| {score} | {' | '.join(cells)} |".replace("nan", "-"))
    return "\n".join(lines)


def losses(found: dict[tuple[str, str], Curves], truth: dict[tuple[str, str, str], list[float]]) -> str:
    """Return what choosing the best-valued cut point loses."""
    heads = [(wanted, amount) for wanted in dict.fromkeys(one for one, _ in found) for amount in AMOUNTS]
    lines = [
        f"| | {' | '.join(f'{wanted}, {amount}' for wanted, amount in heads)} |",
        f"| --- |{' --- |' * len(heads)}",
    ]
    for score in (*(f"{reading}, lambda {weight}" for reading in READINGS for weight in (1, 10)), "parc", "depth"):
        cells = []
        for wanted, amount in heads:
            each = []
            for (one, name), curves in found.items():
                if one == wanted:
                    values, real = columns_of(curves)[score], truth[one, name, amount]
                    chosen = int(np.flatnonzero(values == np.nanmax(values))[-1])  # the deeper of equal ones
                    each.append(100 * (max(real) - real[chosen]))
            cells.append(f"{np.mean(each):.1f}")
        lines.append(f"| {score} | {' | '.join(cells)} |")
    return "\n".join(lines)


def curves_of(
    found: dict[tuple[str, str], Curves],
    truth: dict[tuple[str, str, str], list[float]],
    layers: dict[str, list[str]],
    results: Results,
) -> Iterator[str]:
    """Yield the accuracies and DEPARA's parts of every source, cut point by cut point."""
    for wanted in dict.fromkeys(one for one, _ in found):
        names = [name for one, name in found if one == wanted]
        heads = [f"{name}: {what}" for name in names for what in (*AMOUNTS, "nodes", "released", "edges")]
        lines = [
            f"**{SOURCES[wanted].folder}** ({wanted}); target networks: {', '.join(trained(results, wanted, names))}",
            "",
            f"| frozen up to | {' | '.join(heads)} |",
            f"| --- |{' --- |' * len(heads)}",
        ]
        for place, layer in enumerate(layers[wanted]):
            cells = []
            for name in names:
                curves = found[wanted, name]
                cells += [f"{truth[wanted, name, amount][place]:.2f}" for amount in AMOUNTS]
                cells += [f"{curves[part][place]:.2f}" for part in ("nodes", "nodes, released", "edges")]
            lines.append(f"| {layer.removeprefix(V1)} | {' | '.join(cells)} |")
        yield "\n".join(lines)


def trained(results: Results, wanted: str, names: Sequence[str]) -> Iterator[str]:
    """Say where the target networks of a source come from, and how good they are where they were trained here."""
    architecture = SOURCES[wanted].architecture
    for name in names:
        here = not results.missing(architecture, name, "scratch")
        yield f"{name} {results.value(architecture, name, 'scratch'):.2f}" if here else f"{name} of the zoo"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for what was trained")
    parser.add_argument("--report", action="store_true", help="train nothing; show what is complete")
    parser.add_argument("--write", type=Path, help="page whose table to replace")
    chosen = parser.parse_args()
    zoo = Path(os.environ["HUBSCORE_ZOO"]).resolve()
    chosen.work.mkdir(parents=True, exist_ok=True)
    results = Results(chosen.work / "results.jsonl")
    if not chosen.report:
        train_all(zoo, chosen.work, results)
    text = pages(zoo, results, all_graphs(zoo, chosen.work, results))
    print(text)
    if chosen.write:
        before, _, rest = chosen.write.read_text().partition(START)
        chosen.write.write_text(f"{before}{START}\n{text}\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
