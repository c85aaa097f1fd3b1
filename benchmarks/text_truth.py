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
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import text_finetune
from text_tables import (
    ABOUT,
    WAYS,
    Columns,
    by_data_set,
    over_last_layer,
    over_peer,
    promises,
    reached,
    table_of,
    timed,
    views_of,
)
from text_zoo import CHECKPOINTS, build
from truth_tables import document

from hubscore.candidates.resolve import resolve_candidates
from hubscore.extract.cache import FeatureCache
from hubscore.extract.extract_all import extract_all
from hubscore.hub.client import hub_api
from hubscore.probe.load import load_probe
from hubscore.ranking.build import build_ranking

RUNS = 3
"""Of each process that is timed."""
LIGHT = ("--no-layers", "--isolate", "never")
_PEER_SCRIPT = Path(__file__).with_name("text_peer.py")


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


def peer_scores(python: str, store: Path, models: Sequence[str], rows: Path, out: Path) -> dict[str, Any]:
    """Run the peer, or read what it said before."""
    if not out.exists():
        subprocess.run(
            [python, str(_PEER_SCRIPT), str(rows), str(out), *(str(store / m) for m in models)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def equal_work(python: str, store: Path, models: Sequence[str], rows: Path, work: Path) -> str:
    """Time the peer's default and hubscore on the same checkpoints and rows, in turn, each in a new process."""
    peer = "TransformerRanker, its default (H-score)"
    found: dict[str, list[dict[str, float]]] = {}
    for number in range(RUNS):
        ours = [sys.executable, "-m", "hubscore", "rank", str(rows), "--models", *(str(store / m) for m in models)]
        ours += ["--samples", "1000", "--modality", "text", "--quiet", "--device", "cpu", "--cache-dir"]
        commands = {
            "hubscore, H-score alone": [*ours, str(work / f"timed-{number}-1"), "--scores", "h_score_shrunk", *LIGHT],
            peer: [python, str(_PEER_SCRIPT), "--default-only", str(rows), str(work / "timed.json")],
            "hubscore, all scores and expected accuracies": [*ours, str(work / f"timed-{number}-2")],
        }
        commands[peer] += [str(store / m) for m in models]
        for name, command in commands.items():
            found.setdefault(name, []).append(_timed(command))
            print(f"{name}: {found[name][-1]}", flush=True)
        for used in work.glob("timed-*"):
            shutil.rmtree(used)
    return timed(found, peer)


def _timed(command: Sequence[str]) -> dict[str, float]:
    """Return the seconds of a process, of its CPU, and the memory of the largest process under it."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / 1024}


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
        rows, judged = rows_of(zoo, target, work), list(truth[target])
        kept = work / f"seen-{target}.json"
        if not kept.exists():
            told = [look(arguments.store, judged, rows, work), by_layers(arguments.store, judged, rows)]
            kept.write_text(json.dumps(told))
        seen[target], layers[target] = json.loads(kept.read_text())
        if arguments.peer:
            said = peer_scores(arguments.peer, arguments.store, judged, rows, work / f"peer-{target}.json")
            seen[target] |= {f"peer {name}": values for name, values in said["scores"].items()}
        print(f"looked at {target}", flush=True)
    views = views_of(truth, f1, models)
    three = {name: views[name] for name in list(views)[:3]}
    harder = views.get("without the random network", views["all"])
    parts = {
        "accuracies": reached(truth),
        "f1": reached(f1),
        "orders": table_of(seen, views),
        "each": by_data_set(seen, harder),
        "layers": table_of(layers, three),
        "chosen": over_last_layer(layers, three),
        "promises": promises(seen, truth),
    }
    if arguments.peer:
        parts["differences"] = over_peer(seen, views)
    if arguments.peer and arguments.time:
        parts["time"] = equal_work(arguments.peer, arguments.store, models, work / f"{next(iter(truth))}.csv", work)
    for name, table in parts.items():
        print(f"\n{name}\n\n{table}")
    if arguments.write:
        text = document(arguments.write.read_text(encoding="utf-8"), parts)
        arguments.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
