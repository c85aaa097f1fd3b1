"""History: how checkpoints did on other data sets, where they were really fine-tuned; pure, nothing is read here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from hubscore.calibration.dataset_names import plain_name, same_dataset
from hubscore.calibration.evidence import ProbeEvidence
from hubscore.calibration.transfer import Transfer
from hubscore.numerics.workspace import Floats
from hubscore.ranking.reordered import judge_reordered
from hubscore.types import Ranking, Row

WEIGHT = 0.5
"""Of the history beside the evidence of the kernel probes."""
CLIP = 3.0
"""Most standard deviations that a standing counts."""
ORDERED_BY = "expected accuracy and history"
_TEXT = (
    "Ordered by kernel probes and history, how models did on other data sets ({known} of {models} have one):"
    " F + {weight:g} h. P(best), intervals and the shortlist are of the expected accuracies alone."
)
_NO_EVIDENCE = "the history does not enter the order: no model has both kernel_probe and kernel_probe_loss"
_NO_HISTORY = "the history holds none of these models on another data set"


def apply_history(
    ranking: Ranking,
    transfers: Iterable[Transfer],
    *,
    order: bool,
    shared: Collection[str] = (),
    weight: float = WEIGHT,
) -> Ranking:
    """Show how the models of a ranking did on other data sets and, if asked for, order them by it as well.

    An accuracy on the ranked data set itself never enters: it is shown as reported.

    Args:
        ranking: by expected accuracies.
        transfers: accuracies after fine-tuning, of any models on any data sets; lines without one are passed over.
        order: whether the history enters the order, by :func:`with_history`.
        shared: names of data sets that share rows with the ranked one under another name.
        weight: of the history beside the kernel probes, where it enters.

    Returns:
        The ranking with the history of its rows.
    """
    other, same = elsewhere(transfers, ranking.probe.dataset or "", shared)
    past, here = history_of(other), _means(same)
    rows = [replace(row, history=_of(row.model, past), reported=_of(row.model, here)) for row in ranking.rows]
    made = replace(ranking, rows=tuple(rows))
    values = with_history([ProbeEvidence.of(row.scores) for row in rows], [row.history for row in rows], weight)
    known = sum(row.history is not None for row in rows)
    if not known or (order and np.isnan(values).all()):
        why = _NO_EVIDENCE if known else _NO_HISTORY
        return replace(made, record=replace(made.record, warnings=(*made.record.warnings, why)))
    if not order:
        return made
    text = _TEXT.format(weight=weight, known=known, models=len(rows))
    record = replace(made.record, ordered_by=ORDERED_BY, order_text=text)
    return replace(made, rows=_reordered(rows, values, record.seeds.get("ranking", 0)), record=record)


def elsewhere(
    transfers: Iterable[Transfer], dataset: str, shared: Collection[str] = ()
) -> tuple[tuple[Transfer, ...], tuple[Transfer, ...]]:
    """Part accuracies on other data sets from those on the ranked one, at whatever revision.

    Args:
        transfers: from any data set.
        dataset: the ranked one; names count as :func:`same_dataset` compares them.
        shared: names of data sets that share rows with it.

    Returns:
        Accuracies elsewhere, and on the same data.

    Example:
        >>> table = [Transfer("a", "me/birds@v2", accuracy=0.5), Transfer("a", "cars", accuracy=0.7)]
        >>> other, same = elsewhere(table, "you/birds")
        >>> other[0].target, same[0].target
        ('cars', 'me/birds@v2')
    """
    known = [one for one in transfers if one.accuracy is not None]
    alike = [same_dataset(one.target, dataset) or one.target in shared for one in known]
    parts = {flag: tuple(one for one, same in zip(known, alike, strict=True) if same is flag) for flag in (False, True)}
    return parts[False], parts[True]


def history_of(transfers: Iterable[Transfer]) -> dict[str, float]:
    """Return by model the mean of its standings on the data sets where it was measured.

    The standing on a data set is ``z = (accuracy - mean) / sd`` over the models that were measured there (population
    standard deviation, several accuracies of one model averaged first), clipped at 3. A data set with a single model,
    or where all are equal, says nothing; a checkpoint on its own source is left out, since it knows the task already.

    Args:
        transfers: on other data sets than the one that is ranked for, from :func:`elsewhere`.

    Example:
        >>> birds = [Transfer("a", "birds", accuracy=0.9), Transfer("b", "birds", accuracy=0.5)]
        >>> cars = [Transfer(model, "cars", accuracy=value) for model, value in (("a", 0.3), ("b", 0.7), ("c", 0.5))]
        >>> {model: round(value, 3) for model, value in history_of([*birds, *cars]).items()}
        {'a': -0.112, 'b': 0.112, 'c': 0.0}
    """
    standings: dict[str, list[float]] = defaultdict(list)
    targets: dict[str, list[Transfer]] = defaultdict(list)
    for one in transfers:
        if one.source is None or not same_dataset(one.source, one.target):
            targets[plain_name(one.target)].append(one)
    for lines in targets.values():
        models = _means(lines)
        for model, z in zip(models, standings_of(list(models.values())).tolist(), strict=True):
            if not np.isnan(z):
                standings[model].append(z)
    return {model: sum(values) / len(values) for model, values in sorted(standings.items())}


def with_history(
    evidence: Sequence[ProbeEvidence | None], history: Sequence[float | None], weight: float = WEIGHT
) -> Floats:
    """Return F + w h: the evidence of a pool of models with their history.

    ``F = z(accuracy) + z(-log loss)`` of the kernel probes, z within the pool and clipped at 3; h is the history. A
    checkpoint without history keeps its own standing z(F) in its place, so that to be new is neither praised nor
    blamed.

    Args:
        evidence: of every model; a model without has no value.
        history: from :func:`history_of`, in the same order; none where there is none.
        weight: w, 0.5 unless a calibration says otherwise.

    Returns:
        Shape (models,), larger is better; NaN without evidence.

    Example:
        >>> pool = [ProbeEvidence(0.9, 0.2, False), ProbeEvidence(0.7, 0.6, False)]
        >>> with_history(pool, [None, 1.0]).round(6).tolist()
        [2.5, -1.5]
    """
    accuracy, cost = (
        np.array([np.nan if one is None else getattr(one, name) for one in evidence], dtype=np.float64)
        for name in ("accuracy", "loss")
    )
    own = _level(standings_of(accuracy)) + _level(standings_of(-cost))
    own[np.isnan(accuracy)] = np.nan
    past = np.array([np.nan if value is None else value for value in history], dtype=np.float64)
    return np.asarray(own + weight * np.where(np.isnan(past), _level(standings_of(own)), past))


def standings_of(values: Sequence[float] | Floats) -> Floats:
    """Return z, clipped at 3, within some models; NaN for all where fewer than two have a value or all are equal.

    Example:
        >>> standings_of([0.2, 0.4]).round(6).tolist()
        [-1.0, 1.0]
    """
    array = np.asarray(values, dtype=np.float64)
    known = array[~np.isnan(array)]
    spread = float(known.std()) if len(known) > 1 else 0.0
    if spread <= 1e-12 * float(np.abs(known).max(initial=1.0)):
        return np.full(array.shape, np.nan)
    return np.asarray(np.clip((array - known.mean()) / spread, -CLIP, CLIP))


def _means(transfers: Iterable[Transfer]) -> dict[str, float]:
    """Return the mean accuracy by model."""
    found: dict[str, list[float]] = defaultdict(list)
    for one in transfers:
        if one.accuracy is not None:
            found[one.model].append(one.accuracy)
    return {model: sum(values) / len(values) for model, values in found.items()}


def _of(model: str, known: Mapping[str, float]) -> float | None:
    """Return a ranked model's value: by its name, without a revision, or by the end of its folder's path."""
    for name in (model, model.partition("@")[0]):
        if name in known:
            return known[name]
    path = model.replace("\\", "/").rstrip("/")
    ends = [name for name in known if path.endswith(f"/{name}")]
    return known[max(ends, key=len)] if ends else None


def _level(standing: Floats) -> Floats:
    """Return standings where those that say nothing are 0."""
    return np.where(np.isnan(standing), 0.0, standing)


def _reordered(rows: Sequence[Row], values: Floats, seed: int) -> tuple[Row, ...]:
    """Put rows in order, those without a value last and as they were; none that declares the data comes first."""
    places = sorted(range(len(rows)), key=lambda place: (bool(np.isnan(values[place])), -float(values[place])))
    first = next((place for place in places if not rows[place].declares_this_data), places[0])
    ordered = [rows[first], *(rows[place] for place in places if place != first)]
    return judge_reordered(ordered, {}, seed)
