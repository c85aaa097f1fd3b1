"""How orders are judged against real fine-tuning, and the tables of docs/truth.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hubscore.bench import metrics as measures
from hubscore.bench.noise import ceiling
from hubscore.bench.promises import Promises
from hubscore.errors import Undefined

Floats = NDArray[np.float64]
Accuracies = Mapping[str, Mapping[str, float]]
"""By data set and model."""
DRAWS = 4000
CALLED = {"capacity": "depth (`capacity`)"}
"""What the tables call a baseline."""
MEASURES = ("weighted_tau", "pearson", "regret")


@dataclass(frozen=True)
class Judged:
    """One order against real fine-tuning.

    Attributes:
        name: of the order.
        kind: ``order``, ``score``, ``baseline`` or ``ceiling``.
        by_target: weighted tau, Pearson and accuracy lost, on each data set; NaN where undefined.
        share: of the models that it orders.
    """

    name: str
    kind: str
    by_target: Mapping[str, tuple[float, float, float]]
    share: float = 1.0

    def values(self, measure: str) -> Floats:
        """One measure on every data set."""
        at = MEASURES.index(measure)
        return np.array([found[at] for found in self.by_target.values()])

    def mean(self, measure: str) -> float:
        """The mean over the data sets on which it is defined; NaN where it is defined on none."""
        values = self.values(measure)
        known = values[np.isfinite(values)]
        return float(known.mean()) if len(known) else float("nan")

    def interval(self, measure: str) -> tuple[float, float]:
        """The 95 % interval of the mean, by drawing data sets again."""
        return bootstrap(self.values(measure))


def bootstrap(values: Floats) -> tuple[float, float]:
    """Return the 95 % interval of the mean over data sets, which are drawn again with replacement."""
    known = values[np.isfinite(values)]
    if len(known) < 2:
        return float("nan"), float("nan")
    drawn = known[np.random.default_rng(0).integers(0, len(known), (DRAWS, len(known)))].mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def judge(name: str, kind: str, columns: Mapping[str, Mapping[str, float]], truth: Accuracies) -> Judged:
    """Judge an order, given by data set and model.

    Where it lacks models, it is judged on the others, and what taking its first costs is not known.
    """
    by_target, ordered = {}, 0
    for target, accuracies in truth.items():
        column = columns.get(target, {})
        models = [model for model in accuracies if model in column]
        ordered += len(models)
        values, measured = [column[model] for model in models], [accuracies[model] for model in models]
        whole = len(models) == len(accuracies)
        by_target[target] = (
            _defined(measures.weighted_tau, values, measured),
            _defined(measures.pearson, values, measured),
            _defined(measures.regret, values, measured) if whole else float("nan"),
        )
    return Judged(name, kind, by_target, ordered / sum(map(len, truth.values())))


def _defined(measure: Callable[..., float], values: Sequence[float], accuracies: Sequence[float]) -> float:
    try:
        return measure(values, accuracies)
    except Undefined:
        return float("nan")


def perfect(truth: Accuracies, errors: Mapping[str, float]) -> Judged:
    """Return what a perfect order would reach, simulated with the noise of each data set."""
    found = {}
    for target, accuracies in truth.items():
        most = ceiling(list(accuracies.values()), [errors[target]] * len(accuracies))
        none = float("nan")
        values = (most.weighted_tau, most.pearson, most.regret)
        found[target] = (*(none if value is None else value for value in values),)
    return Judged("a perfect order (simulated)", "ceiling", found)  # type: ignore[arg-type]


def at_random(truth: Accuracies) -> Judged:
    """Return what random orders reach in the mean."""
    generator = np.random.default_rng(0)
    found = {}
    for target, accuracies in truth.items():
        measured = np.array(list(accuracies.values()))
        orders = [generator.permutation(len(measured)) for _ in range(200)]
        tau, pearson = (
            float(np.mean([way(one, measured) for one in orders])) for way in (measures.weighted_tau, measures.pearson)
        )
        found[target] = (tau, pearson, float(measured.max() - measured.mean()))
    return Judged("random", "baseline", found)


def cells(judged: Judged) -> list[str]:
    """Write one order's three measures with intervals."""
    low, high = judged.interval("weighted_tau")
    lost_low, lost_high = judged.interval("regret")
    tau = f"{hundredths(judged.mean('weighted_tau'))} [{hundredths(low)}, {hundredths(high)}]"
    lost = judged.mean("regret")
    points = "-" if np.isnan(lost) else f"{100 * lost:.1f} [{100 * lost_low:.1f}, {100 * lost_high:.1f}]"
    return [tau, hundredths(judged.mean("pearson")), points]


def hundredths(value: float) -> str:
    """Write a correlation with three digits."""
    return "-" if np.isnan(value) else f"{value:.3f}".replace("-0.000", "0.000").replace("0.", ".", 1)


