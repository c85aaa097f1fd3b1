"""The recommended layer: a curve over the layers, what to freeze, and what a reader would trip over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from hubscore.layers.layer_features import LayerFeatures
from hubscore.layers.layer_scores import DEPARA, Scored, recommend
from hubscore.layers.result import Layer, LayerSelection
from hubscore.layers.split_points import SplitPoint
from hubscore.ranking.columns import Column
from hubscore.types import Candidate


def make_selection(
    candidate: Candidate,
    split_points: Sequence[SplitPoint],
    features: LayerFeatures,
    scored: Scored,
    columns: Sequence[Column],
    record: Mapping[str, object],
) -> LayerSelection:
    """Put the curve, the recommended layer and what must be said with it together.

    Args:
        candidate: the network.
        split_points: its layers, in order.
        features: of each layer.
        scored: by layer and score.
        columns: the scores of labels that decide; none where a target network decides.
        record: what it takes to make the selection again.
    """
    signs = {column.name: column.sign for column in columns} or dict.fromkeys(DEPARA, 1)
    deciding = tuple(signs) if columns else DEPARA[:1]
    values = np.array(
        [[_or_nan(scored[point.name][name].value) * signs[name] for point in split_points] for name in deciding]
    )
    mean, best = recommend(values)
    counted = tuple(name for name, row in zip(deciding, values, strict=True) if not np.isnan(row).all())
    layers = tuple(
        Layer(
            point.name,
            point.kind,
            features.features[point.name].shape[1],
            point.parameters,
            {name: one.value for name in signs if (one := scored[point.name][name]).value is not None},
            {name: str(one.reason) for name in signs if (one := scored[point.name][name]).value is None},
            None if np.isnan(mean[place]) else float(mean[place]),
            point.freeze,
            point.clean,
        )
        for place, point in enumerate(split_points)
    )
    selection = LayerSelection(
        candidate.repo_id,
        candidate.revision,
        layers,
        counted,
        {name: "higher" if sign > 0 else "lower" for name, sign in signs.items()},
        "labels" if columns else "depara",
        None if best is None else split_points[best].name,
        dict(record),
        (),
        features.forward_images,
    )
    return replace(selection, notes=tuple(_notes(selection)))


def _notes(selection: LayerSelection) -> list[str]:
    """Say what a reader would trip over."""
    notes = []
    for name in selection.directions:
        reasons = [layer.undefined[name] for layer in selection.layers if name in layer.undefined]
        if reasons:
            count = (
                "every layer"
                if len(reasons) == len(selection.layers)
                else f"{len(reasons)} of {len(selection.layers)} layers"
            )
            notes.append(f"{name} is undefined for {count}: {reasons[0]}")
    if selection.best is not None and not selection.best.clean:
        notes.append(
            f"What lies behind {selection.best.name} sees the input by other ways too: freezing up to it leaves these"
            " open"
        )
    return notes


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value
