"""Table 1 of Fennec for any history: how well each method orders models on data sets that are left out in turn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from hubscore.bench.history_methods import FENNEC, MEAN, predictions
from hubscore.bench.metrics import pearson, regret, weighted_tau
from hubscore.calibration.dataset_names import same_dataset
from hubscore.errors import Undefined, UsageError
from hubscore.numerics.workspace import Floats
from hubscore.recommend.cells import assemble
from hubscore.recommend.history import History, Kind, TaskFacts
from hubscore.recommend.modality import of_modality
from hubscore.recommend.rankings import EXPECTED, cells_of
from hubscore.scores.info import SCORES
from hubscore.text import amount, clean
from hubscore.types import Ranking

MOST_TASKS = 30
"""Data sets that are left out; of a larger history so many, drawn with the seed."""
LEAST = 3
"""Models that a correlation needs."""


@dataclass(frozen=True)
class Method:
    """One line of the table.

    Attributes:
        name: of the method.
        needs_labels: whether it reads the labels of the new data set.
        needs_forward_pass: whether every candidate has to run over the new data set.
        pearson: mean correlation with the truth over the data sets left out; none where no data set allows one.
        weighted_tau: mean weighted tau.
        regret: mean accuracy lost by taking its first choice.
        milliseconds: for one data set, features and the fit of the history apart; none where it is not known.
        fit_milliseconds: of the fit of the history, once for all data sets.
        datasets: how many were left out and judged.
        pairs: models and data sets behind the means.
    """

    name: str
    needs_labels: bool
    needs_forward_pass: bool
    pearson: float | None
    weighted_tau: float | None
    regret: float | None
    milliseconds: float | None
    fit_milliseconds: float | None
    datasets: int
    pairs: int


@dataclass(frozen=True)
class HistoryTable:
    """The table with what must be said of it.

    Attributes:
        methods: those of the history first, then scores.
        notes: in sentences.
    """

    methods: tuple[Method, ...]
    notes: tuple[str, ...] = ()


@dataclass
class _Judged:
    """What is collected of one method over the data sets."""

    measures: list[Floats] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    fits: list[float] = field(default_factory=list)
    pairs: int = 0

    def add(self, values: Floats, truth: Floats) -> None:
        """Judge an order, or the mean of several drawn ones, where both sides are known."""
        draws = np.atleast_2d(values)
        kept = ~np.isnan(truth) & ~np.isnan(draws).any(axis=0)
        if kept.sum() < LEAST:
            return
        try:
            lines = [[f(draw[kept], truth[kept]) for f in (pearson, weighted_tau, regret)] for draw in draws]
        except Undefined:  # all values are equal, or all accuracies
            return
        self.measures.append(np.mean(lines, axis=0))
        self.pairs += int(kept.sum())

    def method(self, name: str, *, labels: bool, forward: bool) -> Method:
        """Return the line: means of the measures, medians of the times."""
        means = [float(mean) for mean in np.mean(self.measures, axis=0)] if self.measures else [None] * 3
        took, fit = (round(float(np.median(times)), 3) if times else None for times in (self.milliseconds, self.fits))
        return Method(name, labels, forward, means[0], means[1], means[2], took, fit, len(self.measures), self.pairs)


def history_table(
    history: History, truth: History | None = None, *, rankings: Sequence[Ranking] = (), seed: int = 0
) -> HistoryTable:
    """Judge what a history predicts of data sets that are left out one at a time.

    What the history holds of a data set, or of the same rows under another name, is left out before anything is fitted;
    then every order of the models is compared with the truth there.

    Args:
        history: what recommends.
        truth: accuracies of the same models; by default the history's own measured values, and its estimates where it
            has no measured ones, which is said.
        rankings: whose scores stand beside: each needs a forward pass of every model.
        seed: of everything that is drawn.

    Raises:
        UsageError: no data set can be left out, or no three models have an accuracy on one.

    Source:
        Bai et al. (Fennec), ECCV 2024, Table 1: mean Pearson correlation over the target data sets, and time.

    Example:
        >>> past = History.of(list("abcd"), ["x", "y"], np.array([[0.1, 0.2], [0.2, 0.3], [0.3, 0.4], [0.4, 0.5]]))
        >>> [(one.name, round(one.pearson, 6)) for one in history_table(past).methods if one.name == "mean history"]
        [('mean history', 1.0)]
    """
    judge, notes = _judge(history, truth)
    places = _left_out(judge, seed)
    if len(places) < len(judge.tasks):
        notes.append(f"{len(places)} of {len(judge.tasks)} data sets were left out, drawn with seed {seed}")
    found: dict[str, _Judged] = {}
    for place in places:
        _leave_out(history, judge, place, found, seed)
    if not any(one.measures for one in found.values()):
        raise UsageError(
            "No data set can be left out of this history",
            f"it takes another data set, and {LEAST} models with accuracies that differ on the one left out",
            "hubscore history update HISTORY SOURCE, or --truth FILE.csv",
        )
    lines = [one.method(name, labels=False, forward=False) for name, one in found.items()]
    beside = _scores(rankings, judge, places)
    if beside:
        notes.append("Scores need a forward pass of every model over the data set, whose time is not counted")
    return HistoryTable((*lines, *beside), (*history.notes, *notes))


def _judge(history: History, truth: History | None) -> tuple[History, list[str]]:
    """Return what the orders are compared with, and what that is."""
    if truth is not None:
        return truth, [f"Judged by {truth.words}", f"The history: {history.words}"]
    measured = history.kinds == Kind.MEASURED
    if not measured.any():
        what = f"Judged by the history's own {history.score}, an estimate and no accuracy; --truth FILE.csv has those"
        return history, [what, f"The history: {history.words}"]
    return (
        History(
            history.models,
            history.tasks,
            np.where(measured, history.values, np.nan),
            np.where(measured, Kind.MEASURED, Kind.MISSING).astype(np.int8),
            history.model_facts,
            history.task_facts,
        ),
        [f"Judged by the history's own measured accuracies; the history: {history.words}"],
    )


def _left_out(judge: History, seed: int) -> list[int]:
    """Return which data sets are left out: those with enough models, so many at most."""
    usable = np.flatnonzero((~np.isnan(judge.values)).sum(axis=0) >= LEAST)
    if len(usable) > MOST_TASKS:
        usable = np.sort(np.random.default_rng(seed).choice(usable, MOST_TASKS, replace=False))
    return [int(place) for place in usable]


def _leave_out(history: History, judge: History, place: int, found: dict[str, _Judged], seed: int) -> None:
    """Predict one data set from all others, and judge it."""
    task = judge.tasks[place]
    own = next(iter(history.tasks_named(task)), None)
    facts = history.task_facts.get(own or task) or judge.task_facts.get(task) or TaskFacts(task)
    vector = next((one for name, one in history.task_vectors.items() if same_dataset(name, task)), None)
    marks = {*facts.fingerprints, *judge.task_facts.get(task, facts).fingerprints}
    past = history.without_task(task, marks)
    try:
        past = of_modality(past, facts.modality)[0] if past.tasks else past
    except UsageError:  # nothing of that kind is left
        return
    if not past.known:
        return
    known = _column(judge, place)
    truth = np.array([known.get(model, np.nan) for model in past.models])
    made = predictions(past, facts, vector, seed=seed)
    common = np.all([~np.isnan(one.values) for name, one in made.items() if name.startswith(_COMMON)], axis=0)
    for name, one in made.items():
        judged = found.setdefault(name, _Judged())
        judged.add(one.values, np.where(common, truth, np.nan))
        judged.milliseconds.append(one.milliseconds)
        judged.fits.append(one.fit_milliseconds)


_COMMON = (MEAN, *FENNEC.values())
"""The methods of a history are judged on the models of which all of them say something."""


def _column(judge: History, place: int) -> Mapping[str, float]:
    column = judge.values[:, place]
    return {judge.models[row]: float(column[row]) for row in np.flatnonzero(~np.isnan(column))}


def _scores(rankings: Sequence[Ranking], judge: History, places: Iterable[int]) -> list[Method]:
    """Return a line for every score of the rankings that has a value on a data set with accuracies."""
    lines, wanted = [], list(places)
    names = {name for ranking in rankings for row in ranking.rows for name in row.scores}
    for name in (*sorted(names & {info.name for info in SCORES}), EXPECTED):
        cells, _ = cells_of(rankings, name)
        if not any(cell.value is not None for cell in cells):
            continue
        made, judged = assemble(cells, score=name), _Judged()
        for place in wanted:
            known = _column(judge, place)
            truth = np.array([known.get(model, np.nan) for model in made.models])
            for task in made.tasks_named(judge.tasks[place])[:1]:
                judged.add(made.values[:, made.tasks.index(task)], truth)
        times = [ranking.record.milliseconds.get(name) for ranking in rankings]
        judged.milliseconds += [time for time in times if time is not None]
        labels = name == EXPECTED or "labels" in SCORES.get(name).needs
        if judged.measures:
            called = "expected accuracy" if name == EXPECTED else name
            lines.append(judged.method(called, labels=labels, forward=True))
    return sorted(lines, key=lambda line: -(line.pearson or 0.0))


def sentences(table: HistoryTable) -> list[str]:
    """Say what the table says: which methods correlate better than the plain mean, and what must be known of it."""
    lines = {line.name: line for line in table.methods if not line.needs_forward_pass and line.pearson is not None}
    said = list(table.notes)
    mean = lines.get(MEAN)
    better = [name for name, line in lines.items() if mean and (line.pearson or 0) > (mean.pearson or 0) + 5e-4]
    if mean is not None:
        over = amount(mean.datasets, "data set", "data sets")
        named = clean(", ".join(better)) if better else "No other method of the history"
        have = "have" if len(better) > 1 else "has"
        said.insert(0, f"{named} {have} a higher mean correlation than the plain mean, over {over}")
    return said
