"""Every score on texts, and TransformerRanker's, against real fine-tuning of small encoders on five data sets.

    HUBSCORE_ZOO=path/to/zoo python benchmarks/text_truth.py --store ./text-zoo --write docs/text.md

Makes the checkpoints of ``text_zoo.py``, fine-tunes each on each data set (``text_finetune.py``; both go on where they
were stopped), ranks them by hubscore on the rows that they were trained on, and judges every order. ``--peer PYTHON``
names the interpreter of an environment with transformer-ranker: it looks at the same checkpoints and rows.
Features, the peer's scores and accuracies are kept under ``--store``.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import text_finetune
from text_zoo import CHECKPOINTS, build
from truth_tables import Judged, at_random, bootstrap, cells, document, judge, markdown

from hubscore.candidates.resolve import resolve_candidates
from hubscore.extract.cache import FeatureCache
from hubscore.extract.extract_all import extract_all
from hubscore.hub.client import hub_api
from hubscore.probe.load import load_probe
from hubscore.ranking.build import build_ranking

ABOUT = {one.name: one for one in CHECKPOINTS}
WAYS = ("mean of the layers", "last layer", "best layer")
PEER = {
    "hscore": "TransformerRanker, H-score of the mean over layers (its default)",
    "logme": "TransformerRanker, LogME",
    "knn": "TransformerRanker, kNN",
    "hscore lastlayer": "TransformerRanker, H-score, `lastlayer`",
    "hscore bestlayer": "TransformerRanker, H-score, `bestlayer`",
}
Columns = dict[str, dict[str, float]]


def rows_of(zoo: Path, target: str, work: Path) -> Path:
    """Write the rows that the checkpoints are fine-tuned on as a table, and return its path."""
    train, _, _ = text_finetune.parts_of(zoo, target, 0)
    path = work / f"{target}.csv"
    names = [f"class {label:03}" for label in train.labels]
    pd.DataFrame({"text": train.texts, "label": names}).to_csv(path, index=False)
    return path


def look(store: Path, models: Sequence[str], rows: Path, work: Path) -> Columns:
    """Return every column of hubscore's ranking, larger promising more, and the intervals of expected accuracies."""
    probe = load_probe(str(rows), samples=1000, modality="text", input_column="text", label_column="label")
    found = resolve_candidates([str(store / name) for name in models], api=hub_api()).candidates
    outcome = extract_all(
        found, probe, fetch=lambda one: store / Path(one.repo_id).name, store=FeatureCache(work / "cache"), device="cpu"
    )
    for one in outcome.skipped:
        print(f"left out: {one.model}: {one.reason}", flush=True)
    ranking = build_ranking(found, outcome.extractions, probe)
    columns: Columns = {"consensus": {}, "expected accuracy": {}, "low": {}, "high": {}, "size": {}, "depth": {}}
    for row in ranking:
        name = Path(row.model).name
        if row.consensus is not None:
            columns["consensus"][name] = row.consensus
        if row.expected is not None and row.expected_ci is not None:
            columns["expected accuracy"][name] = row.expected
            columns["low"][name], columns["high"][name] = row.expected_ci
        columns["size"][name] = float(row.parameters or 0)
        columns["depth"][name] = float(ABOUT[name].depth)
        for score, value in row.scores.items():
            sign = -1.0 if ranking.scores[score].lower_is_better else 1.0
            columns.setdefault(score, {})[name] = sign * value
    return columns


