"""PARC's protocol on checkpoints that were really fine-tuned: five probes of 500, mean PC of every score.

    HUBSCORE_ZOO=path/to/zoo python benchmarks/parc_protocol.py --rankings rankings/ --write docs/benchmark.md

The folder that HUBSCORE_ZOO names holds checkpoints, data sets, and two tables of accuracies after real fine-tuning,
``oracle.csv`` and, with another seed, ``oracle_seed1.csv``. For every probe and every data set, every checkpoint looks
at 500 training images, drawn with another seed each time, at the size at which it was fine-tuned. One ranking a probe
and data set is kept in ``--rankings``; what is there already is not made again, so that a run which was stopped goes
on where it was. The tables are then those of

    hubscore bench rankings/ --truth oracle.csv --truth oracle_seed1.csv

and ``--write`` puts them into the document. One probe of nine data sets takes some half an hour of one core; of the
others, rows that were seen before cost nothing but the pass for the layers.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
from truth import DEFAULT, RUNS, candidates_of, extracted
from truth_tables import document

from hubscore.bench.transfer_measures import LEAST, VARY, measure
from hubscore.bench.transfer_sources import open_table
from hubscore.bench.transfer_table import TransferTable
from hubscore.probe.load import load_probe
from hubscore.ranking.build import build_ranking
from hubscore.report.transfer_tables import across, markdown, modes, percent, plain

SAMPLES = 500
PROBES = 5


def rank_once(zoo: Path, oracle: pd.DataFrame, target: str, seed: int, store: Path, kept: Path) -> None:
    """Rank one data set's checkpoints over one probe, and keep the ranking."""
    probe = load_probe(str(zoo / "datasets" / target), split="train", samples=SAMPLES, seed=seed)
    candidates = candidates_of(zoo, oracle[(oracle["target"] == target) & (oracle["source"] != target)])
    found = extracted(zoo, candidates, probe, store, DEFAULT)
    build_ranking(candidates, found, probe).save(str(kept))


def missing(folder: Path, targets: Sequence[str], probes: int) -> list[tuple[int, str, Path]]:
    """Return what is still to do: all data sets of the first probe first."""
    every = [(seed, target, folder / f"{target}-probe{seed}.json") for seed in range(probes) for target in targets]
    return [one for one in every if not one[2].exists()]


def tables(folder: Path, truths: Sequence[Path], todo: int, probes: int) -> dict[str, str]:
    """Return the tables of the document, as ``hubscore bench`` makes them, and how far the run has come."""
    table = open_table([str(folder)], truths)
    made = [measure(table, vary=vary) for vary in VARY if vary != "target" or len(table.targets) >= LEAST]
    done = len(list(folder.glob("*-probe*.json")))
    said = f"{done} of {done + todo} rankings are made: {len(table.targets)} data sets, {probes} probes wanted of each."
    return {
        "finished": said
        if todo
        else f"All {done} rankings are made: {probes} probes of {len(table.targets)} data sets.",
        "protocol": markdown(*plain(made[0])),
        "by target": markdown(*across(made[0])),
        "by source": markdown(*by_source(table, [line.name for line in made[0].lines])),
        "modes": markdown(*modes(made)),
    }


def by_source(table: TransferTable, order: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Return mean PC over the data sets for the checkpoints of each source alone, where there are three of them."""
    found: dict[str, dict[str, str]] = {}
    sources = {}
    for source in dict.fromkeys(row.source for row in table.rows):
        mine = tuple(row for row in table.rows if row.source == source)
        if source is not None and len({row.model for row in mine}) >= 3:
            made = measure(replace(table, rows=mine), vary="architecture")
            sources[source] = len({row.model for row in mine})
            for line in made.lines:
                found.setdefault(line.name, {})[source] = percent(line.mean["pearson"])
    header = ["ORDER BY", *(f"{source} ({count})" for source, count in sources.items())]
    return header, [
        [name, *(each.get(source, "-") for source in sources)] for name in order if (each := found.get(name))
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rankings", type=Path, default=Path(tempfile.gettempdir()) / "hubscore-protocol")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "hubscore-truth")
    parser.add_argument("--probes", type=int, default=PROBES)
    parser.add_argument("--targets", default="", help="some data sets, with commas; all by default")
    parser.add_argument("--write", type=Path, help="put the tables into this document")
    parser.add_argument("--tables-only", action="store_true", help="make no ranking: tables of what is there")
    arguments = parser.parse_args()
    if "HUBSCORE_ZOO" not in os.environ:
        raise SystemExit("Set HUBSCORE_ZOO to a folder with checkpoints, data sets, oracle.csv and oracle_seed1.csv")
    zoo = Path(os.environ["HUBSCORE_ZOO"])
    oracle = pd.read_csv(zoo / RUNS[0])
    targets = [
        name
        for name in sorted(oracle["target"].unique())
        if not arguments.targets or name in arguments.targets.split(",")
    ]
    arguments.rankings.mkdir(parents=True, exist_ok=True)
    todo = [] if arguments.tables_only else missing(arguments.rankings, targets, arguments.probes)
    for place, (seed, target, kept) in enumerate(todo, 1):
        start = time.monotonic()
        rank_once(zoo, oracle, target, seed, arguments.cache, kept)
        print(f"{place} of {len(todo)}: {kept.name}, {time.monotonic() - start:.0f} s", flush=True)
    left = missing(arguments.rankings, targets, arguments.probes)
    parts = tables(arguments.rankings, [zoo / run for run in RUNS], len(left), arguments.probes)
    for name, table in parts.items():
        print(f"\n{name}\n\n{table}")
    if arguments.write:
        arguments.write.write_text(document(arguments.write.read_text(encoding="utf-8"), parts), encoding="utf-8")


if __name__ == "__main__":
    main()
