"""Data sets of other kinds of input say nothing of yours: they are left out of a history, and it is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from hubscore.errors import UsageError
from hubscore.recommend.history import History, TaskFacts
from hubscore.text import amount, clean


def of_modality(history: History, modality: str | None = None) -> tuple[History, list[str]]:
    """Return the data sets of one kind of input with the models that have a value there, or none anywhere.

    Args:
        history: of any kinds.
        modality: which; the one of most data sets by default, the first by name of several.

    Returns:
        The history, the same object where nothing is left out; and what must be said, in sentences.

    Raises:
        UsageError: no data set is of that kind.

    Example:
        >>> past = History.of(["a"], ["birds", "barks"], np.array([[0.9, 0.7]]))
        >>> past.task_facts  # where nothing is known, data sets hold images
        {}
        >>> of_modality(past, "image")[0] is past
        True
    """
    kinds = [history.task_facts.get(task, TaskFacts(task)).modality or "image" for task in history.tasks]
    counts = Counter(kinds)
    notes = list[str]()
    if modality is None:
        if len(counts) < 2:
            return history, notes
        modality = max(sorted(counts), key=counts.__getitem__)
        notes.append(f"Taken to be {modality}, as most of the history's data sets are; --modality says otherwise")
    if set(counts) == {modality}:
        return history, notes
    kept = [place for place, kind in enumerate(kinds) if kind == modality]
    others = _listed(counts, modality)
    if not kept:
        what = f"The history holds no data set of the modality {clean(modality)}"
        raise UsageError(what, f"it has {others}", f"--modality {clean(next(iter(sorted(counts))))}")
    here = np.asarray((history.kinds[:, kept] > 0).any(axis=1))
    rows = np.flatnonzero(here | ~(history.kinds > 0).any(axis=1))
    if not here.any():
        why = f"all of its values are on {others}"
        raise UsageError(f"The history holds no value of the modality {clean(modality)}", why, "name another history")
    notes.append(f"Left out: {others}, and {amount(len(here) - len(rows), 'model', 'models')} of those")
    return history.select(rows.tolist(), kept), notes


def _listed(counts: Counter[str], but: str) -> str:
    """Say how many data sets of which other modality there are."""
    found: Sequence[str] = [
        f"{amount(number, 'data set', 'data sets')} of {clean(kind)[:40]}"
        for kind, number in sorted(counts.items())
        if kind != but
    ]
    return ", ".join(found[:5])