def by_layers(store: Path, models: Sequence[str], rows: Path) -> Columns:
    """Return three scores on the mean over tokens: of the mean over layers, of the last layer, and of the best."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    from hubscore import score

    data = pd.read_csv(rows)
    labels = data["label"].astype("category").cat.codes.to_numpy()
    columns: Columns = {}
    for name in models:
        tokenizer, model = AutoTokenizer.from_pretrained(store / name), AutoModel.from_pretrained(store / name).eval()
        layers: list[list[Any]] = []
        with torch.inference_mode():
            for start in range(0, len(data), 32):
                texts = data["text"].iloc[start : start + 32].tolist()
                given = tokenizer(texts, padding=True, truncation=True, max_length=64, return_tensors="pt")
                weights = given["attention_mask"][..., None].float()
                states = model(**given, output_hidden_states=True).hidden_states[1:]
                layers.append([((state * weights).sum(1) / weights.sum(1)).numpy() for state in states])
        features = [np.concatenate([part[at] for part in layers]) for at in range(len(layers[0]))]
        for which in ("h_score_shrunk", "logme", "kernel_probe"):
            each = [float(score(which, features=one, labels=labels)) for one in features]
            mean = float(score(which, features=np.mean(features, axis=0), labels=labels))
            for way, value in zip(WAYS, (mean, each[-1], max(each)), strict=True):
                columns.setdefault(f"`{which}`, {way}", {})[name] = value
    return columns


def truth_of(table: Path, models: Sequence[str], targets: Sequence[str]) -> tuple[Columns, Columns]:
    """Return accuracies and macro F1 by data set and model, without the models that were made on the data set."""
    lines = pd.read_csv(table)
    best = lines.sort_values("validation").groupby(["model", "target", "seed"], as_index=False).last()
    mean = best.groupby(["model", "target"])[["accuracy", "macro_f1"]].mean()
    found: tuple[Columns, Columns] = ({}, {})
    for target in targets:
        for model in models:
            if ABOUT[model].source != target and (model, target) in mean.index:
                for columns, value in zip(found, mean.loc[(model, target)], strict=True):
                    columns.setdefault(target, {})[model] = float(value)
    return found


def orders(seen: Mapping[str, Columns], truth: Columns) -> list[Judged]:
    """Judge every column that any data set has, the best first."""
    names = [name for name in dict.fromkeys(n for one in seen.values() for n in one) if name not in ("low", "high")]
    made = [judge(name, "order", {t: one.get(name, {}) for t, one in seen.items()}, truth) for name in names]
    return sorted([*made, at_random(truth)], key=lambda one: -np.nan_to_num(one.mean("weighted_tau"), nan=-2))


def among(truth: Columns, kept: Sequence[str]) -> Columns:
    """Leave some models, and the data sets that have three of them."""
    cut = {target: {m: v for m, v in models.items() if m in kept} for target, models in truth.items()}
    return {target: models for target, models in cut.items() if len(models) >= 3}


def table_of(seen: Mapping[str, Columns], views: Mapping[str, Columns]) -> str:
    """Write every order's measures on all models, and its weighted tau among others."""
    whole, *others = ({one.name: one for one in orders(seen, truth)} for truth in views.values())
    lines = []
    for name, judged in whole.items():
        more = [cells(one[name])[0] if name in one else "-" for one in others]
        lines.append([_title(judged), *cells(judged), *more])
    first, *rest = views
    return markdown(
        ["order by", f"weighted tau, {first}", "Pearson", "points lost", *(f"weighted tau, {one}" for one in rest)],
        lines,
    )


def _title(judged: Judged) -> str:
    name = PEER.get(judged.name.removeprefix("peer "), judged.name) if judged.name.startswith("peer ") else judged.name
    plain = name in ("consensus", "expected accuracy", "size", "depth", "random") or " " in name
    shown = name if plain else f"`{name}`"
    return shown if judged.share > 0.999 else f"{shown} ({judged.share:.0%} of the models)"


def differences(seen: Mapping[str, Columns], views: Mapping[str, Columns], over: str) -> str:
    """Write how much better some orders are than the peer's default, over data sets."""
    lines = []
    for name in ("expected accuracy", "consensus", "kernel_probe", "logme", "h_score_shrunk"):
        line = [f"{name} less {PEER['hscore'].partition(',')[0]}'s default"]
        for truth in views.values():
            found = {one.name: one for one in orders(seen, truth)}
            if name not in found or over not in found:
                line.append("-")
                continue
            apart = found[name].values("weighted_tau") - found[over].values("weighted_tau")
            low, high = bootstrap(apart)
            verdict = "better" if low > 0 else "worse" if high < 0 else "no difference"
            line.append(f"{np.nanmean(apart):+.3f} [{low:+.3f}, {high:+.3f}]: {verdict}")
        lines.append(line)
    return markdown(["weighted tau gained", *views], lines)


def accuracies_table(truth: Columns) -> str:
    """Write what fine-tuning reached."""
    models = [name for name in ABOUT if any(name in found for found in truth.values())]
    lines = [
        [name, str(ABOUT[name].depth), *(f"{100 * truth[t][name]:.1f}" if name in truth[t] else "-" for t in truth)]
        for name in models
    ]
    return markdown(["checkpoint", "layers", *truth], lines)


def promises(seen: Mapping[str, Columns], truth: Columns) -> str:
    """Compare expected accuracies, which are calibrated on images, with what fine-tuning of texts reached."""
    lines = []
    for target, models in truth.items():
        one = seen[target]
        told = [m for m in models if m in one["expected accuracy"]]
        apart = [one["expected accuracy"][m] - models[m] for m in told]
        inside = [one["low"][m] <= models[m] <= one["high"][m] for m in told]
        wide = [one["high"][m] - one["low"][m] for m in told]
        lines.append(
            [
                target,
                str(len(told)),
                f"{100 * np.mean(apart):+.1f}",
                f"{100 * np.mean(np.abs(apart)):.1f}",
                f"{np.mean(inside):.0%}",
                f"{100 * np.mean(wide):.0f}",
            ]
        )
    return markdown(
        [
            "data set",
            "models",
            "expected less measured, points",
            "mean error",
            "inside the 90 % interval",
            "width of the interval, points",
        ],
        lines,
    )


