"""Every order of a ranking against real fine-tuning, and whether what a ranking promises comes true.

    HUBSCORE_ZOO=path/to/zoo python benchmarks/truth.py --write docs/truth.md --measured hubscore/scores/measured.json

The folder that HUBSCORE_ZOO names holds checkpoints, data sets, and two tables of accuracies after real fine-tuning,
``oracle.csv`` and, with another seed, ``oracle_seed1.csv``. Every checkpoint looks at 400 training images of
every data set at the size at which it was fine-tuned, through hubscore's own probe, extraction and ranking. Rows whose
source is the target are left out. Expected accuracies of a data set come from a calibration fitted on the others.

``--transfers FILE.csv`` keeps what ``hubscore calibrate`` reads; ``--pixels`` compares ways to show the images, which
takes another pass. Features are kept in ``--cache``: the first run takes some twenty minutes on two cores, another
one some minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from truth_tables import (
    Accuracies,
    Judged,
    at_random,
    bootstrap,
    cells,
    differences_table,
    document,
    judge,
    markdown,
    measured,
    orders_table,
    perfect,
    promises_table,
    targets_table,
)
from truth_variants import WAYS, as_scores, variants_of

from hubscore.bench.promises import check_promises
from hubscore.bench.runs import pooled_deviation
from hubscore.calibration.assemble import assemble
from hubscore.calibration.calibration import Calibration
from hubscore.calibration.evidence import SCORES, ProbeEvidence
from hubscore.calibration.make import make
from hubscore.calibration.record import Provenance
from hubscore.calibration.transfer import Transfer
from hubscore.candidates.resolve import resolve_candidates
from hubscore.extract.cache import FeatureCache
from hubscore.extract.extract_all import extract_all
from hubscore.extract.layer_request import LayerRequest
from hubscore.hub.client import hub_api
from hubscore.probe.load import load_probe
from hubscore.ranking.build import build_ranking
from hubscore.types import Candidate, Extraction, Probe, Ranking

SAMPLES = 400
RUNS = ("oracle.csv", "oracle_seed1.csv")
Pixels = tuple[str, str]
"""The transform whose features, and the transform whose layers are looked at."""
DEFAULT: Pixels = ("own", "whole")
KINDS = ("order", "consensus", "score", "baseline", "ceiling")
F, A = "kernel probes with layers", "kernel probe"
SHORT = (F, A, "consensus", "history", "a perfect order (simulated)")
COMPARED = ((F, "consensus"), (F, A), (F, "history"), (A, "consensus"), ("expected accuracy", F))
PIXELS: tuple[Pixels, ...] = (DEFAULT, ("whole", "whole"))


@dataclass(frozen=True)
class Seen:
    """What a target's probe says: by column the values of models, larger promising more, and how many classes."""

    target: str
    columns: Mapping[str, Mapping[str, float]]
    kinds: Mapping[str, str]
    classes: int
    samples: int
    pixels: Mapping[Pixels, Mapping[str, Mapping[str, float]]]
    """By pixels and model, the four scores of the kernel probes."""
    variants: Mapping[str, Mapping[str, tuple[float, float]]]
    """By other readings of them and model, accuracy and log loss."""


def candidates_of(zoo: Path, oracle: pd.DataFrame) -> list[Candidate]:
    """Return the checkpoints of one target's rows, each at its size of fine-tuning."""
    sizes = dict(zip(oracle["model"], oracle["input_size"], strict=True))
    found = resolve_candidates([str(zoo / "models" / name) for name in sizes], api=hub_api()).candidates
    names = {str(zoo / "models" / name): name for name in sizes}
    return [replace(one, repo_id=names[one.repo_id], input_size=int(sizes[names[one.repo_id]])) for one in found]


