"""A calibration from ground truth: both fits, what held-out data sets say of them, and what the truth covered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from hubscore.calibration.assemble import Truth
from hubscore.calibration.calibration import Calibration
from hubscore.calibration.cross_validation import Checks, check
from hubscore.calibration.fit import fit
from hubscore.calibration.pairs import Pairs
from hubscore.calibration.record import Fit, Provenance, Ranges

MARGIN = 2.0
"""Probes of half to twice as many rows as those of the truth are covered."""


@dataclass(frozen=True)
class Made:
    """A calibration with its checks.

    Attributes:
        calibration: to be saved.
        checks: by kind of evidence and by what was left out, for example ``("layers", "data sets")``.
        pairs: the truth that it was fitted on: with layers where there are as many.
    """

    calibration: Calibration
    checks: Mapping[tuple[str, str], Checks]
    pairs: Pairs


def make(truth: Truth, provenance: Provenance, *, modality: str = "image", weights: bool = False) -> Made:
    """Fit both kinds of evidence, and leave every data set and every family out once.

    Args:
        truth: joined from tables.
        provenance: where that comes from; the data sets are filled in.
        modality: kind of input.
        weights: as in :func:`~hubscore.calibration.fit.fit`.
    """
    fits: dict[str, Fit | None] = {}
    checks: dict[tuple[str, str], Checks] = {}
    for kind, pairs in (("features", truth.features), ("layers", truth.layers)):
        fits[kind] = None
        if pairs is None:
            continue
        checks[kind, "data sets"] = own = check(pairs, weights=weights)
        if len(np.unique(pairs.family)) > 1:
            checks[kind, "families"] = check(pairs, Pairs.by_family, weights=weights)
        fits[kind] = replace(fit(pairs, weights=weights), checks=own.to_json())
    known = [pairs for pairs in (truth.features, truth.layers) if pairs is not None]
    widest = max(reversed(known), key=len)
    names = sorted({name for pairs in known for name in pairs.targets})
    calibration = Calibration(
        features=fits["features"],
        layers=fits["layers"],
        ranges=_ranges(max(known, key=len), truth.sizes),
        modality=modality,
        provenance=replace(
            provenance, datasets=tuple(names), runs=truth.runs, left_out=truth.left_out, resized=truth.resized
        ),
    )
    return Made(calibration, checks, widest)


def _ranges(pairs: Pairs, sizes: tuple[float, ...]) -> Ranges:
    return Ranges(
        samples=(float(pairs.samples.min()) / MARGIN, float(pairs.samples.max()) * MARGIN),
        classes=(float(pairs.classes.min()), float(pairs.classes.max())),
        input_size=(min(sizes), max(sizes)) if sizes else None,
        probed=float(np.median(pairs.samples)),
    )
