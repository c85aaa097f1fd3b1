"""How orders of text checkpoints are judged against real fine-tuning, and the tables of docs/text.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from text_zoo import CHECKPOINTS
from truth_tables import Floats, Judged, at_random, bootstrap, cells, hundredths, judge, markdown

ABOUT = {one.name: one for one in CHECKPOINTS}
WAYS = ("mean of the layers", "last layer", "best layer")
DEFAULT = "peer hscore"
"""The peer's own choice."""
PEER = {
    "hscore": "TransformerRanker, H-score of the mean over layers (its default)",
    "logme": "TransformerRanker, LogME",
    "knn": "TransformerRanker, kNN",
}
COMPARED = ("expected accuracy", "consensus", "kernel_probe", "logme", "h_score_shrunk", "knn")
PLAIN = ("consensus", "expected accuracy", "size", "depth", "random")
LEAST = 3
"""Models on a data set, without which there is no order to judge."""
Columns = dict[str, dict[str, float]]
"""Numbers by column or data set, and model."""
View = list[Columns]
"""Accuracies by data set and model; of several of them, measures are averaged."""


def views_of(truth: Columns, f1: Columns, models: Sequence[str]) -> dict[str, View]:
    """Return what orders are judged on: all checkpoints, and those that are harder to tell apart."""
    trained = [name for name in models if ABOUT[name].kind != "random"]
    whole = [name for name in trained if ABOUT[name].whole]
    views = {
        "all": [_among(truth, models)],
        "without the random network": [_among(truth, trained)],
        "full depth, none random": [_among(truth, whole)],
        "one of each family": [_among(truth, one) for one in _one_each(models)],
        "macro F1, without the random network": [_among(f1, trained)],
    }
    found = {name: [one for one in view if one] for name, view in views.items()}
    return {name: view for name, view in found.items() if view}


def _one_each(models: Sequence[str]) -> list[tuple[str, ...]]:
    """Return every choice of one checkpoint of each family."""
    families: dict[str, list[str]] = {}
    for name in models:
        families.setdefault(ABOUT[name].family, []).append(name)
    return list(product(*families.values()))


def _among(truth: Columns, kept: Sequence[str]) -> Columns:
    """Leave some models, and the data sets that have three of them."""
    cut = {target: {m: v for m, v in models.items() if m in kept} for target, models in truth.items()}
    return {target: models for target, models in cut.items() if len(models) >= LEAST}


def _averaged(each: Sequence[Judged]) -> Judged:
    """Average what one order reaches over several choices of checkpoints, on each data set."""
    targets = list(dict.fromkeys(target for one in each for target in one.by_target))
    by_target = {}
    for target in targets:
        found = np.array([one.by_target[target] for one in each if target in one.by_target])
        known = np.isfinite(found)
        sums = np.where(known, found, 0.0).sum(axis=0)
        tau, pearson, lost = np.where(known.any(axis=0), sums / np.maximum(known.sum(axis=0), 1), np.nan).tolist()
        by_target[target] = (tau, pearson, lost)
    return Judged(each[0].name, each[0].kind, by_target, float(np.mean([one.share for one in each])))


def orders(seen: Mapping[str, Columns], view: View) -> dict[str, Judged]:
    """Judge every column that any data set has, by name: the best first, and last what orders a part of the models."""
    names = [name for name in dict.fromkeys(n for one in seen.values() for n in one) if name not in ("low", "high")]
    made = [
        _averaged([judge(name, "order", {t: one.get(name, {}) for t, one in seen.items()}, truth) for truth in view])
        for name in names
    ]
    made = [one for one in made if one.share > 0]
    made.append(_averaged([at_random(truth) for truth in view]))
    # Those that order a part of the models come last: on fewer models a tau is no match for the others'.
    made.sort(key=lambda one: (one.share <= 0.999, -np.nan_to_num(one.mean("weighted_tau"), nan=-2)))
    return {one.name: one for one in made}


def table_of(seen: Mapping[str, Columns], views: Mapping[str, View]) -> str:
    """Write every order's measures on the first view, and its weighted tau on the others."""
    first, *rest = views
    whole, *others = (orders(seen, view) for view in views.values())
    lines = []
    for name, judged in whole.items():
        more = [cells(one[name])[0] if name in one else "-" for one in others]
        lines.append([_title(judged), *cells(judged), *more])
    return markdown(
        ["order by", f"weighted tau, {first}", "Pearson", "points lost", *(f"weighted tau, {one}" for one in rest)],
        lines,
    )