def peer_scores(python: str, store: Path, models: Sequence[str], rows: Path, out: Path) -> dict[str, Any]:
    """Run the peer, or read what it said before."""
    if not out.exists():
        script = Path(__file__).with_name("text_peer.py")
        subprocess.run(
            [python, str(script), str(rows), str(out), *(str(store / m) for m in models)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def equal_work(python: str, store: Path, models: Sequence[str], rows: Path, work: Path) -> str:
    """Time the peer's default and one score of hubscore on the same checkpoints and rows, each in a new process."""
    ours = [sys.executable, "-m", "hubscore", "rank", str(rows), "--models", *(str(store / m) for m in models)]
    ours += ["--samples", "1000", "--modality", "text", "--cache-dir", str(work / f"timed-{time.time_ns()}")]
    theirs = [python, str(Path(__file__).with_name("text_peer.py")), str(rows), str(work / f"t-{time.time_ns()}.json")]
    lines = []
    for name, command in {
        "hubscore, H-score alone": [*ours, "--scores", "h_score", "--no-layers", "--isolate", "never", "--quiet"],
        "hubscore, all scores and expected accuracies": [*ours, "--quiet"],
        "TransformerRanker, H-score (its default)": [*theirs, *(str(store / m) for m in models)],
    }.items():
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - began
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        peak = f"{after.ru_maxrss / 1024:.0f}"
        if command[0] == python:
            said = json.loads(Path(command[3]).read_text())
            wall, cpu, peak = said["seconds"], said["cpu_seconds"], f"{said['peak_mb']:.0f}"
        lines.append([name, f"{wall:.0f}", f"{cpu:.0f}", peak])
    return markdown(["on one data set", "seconds", "seconds of CPU", "largest process so far, MB"], lines)


def main() -> None:
    """Make, fine-tune, rank, judge and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--store", type=Path, required=True, help="where checkpoints, rows and results are kept")
    parser.add_argument("--peer", help="the interpreter of an environment with transformer-ranker")
    parser.add_argument("--only", nargs="+", help="some of the data sets")
    parser.add_argument("--write", type=Path, help="put the tables into this document")
    parser.add_argument("--no-training", action="store_true", help="judge by what was fine-tuned before")
    parser.add_argument("--time", action="store_true", help="time equal work as well")
    arguments = parser.parse_args()
    if "HUBSCORE_ZOO" not in os.environ:
        raise SystemExit("Set HUBSCORE_ZOO to a folder with datasets/text-*")
    zoo, store, work = Path(os.environ["HUBSCORE_ZOO"]), arguments.store, arguments.store / "work"
    work.mkdir(parents=True, exist_ok=True)
    targets = sorted(path.name for path in (zoo / "datasets").glob("text-*"))
    if not arguments.no_training:
        names = [one.name for one in build(store, zoo)]
        text_finetune.run(store, zoo, names, targets, store / "truth.csv")
    models = [one.name for one in CHECKPOINTS if (store / one.name / "config.json").exists()]
    truth, f1 = truth_of(store / "truth.csv", models, targets)
    report(arguments, zoo, work, models, truth, f1)


def report(arguments: Any, zoo: Path, work: Path, models: Sequence[str], truth: Columns, f1: Columns) -> None:
    """Rank on every data set, judge, and print or write the tables."""
    seen, layers = dict[str, Columns](), dict[str, Columns]()
    for target in list(truth):
        if arguments.only and target not in arguments.only:
            truth.pop(target)
            f1.pop(target)
            continue
        rows = rows_of(zoo, target, work)
        kept = work / f"seen-{target}.json"
        if not kept.exists():
            told = [look(arguments.store, models, rows, work), by_layers(arguments.store, models, rows)]
            kept.write_text(json.dumps(told))
        seen[target], layers[target] = json.loads(kept.read_text())
        if arguments.peer:
            said = peer_scores(arguments.peer, arguments.store, models, rows, work / f"peer-{target}.json")
            seen[target] |= {f"peer {name}": values for name, values in said["scores"].items()}
        print(f"looked at {target}", flush=True)
    trained = [name for name in models if ABOUT[name].kind != "random"]
    deep = [name for name in models if ABOUT[name].depth == max(ABOUT[m].depth for m in models)]
    views = {
        "all": truth,
        "without the random network": among(truth, trained),
        "full depth": among(truth, deep),
        "full depth, none random": among(truth, [name for name in deep if name in trained]),
        "macro F1, all": f1,
    }
    views = {name: found for name, found in views.items() if found}
    parts = {
        "accuracies": accuracies_table(truth),
        "orders": table_of(seen, views),
        "layers": table_of(layers, {name: views[name] for name in list(views)[:3]}),
        "promises": promises(seen, truth),
    }
    if arguments.peer:
        parts["differences"] = differences(seen, views, "peer hscore")
    if arguments.peer and arguments.time:
        parts["time"] = equal_work(arguments.peer, arguments.store, models, work / f"{next(iter(truth))}.csv", work)
    for name, table in parts.items():
        print(f"\n{name}\n\n{table}")
    if arguments.write:
        text = document(arguments.write.read_text(encoding="utf-8"), parts)
        arguments.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
