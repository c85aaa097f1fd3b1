"""Take new values into a history without starting from nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hubscore.numerics.workspace import Floats
from hubscore.recommend.archi2vec.packing import digested, vectors_of
from hubscore.recommend.cells import Cell, assemble
from hubscore.recommend.fitted import non_negative
from hubscore.recommend.history import MEASURED, History, Kind, ModelFacts, TaskFacts, TaskVector
from hubscore.recommend.rankings import DEFAULT_SCORE, FINETUNED, SUM
from hubscore.recommend.sources import Source, read_sources
from hubscore.recommend.transfer_space import TransferSpace, fit_transfer_space


def update_history(
    history: History, *sources: Source, mixed: bool = False, space: TransferSpace | None = None
) -> tuple[History, TransferSpace | None]:
    """Add sources to a history: what they say of a cell counts as newer than what it holds.

    Args:
        history: as it is.
        sources: as :func:`~hubscore.recommend.sources.build_history` takes them; of rankings the history's own score
            is taken.
        mixed: whether measured and estimated values may stand in one matrix; a mixed history stays one.
        space: the history's transfer space; new models and data sets are folded into it, and it goes on from there.

    Returns:
        The larger history, old models and data sets first, and its space; none where none was given.

    Raises:
        UsageError: as :func:`~hubscore.recommend.sources.build_history`.
    """
    cells, notes = read_sources(sources, score=score_of(history), total=history.score == SUM)
    return with_cells(history, cells, notes, mixed=mixed, space=space)


def score_of(history: History) -> str:
    """Return which score of rankings a history takes."""
    return {MEASURED: FINETUNED, SUM: DEFAULT_SCORE}.get(history.score, history.score)


def with_cells(
    history: History,
    cells: Sequence[Cell],
    notes: Sequence[str] = (),
    *,
    mixed: bool = False,
    space: TransferSpace | None = None,
) -> tuple[History, TransferSpace | None]:
    """Add values to a history, as :func:`update_history` does with those of its sources."""
    old = list(cells_of_history(history))
    said = list(dict.fromkeys([*history.notes, *notes]))
    made = assemble([*old, *cells], score=history.score, mixed=mixed or history.mixed, notes=said)
    rows = {name: place for place, name in enumerate(made.models)}
    columns = {name: place for place, name in enumerate(made.tasks)}
    models = [*history.models, *(name for name in made.models if name not in set(history.models))]
    tasks = [*history.tasks, *(name for name in made.tasks if name not in set(history.tasks))]
    made = made.select([rows[name] for name in models], [columns[name] for name in tasks])
    made = replace(
        made,
        task_vectors={**history.task_vectors, **made.task_vectors},
        architecture_vectors=dict(history.architecture_vectors),
        architecture_counts=dict(history.architecture_counts),
    )
    return made, None if space is None else extended(non_negative(made.values)[0], space)


def with_task_vector(history: History, task: str, vector: TaskVector) -> History:
    """Return a history that knows what a proxy sees in one of its data sets."""
    return replace(history, task_vectors={**history.task_vectors, task: vector})


def with_architectures(history: History, counts: Mapping[str, Mapping[str, int]]) -> History:
    """Return a history that knows how some more of its models are built; the vectors of all are fitted anew, since
    those of two fits do not compare.

    Args:
        history: as it is.
        counts: how often each subtree occurs, by model.
    """
    if not counts:
        return history
    known = {**history.architecture_counts, **{model: digested(one) for model, one in counts.items()}}
    return replace(history, architecture_counts=known, architecture_vectors=vectors_of(known))


def extended(values: Floats, space: TransferSpace) -> TransferSpace:
    """Return a space for a larger matrix whose first rows and columns are those of a smaller one."""
    return fit_transfer_space(
        values,
        rank=space.rank,
        model_penalty=space.model_penalty,
        task_penalty=space.task_penalty,
        start=space,
    )


def cells_of_history(history: History) -> list[Cell]:
    """Return a history as single values, older than any other; a model without one keeps its place."""
    found = []
    for row, model in enumerate(history.models):
        facts = history.model_facts.get(model, ModelFacts())
        known = [column for column in range(len(history.tasks)) if history.kinds[row, column]]
        for column in known or range(1):
            task = history.tasks[column]
            kind = history.kinds[row, column]
            value = float(history.values[row, column]) if kind else None
            about = history.task_facts.get(task, TaskFacts(task))
            found.append(Cell(model, task, value, kind == Kind.MEASURED, "", facts, about))
    return found