def extracted(
    zoo: Path, candidates: Sequence[Candidate], probe: Probe, store: Path, pixels: Pixels
) -> dict[str, Extraction]:
    """Return what each checkpoint computes, from the cache where it is known."""
    outcome = extract_all(
        candidates,
        probe,
        fetch=lambda candidate: zoo / "models" / candidate.repo_id,
        store=FeatureCache(store),
        device="cpu",
        transform=pixels[0],
        layers=LayerRequest(transform=pixels[1]),
    )
    if outcome.skipped:
        raise SystemExit(f"{outcome.skipped[0].model}: {outcome.skipped[0].reason}")
    return outcome.extractions


def look(zoo: Path, oracle: pd.DataFrame, target: str, store: Path, ways: Sequence[Pixels] = (DEFAULT,)) -> Seen:
    """Rank one target's checkpoints by everything, and by the kernel probes on each way of pixels."""
    probe = load_probe(str(zoo / "datasets" / target), split="train", samples=SAMPLES)
    candidates = candidates_of(zoo, oracle[(oracle["target"] == target) & (oracle["source"] != target)])
    found = extracted(zoo, candidates, probe, store, DEFAULT)
    ranking = build_ranking(candidates, found, probe)
    columns, kinds = columns_of(ranking)
    columns["feature width"] = {name: float(one.features["penultimate"].shape[1]) for name, one in found.items()}
    kinds["feature width"] = "baseline"
    by_pixels = {DEFAULT: {row.model: _four(row.scores) for row in ranking}}
    variants: dict[str, dict[str, tuple[float, float]]] = {}
    for pixels in ways:
        if pixels not in by_pixels:
            others = extracted(zoo, candidates, probe, store, pixels)
            again = build_ranking(candidates, others, probe, scores=SCORES)
            by_pixels[pixels] = {row.model: _four(row.scores) for row in again}
        if pixels == ("whole", "whole"):
            tried = {name: variants_of(found[name], others[name], np.asarray(probe.labels)) for name in found}
            variants = {way: {name: one[way] for name, one in tried.items()} for way in WAYS}
    return Seen(target, columns, kinds, len(probe.classes), len(probe), by_pixels, variants)


def promised(zoo: Path, oracle: pd.DataFrame, target: str, store: Path, calibration: Calibration) -> Ranking:
    """Rank one target's checkpoints by a calibration that does not know it."""
    probe = load_probe(str(zoo / "datasets" / target), split="train", samples=SAMPLES)
    candidates = candidates_of(zoo, oracle[(oracle["target"] == target) & (oracle["source"] != target)])
    found = extracted(zoo, candidates, probe, store, DEFAULT)
    return build_ranking(candidates, found, probe, scores=SCORES, calibration=calibration)


def columns_of(ranking: Ranking) -> tuple[dict[str, dict[str, float]], dict[str, str]]:
    """Return every column with larger values promising more, and what each is."""
    columns = {"consensus": {row.model: row.consensus for row in ranking if row.consensus is not None}}
    kinds = {"consensus": "consensus"}
    for name, about in ranking.scores.items():
        sign = -1.0 if about.lower_is_better else 1.0
        columns[name] = {row.model: sign * row.scores[name] for row in ranking if name in row.scores}
        kinds[name] = "score"
    for name in ("size", "capacity"):
        values = {row.model: row.baselines.get(name) for row in ranking}
        columns[name] = {model: float(value) for model, value in values.items() if value is not None}
        kinds[name] = "baseline"
    return columns, kinds


def _four(scores: Mapping[str, float]) -> dict[str, float]:
    return {name: scores[name] for name in SCORES if name in scores}


def transfers_of(seen: Sequence[Seen], runs: Sequence[pd.DataFrame]) -> list[dict[str, Any]]:
    """Return one line for every model, data set and run, as ``hubscore calibrate`` reads it."""
    by_target = {one.target: one for one in seen}
    lines = []
    for number, run in enumerate(runs):
        for row in run[run["source"] != run["target"]].to_dict("records"):
            one = by_target[row["target"]]
            line = {name: row[name] for name in ("model", "source", "target", "accuracy", "input_size")}
            about = {"family": row["architecture"], "run": number, "test_images": _test_images(row["target"])}
            probe = {"classes": one.classes, "samples": one.samples}
            scores = {name: round(value, 6) for name, value in one.pixels[DEFAULT][row["model"]].items()}
            lines.append(line | about | probe | scores)
    return lines


