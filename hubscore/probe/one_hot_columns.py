"""Labels that stand in several columns, one for each class, with a 1 in the row's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from hubscore.errors import DatasetError
from hubscore.modalities.base import Modality
from hubscore.probe.columns import kind_of, leaves
from hubscore.probe.label_names import is_about_row, is_key, words_of
from hubscore.probe.rows import Rows
from hubscore.probe.targets import Labels
from hubscore.text import amount
from hubscore.types import Target

MOST_COLUMNS = 200
"""Wider tables are features rather than classes, and are not searched."""


def one_hot_columns(rows: Rows, modality: Modality) -> tuple[str, ...]:
    """Return the columns of zeros and ones of which each row has a 1 in exactly one, or none.

    All such columns are tried, those whose names are not about the row (``is_train``), and those that share their
    first word.

    Args:
        rows: the split; its columns of numbers and truth values are read.
        modality: of its items.
    """
    names = [
        name
        for name, feature in leaves(rows.features, modality)
        if kind_of(feature) in ("int", "bool", "float") and not is_key(name)
    ]
    if not 2 <= len(names) <= MOST_COLUMNS:
        return ()
    every = {name: values for name in names if (values := zeros_and_ones(rows.column(name))) is not None}
    plain = [name for name in every if not is_about_row(name)]
    starts: dict[str, list[str]] = {}
    for name in every:
        starts.setdefault(words_of(name)[0] if words_of(name) else "", []).append(name)
    for group in (list(every), plain, *starts.values()):
        if _is_one_hot(every, group):
            return tuple(group)
    return ()


def read_columns(rows: Rows, names: Sequence[str], target: Target | None) -> Labels:
    """Read columns of zeros and ones as classes where each row has one 1, otherwise as several labels a row.

    Args:
        rows: the split.
        names: the columns; their names are the classes', without what all of them begin with.
        target: what to read them as; by the values without it.

    Returns:
        The labels; a row with a gap in one of the columns has none.

    Raises:
        DatasetError: the columns hold other values, or cannot be read as this target.
    """
    listed = ",".join(names)
    columns = {name: zeros_and_ones(rows.column(name)) for name in names}
    known = {name: values for name, values in columns.items() if values is not None}
    if len(known) < len(names):
        other = ", ".join(name for name in names if name not in known)
        what = f"Columns {listed!r} cannot be read as labels"
        raise DatasetError(what, f"{other}: not only 0 and 1", "--label-column NAME, a single column")
    table = np.stack([known[name] for name in names], axis=1)
    notes = ("-1 in them was read as 0",) if any(-1 in rows.column(name).to_pylist() for name in names) else ()
    missing = np.isnan(table).any(axis=1)
    table = np.where(missing[:, None], 0, table).astype(int)
    classes, kind = _class_names(names), f"{amount(len(names), 'column', 'columns')} of 0 and 1"
    single = _is_one_hot(known, names)
    if target == "regression" or (target == "classification" and not single):
        raise DatasetError(
            f"Columns {listed!r} cannot be read as {target}", "rows have several 1 or none", "--target multilabel"
        )
    if target == "multilabel" or not single:
        return Labels("multilabel", table, classes, missing, kind, notes)
    note = "one-hot columns were read as classes; --target multilabel reads them as several labels a row"
    return Labels("classification", np.where(missing, -1, table.argmax(axis=1)), classes, missing, kind, (*notes, note))


def zeros_and_ones(column: pa.ChunkedArray) -> np.ndarray | None:
    """Return a column of zeros and ones as floats with NaN for gaps, of 1 and -1 likewise; none of anything else."""
    try:
        values = np.array([np.nan if value is None else float(value) for value in column.to_pylist()])
    except (TypeError, ValueError):
        return None
    known = values[~np.isnan(values)]
    if -1 in known and np.isin(known, (-1.0, 1.0)).all():
        return (values + 1) / 2
    return values if len(known) and np.isin(known, (0.0, 1.0)).all() else None


def _is_one_hot(columns: Mapping[str, np.ndarray], names: Sequence[str]) -> bool:
    """Whether each row without gaps has a 1 in exactly one of the columns, and not all in the same."""
    if len(names) < 2:
        return False
    table = np.stack([columns[name] for name in names], axis=1)
    whole = table[~np.isnan(table).any(axis=1)]
    return bool(len(whole)) and bool((whole.sum(axis=1) == 1).all()) and int(whole.any(axis=0).sum()) > 1


def _class_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return names without what all of them begin with, up to a separator: ``species_cat`` is ``cat``."""
    first, last = min(names), max(names)
    same = next((place for place, letter in enumerate(first) if last[place : place + 1] != letter), len(first))
    start = first[:same]
    cut = max((start.rfind(mark) for mark in "_.- "), default=-1) + 1
    return tuple(name[cut:] or name for name in names)
