"""Recommendations from a history against real fine-tuning: one data set left out at a time.

    HUBSCORE_FACTS=path/to/facts HUBSCORE_ZOO=path/to/zoo python benchmarks/recommend_truth.py --write docs/recommend.md

Of HUBSCORE_FACTS the tables ``parc_controlled.csv`` and ``parc_all.csv`` are read: accuracies after fine-tuning, no
images, hence no proxy. HUBSCORE_ZOO holds checkpoints, data sets and ``oracle.csv``: every checkpoint looks at 400
training images of every data set through hubscore's own extraction and cache, one of them is the proxy and left out of
the pool, and the matrix holds either FDA scores or the accuracies of the other data sets. ``oracle_seed1.csv``, a
second fine-tuning of everything, judges the same orders once more. What a checkpoint did on its own source is left out.
Without one of the two folders its tables are skipped. ``--write`` puts the tables between the marks of a Markdown file;
without it they are printed. With features in the cache it takes some ten minutes.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from recommend_zoo import PROXIES, Eyes, zoo_eyes

from hubscore.bench.metrics import pearson, regret, weighted_tau
from hubscore.recommend.fitted import fit_history
from hubscore.recommend.history import History, ModelFacts, TaskFacts, TaskVector
from hubscore.recommend.merge import merge
from hubscore.recommend.regression import predict_by_regression
from hubscore.recommend.task_regression import fit_task_regression

Floats = np.ndarray
RANKS = (1, 2, 3, 4)
ALPHAS = (0.25, 0.5, 0.75)
DRAWS = 50
"""Random orders whose mean stands for one."""


@dataclass(frozen=True)
class Case:
    """A history whose data sets are left out in turn.

    Attributes:
        name: of the table.
        history: what recommends.
        truth: accuracies of the same models and data sets, NaN where a model is not judged.
        others: further orders, shape (models, tasks) each, by name.
        views: what the proxy sees of each task by mean and standard deviation, by name of the task.
    """

    name: str
    history: History
    truth: Floats
    others: Mapping[str, Floats] = field(default_factory=dict)
    views: Mapping[str, Floats] = field(default_factory=dict)


def parc(facts: Path, name: str) -> Case:
    """Return PARC's accuracies as a history: no images, so that TRANS stands at the mean of the data sets."""
    table = pd.read_csv(facts / f"parc_{name}.csv")
    table["model"] = table["Architecture"] + " " + table["Source Dataset"]
    cells = table.pivot(index="model", columns="Target Dataset", values="Oracle") / 100
    families = table.groupby("model")["Architecture"].first()
    known = {model: ModelFacts(family=families[model]) for model in cells.index}
    history = replace(History.of(list(cells.index), list(cells.columns), cells.to_numpy()), model_facts=known)
    return Case(f"PARC, {name} models", history, cells.to_numpy())