def _test_images(target: str) -> int:
    return 240 if target == "clothing10" else 300


def calibrated_without(target: str | None, lines: Sequence[Mapping[str, Any]]) -> Calibration:
    """Fit a calibration on all data sets but one."""
    rows = [
        Transfer(
            model=line["model"],
            target=line["target"],
            source=line["source"],
            accuracy=line["accuracy"],
            input_size=line["input_size"],
            family=line["family"],
            classes=line["classes"],
            samples=line["samples"],
            scores={name: line[name] for name in SCORES if name in line},
        )
        for line in lines
        if line["target"] != target
    ]
    return make(assemble(rows), Provenance(truth="if fine-tuned as in docs/truth.md")).calibration


def z(values: Sequence[float]) -> np.ndarray:
    """Return values by standard deviations from their mean, clipped at 3."""
    column = np.asarray(values, dtype=np.float64)
    spread = column.std()
    scaled: np.ndarray = np.clip((column - column.mean()) / (spread if spread > 0 else 1.0), -3, 3)
    return scaled


def by_probes(scores: Mapping[str, Mapping[str, float]], kept: Sequence[str] = SCORES) -> dict[str, float]:
    """Return z(accuracy) + z(-log loss) of the kernel probes, averaged first."""
    models = list(scores)
    found = [ProbeEvidence.of({name: scores[model].get(name) for name in kept}) for model in models]
    if kept == SCORES[2:]:  # the layers alone stand in for the features
        found = [ProbeEvidence(scores[model][kept[0]], scores[model][kept[1]], True) for model in models]
    known = [one for one in found if one is not None]
    values = z([one.accuracy for one in known]) + z([-one.loss for one in known])
    return dict(zip(models, values.tolist(), strict=True))


def history(truth: Accuracies, target: str) -> dict[str, float]:
    """Return each model's mean accuracy on the other data sets."""
    elsewhere: dict[str, list[float]] = {model: [] for model in truth[target]}
    for other, accuracies in truth.items():
        for model, value in accuracies.items():
            if other != target and model in elsewhere:
                elsewhere[model].append(value)
    return {model: float(np.mean(values)) for model, values in elsewhere.items() if values}


def orders_of(seen: Sequence[Seen], truth: Accuracies, promises: Mapping[str, Ranking]) -> list[Judged]:
    """Judge every order against one truth."""
    combined = {
        F: {one.target: by_probes(one.pixels[DEFAULT]) for one in seen},
        A: {one.target: by_probes(one.pixels[DEFAULT], SCORES[:2]) for one in seen},
        "layers' kernel probe": {one.target: by_probes(one.pixels[DEFAULT], SCORES[2:]) for one in seen},
        "history": {target: history(truth, target) for target in truth},
    }
    combined["expected accuracy"] = {
        target: {row.model: row.expected for row in ranking if row.expected is not None}
        for target, ranking in promises.items()
    }
    mixed = {target: _with_history(combined[F][target], history(truth, target)) for target in truth}
    judged = [judge(name, "order", columns, truth) for name, columns in combined.items()]
    judged.append(judge(f"{F}, and history", "order", mixed, truth))
    names = {name: kind for one in seen for name, kind in one.kinds.items()}
    columns = [(name, kind, {one.target: one.columns.get(name, {}) for one in seen}) for name, kind in names.items()]
    judged += [judge(name, kind, by_target, truth) for name, kind, by_target in columns if any(by_target.values())]
    judged.append(at_random(truth))
    return sorted(judged, key=lambda one: (KINDS.index(one.kind), -np.nan_to_num(one.mean("weighted_tau"), nan=-2)))