def markdown(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Write a table."""
    rows = [header, ["---"] + ["---:"] * (len(header) - 1), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def orders_table(one: Sequence[Judged], mean: Sequence[Judged]) -> str:
    """Write all orders against one run and against the mean of two."""
    again = {judged.name: judged for judged in mean}
    header = ["order by", "weighted tau, one run", "Pearson", "points lost"]
    header += ["weighted tau, mean of two runs", "Pearson", "points lost"]
    lines = [
        [_named(judged), *cells(judged), *(cells(again[judged.name]) if judged.name in again else "---")]
        for judged in one
    ]
    return markdown(header, lines)


def _named(judged: Judged) -> str:
    name = f"`{judged.name}`" if judged.kind == "score" else CALLED.get(judged.name, judged.name)
    return name if judged.share > 0.999 else f"{name} ({judged.share:.0%} of the models)"


def differences_table(pairs: Sequence[tuple[Judged, Judged, Judged, Judged]]) -> str:
    """Write how much better one order is than another, each against one run and against the mean of two."""
    lines = []
    for first, second, first_mean, second_mean in pairs:
        line = [f"{first.name} less {second.name}"]
        for one, other in ((first, second), (first_mean, second_mean)):
            apart = one.values("weighted_tau") - other.values("weighted_tau")
            low, high = bootstrap(apart)
            lost = 100 * (one.values("regret") - other.values("regret"))
            lost_low, lost_high = bootstrap(lost)
            line += [
                f"{np.nanmean(apart):+.3f} [{low:+.3f}, {high:+.3f}]",
                f"{np.nanmean(lost):+.1f} [{lost_low:+.1f}, {lost_high:+.1f}]",
            ]
        lines.append(line)
    header = ["", "weighted tau, one run", "points lost", "weighted tau, mean of two runs", "points lost"]
    return markdown(header, lines)


def targets_table(judged: Sequence[Judged], truth: Accuracies) -> str:
    """Write some orders on every data set: weighted tau / Pearson / points lost."""
    lines = []
    for target, accuracies in truth.items():
        measured = np.array(list(accuracies.values()))
        line = [target, str(len(measured)), f"{100 * measured.min():.0f} to {100 * measured.max():.0f} %"]
        for one in judged:
            tau, pearson, lost = one.by_target[target]
            line.append(f"{hundredths(tau)} / {hundredths(pearson)} / {100 * lost:.1f}")
        lines.append(line)
    return markdown(["data set", "models", "accuracies", *(one.name for one in judged)], lines)


def promises_table(found: Mapping[str, Promises]) -> str:
    """Write what came true on every data set, and on all."""
    lines = [[target, *_promise(one)] for target, one in found.items()]
    every = list(found.values())
    mean = [
        f"{100 * _mean(one.expected_error for one in every):.1f}",
        f"{100 * _mean(one.expected_bias for one in every):+.1f}",
        f"{_mean(one.expected_coverage for one in every):.0%}",
        f"{_mean(one.rank_coverage for one in every):.0%}",
        f"{_mean(one.p_best for one in every):.2f}",
        f"{_mean(one.shortlist for one in every):.1f}",
        f"{sum(one.shortlist_holds_best is True for one in every)} of {len(every)}",
        f"{100 * _mean(one.shortlist_regret for one in every):.1f}",
    ]
    header = [
        "data set",
        "expected accuracy is off by",
        "bias",
        "inside the 90 % interval",
        "true rank inside the 95 % interval",
    ]
    header += ["P(best) of the best", "shortlist", "holds the best", "points lost by it"]
    return markdown(header, [*lines, ["**mean**", *mean]])


def _promise(one: Promises) -> list[str]:
    return [
        f"{100 * (one.expected_error or 0.0):.1f}",
        f"{100 * (one.expected_bias or 0.0):+.1f}",
        f"{one.expected_coverage or 0.0:.0%}",
        f"{one.rank_coverage or 0.0:.0%}",
        f"{one.p_best or 0.0:.2f}",
        str(one.shortlist),
        "yes" if one.shortlist_holds_best else "no",
        f"{100 * (one.shortlist_regret or 0.0):.1f}",
    ]


def _mean(values: Iterable[float | None]) -> float:
    return float(np.mean([0.0 if value is None else value for value in values]))


def measured(judged: Sequence[Judged], datasets: int, models: int) -> dict[str, Any]:
    """Return what the package keeps of the table: by score and baseline, against the mean of two runs."""
    kept = {
        one.name: {
            "weighted_tau": _rounded(one.mean("weighted_tau")),
            "interval": [_rounded(value) for value in one.interval("weighted_tau")],
            "pearson": _rounded(one.mean("pearson")),
            "points_lost": _rounded(100 * one.mean("regret"), 1),
            "share": _rounded(one.share, 2),
        }
        for one in judged
    }
    return {"datasets": datasets, "models": models, "orders": kept}


def _rounded(value: float, digits: int = 3) -> float | None:
    return None if np.isnan(value) else round(value, digits)


def document(text: str, parts: Mapping[str, str]) -> str:
    """Put tables between their marks, ``<!-- NAME -->`` and ``<!-- end of NAME -->``."""
    for name, table in parts.items():
        start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, found, rest = text.partition(start)
        _, ended, after = rest.partition(end)
        if not found or not ended:
            raise SystemExit(f"The document has no place for the table {name!r}: write {start} and {end}")
        text = f"{before}{start}\n{table}\n{end}{after}"
    return text
