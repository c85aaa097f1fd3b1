"""From the columns of a split to its labels, with how that was decided; a mere guess is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow.compute as pc
from datasets import Features

from hubscore.errors import DatasetError, ErrorCode, UsageError
from hubscore.modalities.base import Modality
from hubscore.probe.class_words import named_by_words
from hubscore.probe.columns import LISTED, describe, feature_of, kind_of, leaves
from hubscore.probe.label_choice import LabelChoice, choose_label, same_meaning
from hubscore.probe.label_names import is_key
from hubscore.probe.one_hot_columns import one_hot_columns, read_columns, zeros_and_ones
from hubscore.probe.rows import Rows
from hubscore.probe.targets import Labels, read_labels
from hubscore.text import amount, option
from hubscore.types import Target

COUNTED = 200_000
"""Rows of a split whose values are counted for a message; larger ones are described by type."""


def find_labels(
    rows: Rows, column: str, modality: Modality, *, name: str | None = None, target: Target | None = None
) -> tuple[LabelChoice, Labels]:
    """Choose the label column and read it; of a modality's own annotations, which are read for the drawn rows only,
    just which rows have one.

    Args:
        rows: the split.
        column: the input column.
        modality: of the rows.
        name: the label column, where it is named.
        target: what the labels are to be read as.

    Returns:
        The choice and the labels of every row.

    Raises:
        UsageError: several columns could be the label, or only what is left over speaks for one; the columns with the
            number of their values are listed. Code ``label-ambiguous`` or ``label-unsure``; the details ``columns``
            (by name, how many values) and ``candidates`` are for programs.
        DatasetError: nothing can be the label, code ``no-label``, or the values cannot be read.
    """
    choice = choose_label(rows.features, column, modality, name=name, target=target)
    if not choice.sure:
        choice = _decide(rows, column, modality, choice, target)
    if len(choice.columns) > 1:
        return choice, read_columns(rows, choice.columns, target)
    feature = feature_of(rows.features, choice.name)
    if target == "annotation" and modality.is_annotation(feature):
        if kind_of(feature) == "file":
            none = np.zeros(len(rows.numbers), dtype=bool)
            return choice, Labels("annotation", np.zeros(len(rows.numbers)), (), none, "annotations")
        values = rows.column(choice.name)
        return choice, Labels("annotation", np.zeros(len(values)), (), values.is_null().to_numpy(), "annotations")
    labels = read_labels(rows.column(choice.name), feature, name=choice.name, target=target)
    labels, words = named_by_words(rows, column, choice.name, labels)
    if words is not None:  # which is no other label then
        left = Features({key: value for key, value in rows.features.items() if key != words})
        again = choose_label(left, column, modality, name=name, target=target)
        choice = again if again.sure and again.columns == choice.columns else choice
    return choice, labels


def label_source(choice: LabelChoice, labels: Labels, rows: Rows) -> str:
    """Say what the label column holds and how it was decided on: ``a column of 12 strings, the only one named like a
    label``.
    """
    if rows.label_origin and choice.columns == ("label",):
        held = amount(len(labels.classes), "class", "classes") if labels.classes else labels.kind
        return f"{rows.label_origin}, {held}"
    return f"{labels.kind if len(choice.columns) > 1 else f'a column of {labels.kind}'}, {choice.reason}"


def _decide(rows: Rows, column: str, modality: Modality, choice: LabelChoice, target: Target | None) -> LabelChoice:
    """Look at the values where types and names do not decide, and refuse where they do not either."""
    if target in (None, "classification", "multilabel"):
        if choice.alike:
            values = [rows.column(name).to_pylist() for name in choice.columns]
            if all(isinstance(value, (str, int, type(None))) for some in values for value in some[:1]) and same_meaning(
                values
            ):
                texts = [name for name in choice.columns if kind_of(feature_of(rows.features, name)) == "text"]
                (chosen, *_) = texts or choice.columns
                others = ", ".join(name for name in choice.columns if name != chosen)
                return LabelChoice((chosen,), f"named like a label, and {others} says the same")
        elif found := one_hot_columns(rows, modality):
            return LabelChoice(found, "with a 1 in exactly one of them in every row")
    raise _undecided(rows, column, choice, target)


def _undecided(rows: Rows, column: str, choice: LabelChoice, target: Target | None) -> DatasetError | UsageError:
    counts, total = _counts(rows, column), len(rows.numbers)
    columns = sorted(choice.columns, key=lambda name: not _may_be_classes(counts.get(name), total))
    if choice.columns and not any(_may_be_classes(counts.get(name), total) for name in choice.columns):
        more = [name for name, count in counts.items() if count and _may_be_classes(count, total) and not is_key(name)]
        columns = [*more, *columns]
    listed = f"the columns beside {column!r} are {_listed(rows.features, column, counts)}"
    listed = f"{rows.hint}; {listed}" if rows.hint else listed
    details: dict[str, Any] = {"columns": counts, "candidates": columns}
    if not choice.columns:
        return _no_label(rows, column, listed, target, details)
    first = option("--label-column", columns[0])
    if len(columns) == 1:
        what = f"Nothing says that column {columns[0]!r} is the label"
        why = f"it is the only one left, and not named like a label; {listed}"
        fix = f"{first}, if it is the label; or rank --unlabeled"
        if kind_of(feature_of(rows.features, columns[0])) == "text" and not _may_be_classes(
            counts.get(columns[0]), total
        ):
            fix = f"rank --unlabeled; or {first}, if it is the label"
        return UsageError(what, why, fix, code=ErrorCode.LABEL_UNSURE, **details)
    what = f"Several columns could be the label: {', '.join(columns[:LISTED])}"
    second = [name for name in columns[1:] if _may_be_classes(counts.get(name), total)]
    fix = f"{first}, or {option('--label-column', *second[:1])}" if second else f"{first}, if it is the label"
    ones = [name for name in choice.columns if counts.get(name) != 1 and _is_number(rows.features, name)]
    ones = [name for name in ones if zeros_and_ones(rows.column(name)) is not None]
    if 1 < len(ones) <= LISTED and target in (None, "multilabel"):
        fix = f"{option('--label-column', ','.join(ones))}, which reads several labels a row; or {first}"
    return UsageError(what, listed, fix, code=ErrorCode.LABEL_AMBIGUOUS, **details)


def _no_label(rows: Rows, column: str, listed: str, target: Target | None, details: dict[str, Any]) -> DatasetError:
    """Say that no column can be the label."""
    alone = not set(rows.features) - {column}
    listed = rows.hint or f"it has no column beside {column!r}" if alone else listed
    if target is not None:
        what, fix = (
            f"The data set has no labels for target {target!r}",
            "leave out --target, or --label-column NAME",
        )
        return DatasetError(
            what, f"no column can be read as {target}; {listed}", fix, code=ErrorCode.NO_LABEL, **details
        )
    fix = "rank --unlabeled" if alone else "--label-column NAME, if one of them is the label; or rank --unlabeled"
    fix = rows.advice or fix
    return DatasetError(
        "The data set is unlabeled",
        f"no column looks like a label; {listed}",
        fix,
        code=ErrorCode.NO_LABEL,
        **details,
    )


def _is_number(features: Features, name: str) -> bool:
    return kind_of(feature_of(features, name)) in ("int", "bool", "float")


def _may_be_classes(count: int | None, rows: int) -> bool:
    """Whether so many values are neither one for all rows nor hardly two of the same."""
    return count is None or 1 < count <= max(2, rows // 2)


def _counts(rows: Rows, column: str) -> dict[str, int | None]:
    """Return how many values each column has besides the input; none where nobody counted."""
    kinds = {name: kind_of(feature) for name, feature in leaves(rows.features) if name != column}
    plain = {name: kind for name, kind in kinds.items() if kind in ("class", "text", "int", "bool", "float")}
    if len(rows.numbers) > COUNTED:
        return dict.fromkeys(plain)
    return {
        name: pc.count_distinct(rows.column(name)).as_py() if place < LISTED else None
        for place, name in enumerate(plain)
    }


def _listed(features: Features, column: str, counts: dict[str, int | None]) -> str:
    names = [name for name in features if name != column]
    told = [
        f"{name} ({describe(features[name])}"
        + (f", {amount(count, 'value', 'values')})" if (count := counts.get(name)) is not None else ")")
        for name in names[:LISTED]
    ]
    return ", ".join(told) + (f" and {len(names) - LISTED} more" if len(names) > LISTED else "")