def _with_history(order: Mapping[str, float], known: Mapping[str, float]) -> dict[str, float]:
    models = [model for model in order if model in known]
    mixed = z([order[model] for model in models]) + 0.5 * z([known[model] for model in models])
    return dict(zip(models, mixed.tolist(), strict=True))


def pixels_table(seen: Sequence[Seen], one: Accuracies, mean: Accuracies) -> str:
    """Compare the checkpoints' own transforms with whole images squeezed to the input size."""
    lines = []
    for features, layers in PIXELS:
        columns = {each.target: by_probes(each.pixels[features, layers]) for each in seen}
        alone = {each.target: by_probes(each.pixels[features, layers], SCORES[:2]) for each in seen}
        both = [cells(judge("", "order", columns, truth)) for truth in (one, mean)]
        single = [cells(judge("", "order", alone, truth)) for truth in (one, mean)]
        lines.append([f"features {features}, no layers", *single[0], *single[1]])
        lines.append([f"features {features}, layers {layers}", *both[0], *both[1]])
    header = ["pixels", "weighted tau, one run", "Pearson", "points lost"]
    return markdown([*header, "weighted tau, mean of two runs", "Pearson", "points lost"], lines)


def tried_table(seen: Sequence[Seen], one: Accuracies, mean: Accuracies) -> str:
    """Compare other readings of the kernel probes with the one that is kept."""
    readings = {way: {each.target: by_probes(as_scores(each.variants[way])) for each in seen} for way in WAYS}
    both = {each.target: each.pixels for each in seen}
    readings["the five kernels on both transforms"] = {
        target: by_probes(as_scores(_mean_of_pixels(pixels))) for target, pixels in both.items()
    }
    lines = []
    for name, columns in readings.items():
        line = [name]
        for truth in (one, mean):
            kept = judge("", "order", {target: by_probes(pixels[DEFAULT]) for target, pixels in both.items()}, truth)
            tried = judge("", "order", columns, truth)
            apart = tried.values("weighted_tau") - kept.values("weighted_tau")
            low, high = bootstrap(apart)
            line += [f"{apart.mean():+.3f} [{low:+.3f}, {high:+.3f}]", f"{100 * tried.mean('regret'):.1f}"]
        lines.append(line)
    header = ["in place of the five kernels", "weighted tau gained, one run", "points lost"]
    return markdown([*header, "weighted tau gained, mean of two runs", "points lost"], lines)


def _mean_of_pixels(pixels: Mapping[Pixels, Mapping[str, Mapping[str, float]]]) -> dict[str, tuple[float, float]]:
    """Return the mean of features on both transforms, averaged with the layers."""
    found = {}
    for model in pixels[DEFAULT]:
        ways = [ProbeEvidence.of(pixels[way][model]) for way in (DEFAULT, ("whole", "whole"))]
        known = [one for one in ways if one is not None]
        found[model] = (
            float(np.mean([one.accuracy for one in known])),
            float(np.mean([one.loss for one in known])),
        )
    return found


def best_table(rankings: Mapping[str, Ranking], truth: Accuracies) -> str:
    """Compare what P(best) says with how often it was so, over all models and data sets."""
    told = [
        (row.p_best, truth[target][row.model] == max(truth[target].values()))
        for target, ranking in rankings.items()
        for row in ranking
    ]
    lines = []
    for low, high in ((0.0, 0.02), (0.02, 0.1), (0.1, 0.3), (0.3, 1.01)):
        some = [(p, best) for p, best in told if p is not None and low <= p < high]
        if some:
            said, was = (float(np.mean(column)) for column in zip(*some, strict=True))
            lines.append([f"{low:.0%} to {min(high, 1.0):.0%}", str(len(some)), f"{said:.1%}", f"{was:.1%}"])
    return markdown(["P(best)", "models", "said in the mean", "was the best"], lines)


