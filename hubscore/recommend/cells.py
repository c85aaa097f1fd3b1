"""From single values to a history: one cell per model and data set, the newest of several, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from hubscore.errors import UsageError
from hubscore.recommend.history import MEASURED, History, Kind, ModelFacts, TaskFacts, TaskVector
from hubscore.text import amount, clean

MOST_MODELS, MOST_TASKS, MOST_CELLS = 200_000, 20_000, 20_000_000
"""What a history may hold; more than that is no history but an accident, or meant to be one."""
LONGEST_NAME = 200
_FORBIDDEN = frozenset("<>`\\")
_SHOWN = 3


@dataclass(frozen=True)
class Cell:
    """One value of one model on one data set; none where only the model is known.

    Attributes:
        model: its name.
        task: the data set's name.
        value: larger is better; none where it is undefined.
        measured: an accuracy after fine-tuning, not an estimate.
        date: when it was made, in ISO form; empty is oldest.
        model_facts: what is known of the model.
        task_facts: what is known of the data set.
        task_vector: what a proxy saw in it.
    """

    model: str
    task: str
    value: float | None
    measured: bool
    date: str = ""
    model_facts: ModelFacts = field(default_factory=ModelFacts)
    task_facts: TaskFacts | None = None
    task_vector: TaskVector | None = None


def harmless(name: str) -> bool:
    """Whether a name can be that of a model or data set: one line of plain characters, without markup.

    Example:
        >>> harmless("org/net-b0"), harmless("<img src=x>"), harmless("a" * 1000)
        (True, False, False)
    """
    return 0 < len(name) <= LONGEST_NAME and clean(name) == name and not _FORBIDDEN & set(name)


def assemble(cells: Iterable[Cell], *, score: str, mixed: bool = False, notes: Sequence[str] = ()) -> History:
    """Return the history of some values.

    The newest of several values of one cell stays, the later one where they are equally old; a measured one before an
    estimate. How many disagreed is counted. Names with markup are left out and counted.

    Args:
        cells: in any order.
        score: what the estimated ones are.
        mixed: whether measured and estimated ones may stand in one matrix.
        notes: to begin with.

    Raises:
        UsageError: both kinds occur and ``mixed`` does not allow it; there are none; or too many.

    Example:
        >>> old, new = Cell("a", "birds", 0.5, True, "2026-01-01"), Cell("a", "birds", 0.7, True, "2026-02-01")
        >>> made = assemble([new, old], score="accuracy")
        >>> made.values.tolist(), made.notes
        ([[0.7]], ('1 cell has two values that disagree: the newest counts',))
    """
    kept, refused = [], Counter[str]()
    for cell in cells:
        bad = next((name for name in (cell.model, cell.task) if not harmless(name)), None)
        if bad is None:
            kept.append(cell)
        else:
            refused[bad] += 1
        if len(kept) + len(refused) > MOST_CELLS:
            raise too_large("values", MOST_CELLS)
    kept.sort(key=lambda cell: cell.date)
    kinds = {cell.measured for cell in kept if cell.value is not None}
    if len(kinds) == 2 and not mixed:
        why = f"an accuracy after fine-tuning and {clean(score)}, an estimate, are not the same quantity"
        fix = "hubscore history build SOURCE --mixed, or build one history of each"
        raise UsageError("These sources hold measured and estimated values", why, fix)
    if not kinds:
        why = f"no source holds any {called(score)}"
        raise UsageError("There is nothing to build a history from", why, "hubscore history build accuracies.csv")
    said = [*notes, *_refused(refused)]
    if len(kinds) == 2:
        said.append(f"Measured accuracies and {score}, an estimate, are mixed in one matrix")
    return _matrix(kept, score if False in kinds else MEASURED, said)


def called(score: str) -> str:
    """Return what a value of a ranking is called in a sentence.

    Example:
        >>> called("measured"), called("fda")
        ('accuracy of a short fine-tuning (rank --finetune-top)', 'fda')
    """
    words = {"measured": "accuracy of a short fine-tuning (rank --finetune-top)", "expected": "expected accuracy"}
    return words.get(score, clean(score))


def too_large(what: str, most: int) -> UsageError:
    """Return the error for a history beyond all bounds."""
    return UsageError(
        f"The history has more than {most:,} {what}",
        "that is beyond what a history may hold",
        "build it from fewer sources",
    )


def _refused(refused: Counter[str]) -> list[str]:
    if not refused:
        return []
    shown = ", ".join(repr(clean(name)[:40]) for name in list(refused)[:_SHOWN])
    more = f" and {len(refused) - _SHOWN} more" if len(refused) > _SHOWN else ""
    return [f"Left out: {amount(refused.total(), 'value', 'values')} under names that cannot be names: {shown}{more}"]


def _matrix(cells: Sequence[Cell], score: str, notes: Sequence[str]) -> History:
    """Lay cells, oldest first, into a matrix."""
    models = {name: place for place, name in enumerate(sorted({cell.model for cell in cells}))}
    tasks = {name: place for place, name in enumerate(sorted({cell.task for cell in cells if cell.value is not None}))}
    if len(models) > MOST_MODELS:
        raise too_large("models", MOST_MODELS)
    if len(tasks) > MOST_TASKS or len(models) * len(tasks) > MOST_CELLS:
        raise too_large("data sets or cells", min(MOST_TASKS, MOST_CELLS))
    values = np.full((len(models), len(tasks)), np.nan)
    kinds = np.zeros(values.shape, dtype=np.int8)
    model_facts, task_facts = dict[str, ModelFacts](), dict[str, TaskFacts]()
    vectors = dict[str, TaskVector]()
    disagreeing, revisions = set[tuple[int, int]](), dict[str, set[str]]()
    for cell in cells:
        model_facts[cell.model] = cell.model_facts.over(model_facts.get(cell.model, ModelFacts()))
        if cell.value is None:
            continue
        if cell.model_facts.revision is not None:
            revisions.setdefault(cell.model, set()).add(cell.model_facts.revision)
        facts = cell.task_facts or TaskFacts(cell.task)
        task_facts[cell.task] = facts.over(task_facts.get(cell.task, facts))
        if cell.task_vector is not None:
            vectors[cell.task] = cell.task_vector
        place = models[cell.model], tasks[cell.task]
        if kinds[place] and values[place] != cell.value:
            disagreeing.add(place)
        if kinds[place] == Kind.MEASURED and not cell.measured:
            continue
        values[place], kinds[place] = cell.value, Kind.MEASURED if cell.measured else Kind.ESTIMATED
    said = list(notes)
    if disagreeing:
        have = "cell has" if len(disagreeing) == 1 else "cells have"
        said.append(f"{len(disagreeing):,} {have} two values that disagree: the newest counts")
    if changed := sum(len(found) > 1 for found in revisions.values()):
        said.append(
            f"{amount(changed, 'model', 'models')} changed between data sets: values of several revisions stand"
        )
    return History(
        tuple(models), tuple(tasks), values, kinds, model_facts, task_facts, vectors, score=score, notes=tuple(said)
    )
