"""The labels of the drawn rows, as they go into the probe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from hubscore.errors import DatasetError
from hubscore.modalities.base import Modality
from hubscore.probe.columns import feature_of, kind_of
from hubscore.probe.decoding import DecodedRows
from hubscore.probe.rows import Rows
from hubscore.probe.rows_there import rows_there
from hubscore.probe.stratified import MIN_PER_CLASS
from hubscore.probe.targets import Labels, class_vectors
from hubscore.text import amount
from hubscore.types import Target


@dataclass(frozen=True)
class ProbeLabels:
    """Labels, class names and what they are, as in a ``Probe``."""

    values: np.ndarray | None
    classes: tuple[str, ...]
    target: Target | None


def probe_labels(
    rows: Rows,
    decoded: DecodedRows,
    name: str | None,
    labels: Labels | None,
    *,
    modality: Modality,
    as_vectors: bool = False,
) -> ProbeLabels:
    """Return the labels of the drawn rows, with only the classes that occur among them.

    Args:
        rows: the split.
        decoded: the rows.
        name: the label column, or none.
        labels: of every row that can be drawn, or none.
        modality: of the rows.
        as_vectors: give class labels as annotation vectors too.

    Returns:
        The labels.

    Raises:
        DatasetError: nothing in them can be told apart.
    """
    if labels is None or name is None:
        return ProbeLabels(None, (), None)
    if labels.target == "annotation":
        return _annotation(rows, decoded, name, modality)
    values = labels.values[decoded.positions]
    if labels.target == "regression":
        if np.ptp(values) == 0:
            raise DatasetError(
                f"All drawn labels of column {name!r} are {values[0]:g}",
                "a ranking needs labels that differ",
                "--label-column NAME, another one",
            )
        return ProbeLabels(values.astype(float), (), "regression")
    found = _classes(labels, values) if labels.target == "classification" else _several(labels, values, rows)
    return (
        ProbeLabels(class_vectors(found), found.classes, "annotation")
        if as_vectors
        else ProbeLabels(found.values, found.classes, found.target)
    )


def _classes(labels: Labels, values: np.ndarray) -> Labels:
    """Number the classes that occur anew, in the data set's order."""
    present, numbers = np.unique(values, return_inverse=True)
    return Labels(
        "classification",
        numbers.astype(np.int64),
        tuple(labels.classes[position] for position in present),
        np.zeros(len(values), bool),
    )


def _several(labels: Labels, vectors: np.ndarray, rows: Rows) -> Labels:
    """Keep the labels that at least two of the drawn rows have."""
    counts = vectors.sum(axis=0)
    kept = np.flatnonzero(counts >= MIN_PER_CLASS)
    if not len(kept):
        there, other = rows_there(rows, labels), "--label-column NAME, another one"
        more = there is None or there > len(vectors)
        raise DatasetError(
            "No label occurs twice among the drawn rows",
            f"{len(labels.classes)} labels in all, and {len(vectors)} rows{'' if more else ', which are all'}",
            f"--samples {10 * len(vectors)}{', where there are as many' if there is None else ''}; or {other}"
            if more
            else other,
        )
    if len(kept) < len(counts):
        rare = len(counts) - len(kept)
        each = "it" if rare == 1 else "each"
        few = amount(rare, "label was", "labels were")
        rows.notes.append(f"{few} left out: fewer than {MIN_PER_CLASS} drawn rows have {each}")
    return Labels(
        "multilabel",
        vectors[:, kept].astype(np.int64),
        tuple(labels.classes[position] for position in kept),
        labels.missing[: len(vectors)],
    )


def _annotation(rows: Rows, decoded: DecodedRows, name: str, modality: Modality) -> ProbeLabels:
    feature = feature_of(rows.features, name)
    if kind_of(feature) == "file":
        values = rows.items(name, decoded.positions, modality)
    else:
        values = rows.column(name).combine_chunks().take(pa.array(decoded.positions)).to_pylist()
    vectors, classes = modality.annotation_vectors(values, feature, decoded.encoded)
    if not len(classes):
        raise DatasetError(
            f"Column {name!r} annotates nothing", "no drawn row has a class in it", "--label-column NAME"
        )
    return ProbeLabels(vectors, classes, "annotation")
