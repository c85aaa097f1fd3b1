"""Several probes in one pass: every checkpoint is fetched and loaded once, whatever the number of probes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from operator import add

import numpy as np

from hubscore.extract.row_ids import row_ids
from hubscore.types import Extraction, Probe


def concat_probes(probes: Sequence[Probe]) -> Probe:
    """Return one unlabelled probe with the rows of all, in order; of a single probe, that probe."""
    if len(probes) == 1:
        return probes[0]
    digest = hashlib.sha256(b"hubscore probes 1" + "".join(probe.fingerprint for probe in probes).encode())
    return replace(
        probes[0],
        indices=tuple(index for probe in probes for index in probe.indices),
        labels=None,
        target=None,
        fingerprint=digest.hexdigest(),
        items=reduce(add, (probe.items for probe in probes)),
        row_ids=tuple(row for probe in probes for row in row_ids(probe)),
    )


def split_extractions(extractions: Mapping[str, Extraction], probes: Sequence[Probe]) -> list[dict[str, Extraction]]:
    """Undo :func:`concat_probes`: return the extractions of each probe, by model."""
    found, start = [], 0
    for probe in probes:
        rows = slice(start, start + len(probe))
        found.append({model: _rows(extraction, rows) for model, extraction in extractions.items()})
        start = rows.stop
    return found


def stack_kernels(kernels: Sequence[np.ndarray]) -> np.ndarray:
    """Return the kernels of several probes as the rows of all probes have them, from the left, NaN behind smaller ones.

    Example:
        >>> stack_kernels([np.ones((1, 1)), np.zeros((2, 2))]).tolist()
        [[1.0, nan], [0.0, 0.0], [0.0, 0.0]]
    """
    if len(kernels) == 1:
        return kernels[0]
    widest = max(map(len, kernels))
    padded = [np.pad(one, ((0, 0), (0, widest - len(one))), constant_values=np.nan) for one in kernels]
    return np.concatenate(padded)


def _rows(extraction: Extraction, rows: slice) -> Extraction:
    features = {layer: values[rows] for layer, values in extraction.features.items()}
    logits, kernel = extraction.logits, extraction.layer_kernel
    return replace(
        extraction,
        features=features,
        logits=None if logits is None else logits[rows],
        layer_kernel=None if kernel is None else kernel[rows, : rows.stop - rows.start],
    )
