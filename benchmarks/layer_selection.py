"""Do the scores of layers go with what real fine-tuning reaches when everything up to the layer is frozen?

    HUBSCORE_ZOO=path/to/zoo python benchmarks/layer_selection.py --write docs/layers.md

For each checkpoint, target and cut point, everything up to the cut is transferred and frozen, statistics of BatchNorm
included, and the rest is trained under a new head: once from the checkpoint's own weights ("rest tuned": what one does
with a frozen network), and once from random weights ("rest anew": nothing but the frozen part is transferred). The
folder that HUBSCORE_ZOO names holds checkpoints and data sets. DEPARA has an experiment of its own, layer_transfer.py.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import spearmanr

from hubscore.candidates.resolve import resolve_candidates
from hubscore.finetune.recipe import Recipe, Sample, Split
from hubscore.finetune.training import finetune
from hubscore.hub.client import hub_api
from hubscore.layers.result import LayerSelection
from hubscore.layers.select import rank_layers
from hubscore.probe.load import load_probe
from hubscore.run.options import RunOptions

V1 = "mobilenet_v1."
ARMS = {"rest tuned": False, "rest anew": True}
START, END = "<!-- measured layers -->", "<!-- end of measured layers -->"


class Source(NamedTuple):
    """A checkpoint: its folder, the size at which it is fine-tuned and scored, and its cut points."""

    folder: str
    size: int
    layers: str | tuple[str, ...]


class Target(NamedTuple):
    """A task: its data set, and whether mirrored images mean the same."""

    dataset: str
    flip: bool


SOURCES = (
    Source("zoo/mini-resnet_cifar10", 48, "blocks"),
    Source(
        "google/mobilenet_v1_0.25_128", 96, (f"{V1}conv_stem", *(f"{V1}layer.{at}" for at in (3, 7, 11, 15, 21, 25)))
    ),
)
TARGETS = (Target("scenes6", True), Target("mnist", False))


def split_of(zoo: Path, dataset: str, train: int, test: int) -> Split:
    """Draw training and test images; the learning rate is fixed, so that validation images decide nothing, and a few
    test images do.
    """
    drawn = [
        load_probe(zoo / "datasets" / dataset, split=split, samples=count)
        for split, count in (("train", train), ("test", test))
    ]
    first, last = (Sample(probe.items, np.asarray(probe.labels)) for probe in drawn)
    return Split(first, Sample(last.items[:2], last.labels[:2]), last)


class Chosen(NamedTuple):
    """What the default scores say of the layers, and what all scores say."""

    labels: LayerSelection
    every: LayerSelection


def selections(zoo: Path, source: Source, target: Target, images: int) -> Chosen:
    model, data = str(zoo / "models" / source.folder), zoo / "datasets" / target.dataset
    shared = {
        "layers": source.layers,
        "samples": images,
        "split": "train",
        "run": RunOptions(device="cpu", input_size=source.size),
    }
    return Chosen(rank_layers(model, data, **shared), rank_layers(model, data, scores="all", **shared))


def accuracies(
    zoo: Path, source: Source, target: Target, split: Split, found: LayerSelection, chosen: argparse.Namespace
) -> np.ndarray:
    """Return the test accuracy of every arm, shape (arms, layers)."""
    (candidate,) = resolve_candidates([str(zoo / "models" / source.folder)], api=hub_api()).candidates
    recipe = Recipe(epochs=chosen.epochs, learning_rates=(chosen.rate,), flip=target.flip)
    reached = np.zeros((len(ARMS), len(found.layers)))
    for arm, anew in enumerate(ARMS.values()):
        for place, layer in enumerate(found.layers):
            runs = [
                finetune(
                    candidate,
                    Path(candidate.path),
                    split,
                    recipe=replace(recipe, seed=seed),
                    input_size=source.size,
                    frozen=layer.freeze,
                    anew=anew,
                ).accuracy
                for seed in range(chosen.seeds)
            ]
            reached[arm, place] = np.mean(runs)
            print(
                f"  {source.folder} {target.dataset} {list(ARMS)[arm]} {layer.name}: {reached[arm, place]:.3f}",
                flush=True,
            )
    return reached


def correlations(values: list[float | None], reached: np.ndarray) -> list[float]:
    """Return Spearman's correlation of a score with each arm; NaN where the score is not defined for all layers, or
    does not vary.
    """
    if None in values or len(set(values)) < 2:
        return [np.nan] * len(reached)
    return [float(spearmanr(values, row).statistic) for row in reached]


def section(source: Source, target: Target, made: Chosen, reached: np.ndarray, shown: list[str]) -> str:
    """Return the table of one checkpoint on one target."""
    labels = made.labels
    lines = [
        f"**{source.folder} to {target.dataset}**. {advised('Labels', labels, reached)}",
        "",
        f"| frozen up to | {' | '.join([*ARMS, *shown])} |",
        f"| --- |{' --- |' * (len(ARMS) + len(shown))}",
    ]
    for place, layer in enumerate(labels.layers):
        scores = {**layer.scores, "mean percentile": layer.percentile}
        cells = [f"{row[place]:.3f}" for row in reached] + [
            f"{scores[name]:.3f}" if name in scores else "-" for name in shown
        ]
        lines.append(f"| {layer.name.removeprefix(V1)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def advised(who: str, found: LayerSelection, reached: np.ndarray) -> str:
    """Say what is recommended, and how many points its accuracy is below the best cut point's."""
    place = [layer.name for layer in found.layers].index(str(found.recommended))
    lost = [f"{100 * (row.max() - row[place]):.1f} points ({arm})" for arm, row in zip(ARMS, reached, strict=True)]
    return (
        f"{who} recommend `{str(found.recommended).removeprefix(V1)}`, which loses {' and '.join(lost)} against the"
        " best."
    )


