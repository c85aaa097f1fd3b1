"""Recommend models for a data set from how models did on others; no candidate is downloaded or run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from os import PathLike, fspath

import numpy as np

from hubscore.calibration.dataset_names import same_dataset
from hubscore.errors import UsageError
from hubscore.hub.addresses import repo_named
from hubscore.recommend.fitted import Fitted, fit_history
from hubscore.recommend.history import History, ModelFacts, TaskFacts, TaskVector
from hubscore.recommend.merge import ALPHA, merge
from hubscore.recommend.meta_features import with_models
from hubscore.recommend.modality import of_modality
from hubscore.recommend.order_choice import check_order, choose_order
from hubscore.recommend.prediction import Prediction, predict
from hubscore.recommend.recommendation import Recommendation, RecommendedModel
from hubscore.recommend.saturation import check_standings
from hubscore.recommend.sources import open_history
from hubscore.recommend.task_place import place_of
from hubscore.recommend.transfer_space import TransferSpace
from hubscore.text import amount, clean

LIMIT = 20


def recommend(
    dataset: str | PathLike[str],
    history: History | Fitted | str | PathLike[str],
    *,
    task_vector: TaskVector | None = None,
    classes: int | None = None,
    samples: int | None = None,
    alpha: float = ALPHA,
    by: str | None = None,
    limit: int | None = LIMIT,
    rank: int | None = None,
    max_parameters: int | None = None,
    licenses: Collection[str] = (),
    new_models: Mapping[str, ModelFacts] | None = None,
    modality: str | None = None,
    fingerprints: Collection[str] = (),
    seed: int = 0,
) -> Recommendation:
    """Recommend models for a data set from a history of others.

    What the history holds of the data set itself, or of one that shares its rows, never enters: it is left out before
    anything is fitted. A model without history is placed by META alone; a data set that no proxy looked at stands at
    the mean of all others.

    Args:
        dataset: a name; a Hub id or the address of its page, or a folder.
        history: a history, one that is fitted, or where it lies: as :func:`~hubscore.recommend.sources.open_history`
            takes it.
        task_vector: what a proxy network sees in the data set (:func:`hubscore.recommend.proxy.task_vector`); the one
            that the history holds by default. It counts where the history has vectors of the same proxy.
        classes: of the data set.
        samples: of the data set.
        alpha: weight of META, 0 to 1.
        by: ``"history"`` (the default: the plain mean of past standings), ``"merged"``, ``"regression"``, ``"trans"``
            or ``"meta"``.
        limit: most models to return; all where none.
        rank: dimensions of the transfer space; chosen by cross-validation over data sets by default.
        max_parameters: larger models are left out; one whose size is not known stays.
        licenses: only models with one of these.
        new_models: models that the history may lack, with what is known of them.
        modality: of the data set; data sets of another one are left out. By default that of most data sets, and said.
        fingerprints: of probes of the data set: what the history holds of the same rows under other names is left out.
        seed: of everything that is drawn.

    Returns:
        The models, best first; every number is an estimate.

    Raises:
        UsageError: a value is out of range, or nothing is left to learn from or to choose among; or the history tells
            no two models apart.

    Source:
        Bai et al. (Fennec), ECCV 2024.

    Example:
        >>> past = History.of(["a", "b", "c"], ["birds", "cars"], np.array([[0.9, 0.7], [0.5, 0.4], [0.6, np.nan]]))
        >>> recommend("flowers", past, rank=1).models
        ('a', 'c', 'b')
    """
    name = repo_named(fspath(dataset), "dataset")
    _check(by, limit, alpha)
    opened, space = _opened(history)
    past, space, notes = _others(name, opened, space, modality, fingerprints)
    fitted = _fitted(past, space, new_models or {}, rank=rank, alpha=alpha, seed=seed)
    facts = TaskFacts(name, classes=classes, samples=samples)
    task, placed = place_of(fitted, task_vector or _own_vector(name, opened), seed=seed)
    by, chosen_by = choose_order(by)
    notes += check_standings(fitted.history, by)
    made = predict(fitted, by, task, facts, alpha, seed=seed)
    eligible = _eligible(fitted.history, max_parameters, licenses)
    if not len(eligible):
        why = f"none of {amount(len(fitted.history.models), 'model', 'models')} has the size and licence asked for"
        raise UsageError("No model of the history is left", why, "leave out --max-params or --license")
    # NaN last; what is equal stays in the order of META, then of names.
    values = made.values[eligible]
    keys = [np.where(np.isnan(values), np.inf, -values), -made.meta[eligible]]
    chosen = eligible[np.lexsort((eligible, keys[1], keys[0]))][:limit]
    rows = tuple(_row(fitted, place, int(row), made) for place, row in enumerate(chosen, start=1))
    notes = [chosen_by, *notes, *_notes(fitted, rows, by, placed)]
    return Recommendation(
        name, rows, by, fitted.history.score, alpha, fitted.space.rank, len(eligible), tuple(dict.fromkeys(notes))
    )


def _check(by: str | None, limit: int | None, alpha: float) -> None:
    merge(np.zeros(1), np.zeros(1), alpha)
    check_order(by)
    if limit is not None and limit < 1:
        raise UsageError("--limit must be at least 1", f"it is {limit}", f"--limit {LIMIT}")


def _opened(history: History | Fitted | str | PathLike[str]) -> tuple[History | Fitted, TransferSpace | None]:
    return open_history(history) if isinstance(history, (str, PathLike)) else (history, None)


def _own_vector(dataset: str, history: History | Fitted) -> TaskVector | None:
    """Return what the history's proxy saw in the data set itself: no accuracy, so it may enter."""
    past = history.history if isinstance(history, Fitted) else history
    return next((vector for task, vector in past.task_vectors.items() if same_dataset(task, dataset)), None)


