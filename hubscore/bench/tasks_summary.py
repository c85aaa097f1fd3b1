"""What the scores of many tasks say about what training reached on them: correlations, levels, convergence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hubscore.bench import metrics as measures
from hubscore.bench.tasks_run import BASELINE, TaskResult
from hubscore.errors import Undefined

LEVELS = 5


@dataclass(frozen=True)
class Line:
    """How well one score agreed with one truth, over tasks.

    Attributes:
        name: of the score.
        truth: accuracy or F1, of what.
        tasks: how many have both.
        pearson: linear correlation, -1 to 1; none where undefined.
        kendall: tau-b, -1 to 1.
        within: mean of the linear correlations within one number of classes, weighed by their tasks; for numbers that
            three tasks or more have.
        within_low: least of them.
        within_high: largest of them.
        over_sources: mean of the linear correlations over sources within one task, where there are three or more.
    """

    name: str
    truth: str
    tasks: int
    pearson: float | None = None
    kendall: float | None = None
    within: float | None = None
    within_low: float | None = None
    within_high: float | None = None
    over_sources: float | None = None


@dataclass(frozen=True)
class Level:
    """The tasks at one level of transferability.

    Attributes:
        level: counted from 1, the least transferable.
        tasks: how many.
        score: their mean score.
        reached: mean accuracy by what was trained.
        gain: by epoch, how far fine-tuning was above what training from scratch reached in the end; empty where one of
            them was not done.
    """

    level: int
    tasks: int
    score: float
    reached: Mapping[str, float]
    gain: tuple[float, ...] = ()


@dataclass(frozen=True)
class Summary:
    """What came of many tasks.

    Attributes:
        lines: one a truth and score, in the order of the truths, the best first.
        by: which score makes the levels.
        levels: least transferable first; empty where there are fewer tasks than levels.
    """

    lines: tuple[Line, ...]
    by: str | None = None
    levels: tuple[Level, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def summarize(results: Sequence[TaskResult]) -> Summary:
    """Compare every score with every truth.

    Example:
        >>> summarize([]).lines
        ()
    """
    truths = list(dict.fromkeys(name for one in results for name in one.truths()))
    names = list(dict.fromkeys(name for one in results for name in one.scores))
    lines = [line for truth in truths for line in sorted((_line(results, name, truth) for name in names), key=_place)]
    by = next((name for name in names if name != BASELINE and all(name in one.scores for one in results)), None)
    return Summary(tuple(lines), by, levels_of(results, by) if by else ())


def levels_of(results: Sequence[TaskResult], by: str, count: int = LEVELS) -> tuple[Level, ...]:
    """Cut tasks into levels of as many tasks each, by a score that all have.

    Source:
        Nguyen et al., LEEP, ICML 2020, Fig. 2 (mean accuracy at five levels) and Fig. 3 (convergence, less the accuracy
        of training from scratch).
    """
    if len(results) < count:
        return ()
    ordered = sorted(results, key=lambda one: one.scores[by])
    parts = np.array_split(np.arange(len(ordered)), count)
    return tuple(_level(number + 1, [ordered[at] for at in part], by) for number, part in enumerate(parts))


def _level(number: int, results: Sequence[TaskResult], by: str) -> Level:
    kinds = list(dict.fromkeys(kind for one in results for kind in one.reached))
    reached = {
        kind: float(np.mean([one.reached[kind].accuracies[0] for one in results if kind in one.reached]))
        for kind in kinds
    }
    gains = [
        np.array(one.reached["all"].epochs) - one.reached["scratch"].accuracies[0]
        for one in results
        if {"all", "scratch"} <= one.reached.keys()
    ]
    gain = tuple(float(value) for value in np.mean(gains, axis=0)) if gains else ()
    return Level(number, len(results), float(np.mean([one.scores[by] for one in results])), reached, gain)


def _line(results: Sequence[TaskResult], name: str, truth: str) -> Line:
    known = [one for one in results if name in one.scores and truth in one.truths()]
    within = _grouped(known, name, truth, lambda one: (one.source, one.about["classes"]))
    over = _grouped(known, name, truth, lambda one: one.about["task"])
    values = [value for value, _ in within]
    return Line(
        name=name,
        truth=truth,
        tasks=len(known),
        pearson=_measured(measures.pearson, known, name, truth),
        kendall=_measured(measures.kendall, known, name, truth),
        within=_mean(within),
        within_low=min(values, default=None),
        within_high=max(values, default=None),
        over_sources=_mean(over),
    )


def _grouped(
    results: Sequence[TaskResult], name: str, truth: str, key: Callable[[TaskResult], object]
) -> list[tuple[float, int]]:
    """Return the linear correlation within each group that has one, and the group's size."""
    groups: dict[object, list[TaskResult]] = {}
    for one in results:
        groups.setdefault(key(one), []).append(one)
    found = ((_measured(measures.pearson, group, name, truth), len(group)) for group in groups.values())
    return [(value, size) for value, size in found if value is not None]


def _measured(
    measure: Callable[[list[float], list[float]], float], results: Sequence[TaskResult], name: str, truth: str
) -> float | None:
    try:
        return measure([one.scores[name] for one in results], [one.truths()[truth] for one in results])
    except Undefined:
        return None


def _mean(found: Sequence[tuple[float, int]]) -> float | None:
    if not found:
        return None
    values, sizes = zip(*found, strict=True)
    return float(np.average(values, weights=sizes))


def _place(line: Line) -> tuple[float, str]:
    return 2.0 if line.pearson is None else -line.pearson, line.name