def curves(made: Chosen) -> dict[str, list[float | None]]:
    """Return every score over the layers, turned so that larger is better, and plain depth."""
    every = made.every
    turn = {name: -1 if direction == "lower" else 1 for name, direction in every.directions.items()}
    found = {name: [None if v is None else turn[name] * v for v in every.curve(name)] for name in every.directions}
    found["mean percentile, default scores"] = [layer.percentile for layer in made.labels.layers]
    return found | {"depth": list(range(len(every.layers)))}


def summary(results: list[tuple[dict[str, list[float | None]], np.ndarray]]) -> str:
    """Return Spearman's correlation of every score with each arm, in each of the runs and on average."""
    head = [f"{arm}: {place}" for arm in ARMS for place in [*"ABCD"[: len(results)], "mean"]]
    lines = [f"| score | {' | '.join(head)} |", f"| --- |{' --- |' * len(head)}"]
    for name in results[0][0]:
        rows = np.array([correlations(found[name], reached) for found, reached in results])
        cells = [cell for arm in rows.T for cell in (*arm, arm.mean())]
        if not np.isnan(rows).all():
            lines.append(f"| {name} | {' | '.join('-' if np.isnan(cell) else f'{cell:.2f}' for cell in cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--images", type=int, default=200, help="for the scores")
    parser.add_argument("--train", type=int, default=300)
    parser.add_argument("--test", type=int, default=480)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--write", type=Path, help="page whose table to replace")
    chosen = parser.parse_args()
    zoo, began = Path(os.environ["HUBSCORE_ZOO"]).resolve(), time.process_time()
    shown = ["parc", "logme", "h_score@32", "knn"]
    tables, results = [], []
    for source in SOURCES:
        for target in TARGETS:
            made = selections(zoo, source, target, chosen.images)
            reached = accuracies(
                zoo, source, target, split_of(zoo, target.dataset, chosen.train, chosen.test), made.labels, chosen
            )
            letter = "ABCD"[len(results)]
            tables.append(f"{letter}: {section(source, target, made, reached, shown)}")
            results.append((curves(made), reached))
    minutes = (time.process_time() - began) / 60
    told = (
        f"{chosen.train} training and {chosen.test} test images, {chosen.epochs} epochs, learning rate {chosen.rate:g}"
    )
    told += f", mean of {chosen.seeds} seeds; scores from {chosen.images} images"
    text = "\n\n".join(
        [
            f"{told}; {minutes:.0f} minutes of one CPU core.",
            *tables,
            "Spearman's correlation with the accuracy:",
            summary(results),
        ]
    )
    print(text)
    if chosen.write:
        before, _, rest = chosen.write.read_text().partition(START)
        chosen.write.write_text(f"{before}{START}\n{text}\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
