"""Which layer of a network the probe likes best, where its features hold every layer, and the features of that one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hubscore.errors import Undefined, UsageError
from hubscore.ranking.score_inputs import LAYER, features_layer
from hubscore.scores.api import score
from hubscore.types import Extraction, Probe

BEST = "best"
"""What people type for it."""
SCORE = "logme"
"""The evidence by which a layer is chosen; it knows classes, numbers and several labels."""


def with_best_layer(extraction: Extraction, probe: Probe) -> Extraction:
    """Return an extraction with the features of the layer whose LogME on the probe is highest, which its notes say; the
    last layer where none has one, and the extraction as it is where it does not hold every layer.

    The layer is chosen on the rows that the ranking scores, so scores of a network of many layers have more chances
    than those of a shallow one.

    Args:
        extraction: whose transform says ``hidden_layers`` and ``layers``; the features of the layers stand side by
            side, the first layer first.
        probe: with labels.

    Raises:
        UsageError: the probe has no labels.
    """
    count = extraction.transform.get("layers")
    if extraction.transform.get("hidden_layers") != BEST or not isinstance(count, int) or LAYER in extraction.notes:
        return extraction
    if probe.labels is None:
        raise needs_labels()
    name = features_layer(extraction)
    parts = np.split(extraction.features[name], count, axis=1)
    found = [_evidence(part, probe) for part in parts]
    known = [value for value in found if value is not None]
    best = len(found) - 1 - found[::-1].index(max(known)) if known else count - 1  # the deepest of equal ones
    told = {"layer": best + 1, "of": count, "by": SCORE, "values": found}
    features = {**extraction.features, name: np.ascontiguousarray(parts[best])}
    return replace(extraction, features=features, notes={**extraction.notes, LAYER: told})


def needs_labels() -> UsageError:
    """Return the error where a layer is to be chosen and there are no labels."""
    return UsageError(
        "The best of the hidden layers needs labels",
        "they decide which layer it is",
        'hidden_layers="mean"',
        option="hidden_layers",
        value="mean",
    )


def layer_note(extraction: Extraction) -> tuple[str, ...]:
    """Say which layer's features were scored, where it was chosen."""
    told = extraction.notes.get(LAYER)
    if not told:
        return ()
    return (f"features of layer {told['layer']} of {told['of']}, chosen on the probe by LogME",)


def _evidence(features: np.ndarray, probe: Probe) -> float | None:
    try:
        value = score(SCORE, features=features, labels=probe.labels, target=probe.target)
    except Undefined:
        return None
    return float(value)