def by_data_set(seen: Mapping[str, Columns], view: View) -> str:
    """Write every order's weighted tau on each data set, and how much that is above depth's and size's in the mean."""
    found = orders(seen, view)
    targets = list(found["random"].by_target)
    lines = []
    for judged in found.values():
        taus = [hundredths(judged.by_target[t][0]) if t in judged.by_target else "-" for t in targets]
        against = [_gain(judged, found[name])[0] if name in found else "-" for name in ("depth", "size")]
        lines.append([_title(judged), *taus, *against])
    return markdown(["order by", *targets, "above depth", "above size"], lines)


def _gain(one: Judged, other: Judged) -> tuple[str, str]:
    """Return how much more one order reaches than another, with an interval over data sets, and a verdict."""
    apart: Floats = one.values("weighted_tau") - other.values("weighted_tau")
    if not np.isfinite(apart).any():
        return "-", "nothing to compare"
    low, high = bootstrap(apart)
    if np.isnan(low):
        return f"{np.nanmean(apart):+.3f}", "one data set"
    verdict = "better" if low > 0 else "worse" if high < 0 else "no difference"
    return f"{np.nanmean(apart):+.3f} [{low:+.3f}, {high:+.3f}]", verdict


def differences(
    seen: Mapping[str, Columns], views: Mapping[str, View], pairs: Sequence[tuple[str, str]], said: Sequence[str]
) -> str:
    """Write how much better one order is than another, over data sets, on each view."""
    found = [orders(seen, view) for view in views.values()]
    lines = []
    for (name, other), words in zip(pairs, said, strict=True):
        cellss = [_gain(one[name], one[other]) if name in one and other in one else ("-", "-") for one in found]
        lines.append([words, *(f"{gain}: {verdict}" if gain != "-" else "-" for gain, verdict in cellss)])
    return markdown(["weighted tau gained", *views], lines)


def over_peer(seen: Mapping[str, Columns], views: Mapping[str, View]) -> str:
    """Write how much better some orders are than the peer's default."""
    said = [f"{name} less TransformerRanker's default" for name in COMPARED]
    return differences(seen, views, [(name, DEFAULT) for name in COMPARED], said)


def over_last_layer(layers: Mapping[str, Columns], views: Mapping[str, View]) -> str:
    """Write what the mean over layers and the best layer gain over the last."""
    scores = list(dict.fromkeys(name.partition(",")[0] for one in layers.values() for name in one))
    last = WAYS[1]
    pairs = [(f"{score}, {way}", f"{score}, {last}") for score in scores for way in WAYS if way != last]
    return differences(layers, views, pairs, [f"{one} less {last}" for one, _ in pairs])


def _title(judged: Judged) -> str:
    name = PEER.get(judged.name.removeprefix("peer "), judged.name) if judged.name.startswith("peer ") else judged.name
    plain = name in PLAIN or " " in name
    shown = name if plain else f"`{name}`"
    return shown if judged.share > 0.999 else f"{shown} ({judged.share:.0%} of the models)"


def reached(truth: Columns) -> str:
    """Write what fine-tuning reached, in percent."""
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
        if not told:
            continue
        apart = [one["expected accuracy"][m] - models[m] for m in told]
        inside = [one["low"][m] <= models[m] <= one["high"][m] for m in told]
        wide = [one["high"][m] - one["low"][m] for m in told]
        numbers = (f"{100 * np.mean(apart):+.1f}", f"{100 * np.mean(np.abs(apart)):.1f}")
        lines.append([target, str(len(told)), *numbers, f"{np.mean(inside):.0%}", f"{100 * np.mean(wide):.0f}"])
    header = ["data set", "models", "expected less measured, points", "mean error", "inside the 90 % interval"]
    return markdown([*header, "width of the interval, points"], lines)


def timed(found: Mapping[str, Sequence[Mapping[str, Any]]], base: str) -> str:
    """Write medians over runs of seconds, seconds of CPU and memory, and the share of the base's seconds."""
    least = np.median([one["seconds"] for one in found[base]])
    lines = []
    for name, runs in found.items():
        seconds, cpu, peak = (float(np.median([one[key] for one in runs])) for key in ("seconds", "cpu", "mb"))
        spread = f"{min(one['seconds'] for one in runs):.1f} to {max(one['seconds'] for one in runs):.1f}"
        lines.append([name, f"{seconds:.1f} ({spread})", f"{cpu:.1f}", f"{peak:.0f}", f"{seconds / least:.2f}"])
    header = ["process", "seconds (all runs)", "seconds of CPU", "most memory of a process, MB"]
    return markdown([*header, "of the peer's seconds"], lines)