def _others(
    dataset: str,
    history: History | Fitted,
    space: TransferSpace | None,
    modality: str | None,
    fingerprints: Collection[str],
) -> tuple[History | Fitted, TransferSpace | None, list[str]]:
    """Return what is known of other data sets of the same modality, what still fits it, and what must be said."""
    past = history.history if isinstance(history, Fitted) else history
    notes = list(past.notes)
    own = past.tasks_named(dataset)
    sharing = [task for task in past.tasks_sharing(fingerprints) if task not in own]
    if own:
        notes.append(f"What the history holds of {clean(own[0])} itself was left out")
        modality = modality or past.task_facts.get(own[0], TaskFacts(own[0])).modality
    if sharing:
        named = ", ".join(clean(task)[:60] for task in sharing[:3])
        notes.append(f"What the history holds of {named} was left out: it shares rows with the data set")
    rest = past.without_task(dataset, fingerprints)
    if not rest.tasks:
        why = f"of {amount(len(past.tasks), 'data set', 'data sets')}, all are the data set itself"
        raise UsageError("The history holds no other data set", why, "hubscore history update HISTORY SOURCE")
    rest, said = of_modality(rest, modality)
    return (history, space, notes) if rest is past else (rest, None, [*notes, *said])


def _fitted(
    history: History | Fitted,
    space: TransferSpace | None,
    new: Mapping[str, ModelFacts],
    *,
    rank: int | None,
    alpha: float,
    seed: int,
) -> Fitted:
    """Return what is fitted to a history and new models; what was fitted before serves where it still fits."""
    past = history.history if isinstance(history, Fitted) else history
    space = history.space if isinstance(history, Fitted) else space
    if isinstance(history, Fitted) and not new and rank in (None, history.space.rank):
        return history
    wide = with_models(past, new)
    if space is not None and (rank not in (None, space.rank) or wide is not past):
        space = None
    return fit_history(wide, rank=rank, alpha=alpha, seed=seed, space=space)


def _eligible(history: History, max_parameters: int | None, licenses: Collection[str]) -> np.ndarray:
    if max_parameters is None and not licenses:
        return np.arange(len(history.models))
    wanted = {one.lower() for one in licenses}
    facts = [history.model_facts.get(model, ModelFacts()) for model in history.models]
    return np.array(
        [
            place
            for place, one in enumerate(facts)
            if (max_parameters is None or one.parameters is None or one.parameters <= max_parameters)
            and (not wanted or (one.license or "").lower() in wanted)
        ],
        dtype=np.int64,
    )


def _row(fitted: Fitted, place: int, row: int, made: Prediction) -> RecommendedModel:
    model = fitted.history.models[row]
    facts = fitted.history.model_facts.get(model, ModelFacts())
    low, high = _plain(made.low[row]), _plain(made.high[row])
    return RecommendedModel(
        rank=place,
        model=model,
        score=_plain(made.values[row]),
        trans=_plain(made.trans[row]),
        meta=float(made.meta[row]),
        mean_history=_plain(fitted.mean_history[row]),
        interval=None if low is None or high is None else (low, high),
        known=bool(fitted.known[row]),
        datasets=int(np.count_nonzero(fitted.history.kinds[row])),
        revision=facts.revision,
        parameters=facts.parameters,
        family=facts.family,
        license=facts.license,
    )


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _notes(fitted: Fitted, rows: Sequence[RecommendedModel], by: str, placed: str) -> list[str]:
    """Return what a reader must know."""
    history, notes = fitted.history, [f"Estimated from {fitted.history.words}"]
    if by in ("merged", "trans", "regression"):
        notes.append(placed)
    if unknown := sum(not row.known for row in rows):
        are = "model has" if unknown == 1 else "models have"
        how = _WITHOUT_HISTORY.get(by, "META alone, from parameters, depth and architecture")
        notes.append(f"{unknown} of these {are} no history: {how}")
    if not fitted.space.converged:
        notes.append("The transfer space did not converge within its iterations")
    if fitted.scaled:
        notes.append(f"{history.score} can be negative, so every data set was scaled to 0..1")
    if len(history.tasks) == 1:
        notes.append("The history holds one other data set: it says who was good there, and no more")
    if len(history.models) == 1:
        notes.append("The history holds one model: there is nothing to choose among")
    return notes


_WITHOUT_HISTORY = {
    "history": "they stand last, in the order of META, from parameters, depth and architecture",
    "regression": "their place is the mean of all models, the rest from parameters, depth and architecture",
}
