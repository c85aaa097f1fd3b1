"""PARC's model bank: what its heuristic needs to know of architectures and data sets.

The numbers are facts of the authors' repository (dbolya/parc ddfca43a, ``constants.py``), which the published table
was made with; real data sets of these names can have other sizes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from hubscore.bench.transfer_table import TransferRow, TransferTable

HEURISTIC = "heuristic"
LAYERS: Mapping[str, int] = {"resnet50": 50, "resnet18": 18, "googlenet": 22, "alexnet": 8, "resnet101": 101}
IMAGES: Mapping[str, int] = {
    "nabird": 24633,
    "oxford_pets": 3669,
    "cub200": 5794,
    "caltech101": 2630,
    "stanford_dogs": 8580,
    "voc2007": 2501,
    "cifar10": 50000,
    "imagenet": 150000,
}
TOLD = "The heuristic is computed from the depths and numbers of images in PARC's repository."
SEVERAL_LABELS = "voc2007"
"""The target that PARC's tables leave out, since most methods need one label an image."""


def with_heuristic(table: TransferTable) -> TransferTable:
    r"""Add PARC's heuristic to a table of its model bank; other tables are returned as they are.

    .. math:: l + \ln(|D_s| + |D_t|)

    Models whose source or architecture the authors' constants do not name have no value.

    Args:
        table: with sources and architectures.

    Source:
        Bolya, Mittapalli, Hoffman, NeurIPS 2021, Eq. 4 and Table 2.

    Example:
        >>> row = TransferRow("resnet18 imagenet", "cifar10", "imagenet", "resnet18")
        >>> round(with_heuristic(TransferTable((row,))).rows[0].scores["heuristic"], 4)
        30.2061
    """
    values = {place: value for place, row in enumerate(table.rows) if (value := _heuristic(row)) is not None}
    if not values:
        return table
    rows = tuple(
        replace(row, scores={**row.scores, HEURISTIC: values[place]}) if place in values else row
        for place, row in enumerate(table.rows)
    )
    notes = [TOLD]
    return replace(table, rows=rows, kinds={**table.kinds, HEURISTIC: "baseline"}, notes=(*table.notes, *notes))


def with_note(table: TransferTable) -> TransferTable:
    """Say of a table of PARC's bank that it has a target which the published tables leave out."""
    if TOLD not in table.notes or SEVERAL_LABELS not in table.targets:
        return table
    return replace(table, notes=(*table.notes, f"PARC leaves {SEVERAL_LABELS} out: --leave-out {SEVERAL_LABELS}"))


def _heuristic(row: TransferRow) -> float | None:
    layers, source = LAYERS.get(row.architecture or ""), IMAGES.get(row.source or "")
    target = IMAGES.get(row.target)
    if layers is None or source is None or target is None:
        return None
    return layers + math.log(source + target)