def _run_error(runs: Sequence[Accuracies], target: str) -> float:
    """Return how far one run strays on a data set."""
    values = {model: [run[target][model] for run in runs if model in run[target]] for model in runs[0][target]}
    return pooled_deviation(values) or 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "hubscore-truth")
    parser.add_argument("--write", type=Path, help="put the tables into this document")
    parser.add_argument("--measured", type=Path, help="keep what `hubscore scores NAME` says, as JSON")
    parser.add_argument("--transfers", type=Path, help="keep what `hubscore calibrate` reads, as CSV")
    parser.add_argument("--pixels", action="store_true", help="compare ways to show images, another pass")
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    if "HUBSCORE_ZOO" not in os.environ:
        raise SystemExit("Set HUBSCORE_ZOO to a folder with checkpoints, data sets, oracle.csv and oracle_seed1.csv")
    zoo = Path(os.environ["HUBSCORE_ZOO"])
    runs = [pd.read_csv(zoo / name) for name in RUNS]
    targets = sorted(runs[0]["target"].unique())
    with get_context("spawn").Pool(arguments.workers, _one_thread) as pool:
        ways = PIXELS if arguments.pixels else (DEFAULT,)
        seen = pool.starmap(look, [(zoo, runs[0], target, arguments.cache, ways) for target in targets], chunksize=1)
        lines = transfers_of(seen, runs)
        tasks = [(zoo, runs[0], target, arguments.cache, calibrated_without(target, lines)) for target in targets]
        rankings = dict(zip(targets, pool.starmap(promised, tasks, chunksize=1), strict=True))
    if arguments.transfers:
        pd.DataFrame(lines).to_csv(arguments.transfers, index=False, lineterminator="\n")
    report(arguments, seen, [accuracies_of(run, targets) for run in runs], rankings)


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def accuracies_of(run: pd.DataFrame, targets: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return accuracies by data set and model, without models whose source is the data set."""
    kept = run[run["source"] != run["target"]]
    return {
        target: dict(zip(part["model"], part["accuracy"], strict=True))
        for target in targets
        for part in (kept[kept["target"] == target],)
    }


def mean_of(runs: Sequence[Accuracies]) -> dict[str, dict[str, float]]:
    """Return the mean of runs; a model that lacks one has the mean of the others."""
    return {
        target: {
            model: float(np.mean([run[target][model] for run in runs if model in run.get(target, {})]))
            for model in models
        }
        for target, models in runs[0].items()
    }


def report(arguments: Any, seen: Sequence[Seen], runs: Sequence[Accuracies], rankings: Mapping[str, Ranking]) -> None:
    """Print the tables, and write what was asked for."""
    one, mean = runs[0], mean_of(runs)
    errors = {target: _run_error(runs, target) for target in one}
    first, second = orders_of(seen, one, rankings), orders_of(seen, mean, rankings)
    first += [judge("another run of fine-tuning", "ceiling", runs[1], one), perfect(one, errors)]
    second += [perfect(mean, {target: error / np.sqrt(2) for target, error in errors.items()})]
    named, named_mean = ({judged.name: judged for judged in judgements} for judgements in (first, second))
    pairs = [(named[a], named[b], named_mean[a], named_mean[b]) for a, b in COMPARED]
    short = [named_mean[name] for name in SHORT]
    promises = {target: check_promises(ranking, mean[target]) for target, ranking in rankings.items()}
    parts = {
        "orders": orders_table([j for j in first if j.kind != "score"], second),
        "scores": orders_table([j for j in first if j.kind == "score"], second),
        "differences": differences_table(pairs),
        "data sets": targets_table(short, mean),
        "promises": promises_table(promises),
        "best": best_table(rankings, mean),
    }
    if arguments.pixels:
        parts |= {"pixels": pixels_table(seen, one, mean), "tried": tried_table(seen, one, mean)}
    for name, table in parts.items():
        print(f"\n{name}\n\n{table}")
    if arguments.measured:
        kept = measured(
            [j for j in second if j.kind != "ceiling"], len(one), len({m for models in one.values() for m in models})
        )
        arguments.measured.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    if arguments.write:
        text = document(arguments.write.read_text(encoding="utf-8"), parts)
        arguments.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