def zoo_case(eyes: Eyes, proxy: str, values: Floats, score: str, truth: Floats | None = None) -> Case:
    """Return the zoo's checkpoints but one as a history; that one is the proxy."""
    views = {task: eyes.views[proxy, task] for task in eyes.tasks}
    pool = [place for place, model in enumerate(eyes.models) if model != proxy]
    kept = np.where(np.isnan(eyes.accuracies), np.nan, values)
    history = replace(
        History.of(eyes.models, eyes.tasks, kept, score=score),
        model_facts=eyes.model_facts,
        task_facts={
            task: TaskFacts(task, classes=eyes.classes[task], samples=eyes.samples[task]) for task in eyes.tasks
        },
        task_vectors={task: TaskVector(proxy, None, view[: len(view) // 2]) for task, view in views.items()},
        architecture_vectors=eyes.architectures,
    ).select(models=pool)
    others = {"forward pass (consensus)": eyes.consensus[pool]} if np.isfinite(eyes.consensus).any() else {}
    judge = eyes.accuracies if truth is None else truth
    return Case(f"{proxy}, {score}", history, judge[pool], others, views)


def orders(case: Case, task: int, seed: int = 0) -> dict[str, Floats]:
    """Return every order of the models for one data set that the history does not know."""
    rest = [place for place in range(len(case.history.tasks)) if place != task]
    past = case.history.select(tasks=rest)
    name = case.history.tasks[task]
    facts = case.history.task_facts.get(name, TaskFacts(name))
    rng = np.random.default_rng(task)
    found: dict[str, Floats] = {"random": rng.normal(size=(DRAWS, len(past.models)))}
    sizes = [past.model_facts[model].parameters or np.nan for model in past.models]
    if np.isfinite(sizes).all():
        found["size"] = np.log(sizes)
    for rank in RANKS:
        fitted = fit_history(past, rank=rank, seed=seed, interval=False)
        mean, meta, _ = fitted.predict(None, facts, 0.5)
        found |= {"mean history": fitted.mean_history, "mean history, z not clipped": unclipped(past.values)}
        found |= {"META alone": meta, f"NMF alone, k={rank}, no proxy": mean}
        vectors = [case.history.task_vectors[one].vector for one in past.tasks if one in case.history.task_vectors]
        if len(vectors) == len(rest):
            regression = fit_task_regression(vectors, fitted.space.tasks, seed=seed)
            place = regression.predict(case.history.task_vectors[name].vector)
            mean = fitted.predict(place, facts, 0.5)[0]
            found[f"NMF alone, k={rank}, proxy"] = mean
            if rank == 3:
                wide = fit_task_regression([case.views[one] for one in past.tasks], fitted.space.tasks, seed=seed)
                place_of_wide = wide.predict(case.views[name])
                found["NMF alone, k=3, proxy by mean and sd"] = fitted.predict(place_of_wide, facts, 0.5)[0]
        else:
            place = None
        if rank == 3:
            found["ridge regression, k=3"] = predict_by_regression(fitted, place, facts, seed=seed).values
        for alpha in ALPHAS if rank == 3 else (0.5,):
            found[f"Fennec merged, k={rank}, alpha={alpha:g}"] = merge(mean, meta, alpha)
    if past.architecture_vectors:
        plain = fit_history(replace(past, architecture_vectors={}), rank=1, seed=seed, interval=False)
        found["META alone, one-hot families"] = plain.predict(None, facts, 0.5)[1]
    for other, values in case.others.items():
        found[other] = values[:, task]
        found[f"{other} + mean history"] = z(values[:, task]) + z(found["mean history"])
    return found


def z(values: Floats) -> Floats:
    """Return values by standard deviations from their mean."""
    return np.asarray((values - np.nanmean(values)) / np.nanstd(values))


def unclipped(values: Floats) -> Floats:
    """Return every model's mean z over the data sets."""
    return np.asarray(np.nanmean((values - np.nanmean(values, axis=0)) / np.nanstd(values, axis=0), axis=1))


def judged(case: Case) -> dict[str, Floats]:
    """Return, for every order, Pearson's r, the weighted tau and the points lost on each data set: (tasks, 3)."""
    measures: tuple[Callable[[Floats, Floats], float], ...] = (pearson, weighted_tau, regret)
    by_task: dict[str, list[list[float]]] = {}
    for task in range(len(case.history.tasks)):
        truth = case.truth[:, task]
        for name, values in orders(case, task).items():
            draws = np.atleast_2d(values)
            kept = ~np.isnan(truth) & ~np.isnan(draws).any(axis=0)
            line = [float(np.mean([measure(draw[kept], truth[kept]) for draw in draws])) for measure in measures]
            by_task.setdefault(name, []).append(line)
    return {name: np.array(lines) for name, lines in by_task.items()}


def differences(found: Mapping[str, Mapping[str, Floats]]) -> str:
    """Return Fennec merged less the mean of the history, with the interval from drawing the data sets again."""
    lines = [
        "| history of measured accuracies | Pearson | weighted tau | points lost |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, one in found.items():
        apart = (one["Fennec merged, k=3, alpha=0.5"] - one["mean history"]) * [1, 1, 100]
        draws = np.random.default_rng(0).integers(0, len(apart), (4000, len(apart)))
        low, high = np.quantile(apart[draws].mean(axis=1), [0.025, 0.975], axis=0)
        spread = zip(apart.mean(axis=0), low, high, (3, 3, 1), strict=True)
        cells = [
            f"{mean:+.{digits}f} [{least:+.{digits}f}, {most:+.{digits}f}]" for mean, least, most, digits in spread
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def table(cases: Sequence[Case], found: Sequence[Mapping[str, Floats]]) -> str:
    """Return one Markdown table: an order a line, three means over the data sets a case."""
    names = list(dict.fromkeys(name for one in found for name in one))
    header = " | ".join(f"{case.name}: Pearson | weighted tau | points lost" for case in cases)
    lines = [f"| order by | {header} |", f"| --- | {' | '.join(['---: | ---: | ---:'] * len(cases))} |"]
    for name in names:
        line = [cell for one in found for cell in (_cells(one[name].mean(axis=0)) if name in one else ["-"] * 3)]
        lines.append(f"| {name} | {' | '.join(line)} |")
    return "\n".join(lines)


def _cells(values: Floats) -> list[str]:
    return [f"{values[0]:.3f}", f"{values[1]:.3f}", f"{100 * values[2]:.1f}"]


def main() -> None:
    """Make the tables that the folders at hand allow."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "hubscore-truth")
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    made: dict[str, str] = {}
    measured: dict[str, Mapping[str, Floats]] = {}
    if facts := os.environ.get("HUBSCORE_FACTS"):
        cases = [parc(Path(facts), name) for name in ("controlled", "all")]
        found = [judged(case) for case in cases]
        made["parc"] = table(cases, found)
        measured |= {f"{case.name}, no proxy": one for case, one in zip(cases, found, strict=True)}
    if zoo := os.environ.get("HUBSCORE_ZOO"):
        eyes = zoo_eyes(Path(zoo), arguments.cache)
        for number, proxy in enumerate(PROXIES):
            matrices = (("accuracy", eyes.accuracies), ("fda", eyes.fda))
            cases = [zoo_case(eyes, proxy, values, score) for score, values in matrices]
            found = [judged(case) for case in cases]
            made[f"zoo-{number + 1}"] = table(cases, found)
            measured[f"zoo, proxy {proxy}"] = found[0]
        cases = [zoo_case(eyes, proxy, eyes.accuracies, "accuracy", eyes.again) for proxy in PROXIES]
        made["zoo-again"] = table(cases, [judged(case) for case in cases])
    made["differences"] = differences(measured)
    text = arguments.write.read_text(encoding="utf-8") if arguments.write else ""
    for name, lines in made.items():
        mark = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=\n<!-- end -->)", re.DOTALL)
        if mark.search(text):
            text = mark.sub(lambda _, new=lines: new, text, count=1)
        else:
            print(f"<!-- {name} -->\n{lines}\n<!-- end -->\n")
    if arguments.write:
        arguments.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
