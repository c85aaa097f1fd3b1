"""What people pass to `score` and `score_pool`, checked by its keywords, and networks against each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np

from hubscore.errors import UsageError
from hubscore.numerics.validation import check_reach, is_in_reach, matrix
from hubscore.numerics.workspace import Workspace
from hubscore.scores.info import ScoreInfo

INPUTS = ("features", "logits", "probs", "labels", "target", "general", "label_texts", "kernel")
"""Keywords of :func:`score`, and keys of a network in :func:`score_pool`."""
_ELSEWHERE = {"X": "features", "x": "features", "y": "labels", "Y": "labels"}
"""As scikit-learn calls them."""


def near_keyword(name: str, options: Collection[str]) -> str | None:
    """Return the keyword that somebody meant, none where nothing is like it.

    Example:
        >>> near_keyword("feature", ()), near_keyword("y", ()), near_keyword("zzz", ("k",))
        ('features', 'labels', None)
    """
    return _ELSEWHERE.get(name) or next(iter(get_close_matches(name, (*INPUTS, *options), 1)), None)


def check_networks(name: str, networks: Any) -> None:
    """Refuse what is no list of networks, and keys that a network has not.

    Raises:
        UsageError: it is so.
    """
    if isinstance(networks, Mapping) or not all(isinstance(one, Mapping) for one in networks):
        raise UsageError(*_not_a_list(name, networks))
    for network in networks:
        if unknown := sorted(map(str, set(network) - set(INPUTS))):
            near = near_keyword(unknown[0], ())
            why, fix = f"it takes {', '.join(INPUTS)}", f"did you mean {near}=?" if near else "leave it out"
            raise UsageError(f"A network has no '{unknown[0]}'", why, fix)


def in_reach(info: ScoreInfo, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the inputs with features whose squares are numbers: where their size does not matter to the score, huge
    and tiny ones are divided by a power of two, which loses no digit.

    Raises:
        UsageError: their size matters, and the squares overflow or vanish.
    """
    if inputs.get("features") is None:
        return inputs
    features = matrix("features", inputs["features"])
    if is_in_reach(features):
        return {**inputs, "features": features}  # so that it is converted once
    if inputs.get("general") is not None or not info.invariant & {"scale", "affine"}:
        check_reach("features", features)
    exponent = int(np.frexp(np.abs(features).max())[1])
    return {**inputs, "features": np.ldexp(features, -exponent)}


def check_same(name: str, workspaces: Sequence[Workspace]) -> None:
    """Refuse networks that saw other samples than the first: what compares them would compare those.

    Raises:
        UsageError: numbers of samples, or labels, differ.
    """
    for place, one in enumerate(workspaces[1:], 1):
        first, own = workspaces[0].labels, one.labels
        if one.n != workspaces[0].n or (first is not None and own is not None and not np.array_equal(first, own)):
            what = f"{one.n} samples and the first {workspaces[0].n}" if one.n != workspaces[0].n else "other labels"
            why = f"network {place} (counted from 0) has {what}"
            fix = "run all over the same samples, in the same order"
            raise UsageError(f"Cannot compare these networks by '{name}'", why, fix)


def _not_a_list(name: str, networks: Any) -> tuple[str, str, str]:
    """Say what is wrong with networks that are no list of dicts: what, why, fix."""
    what = f"Cannot compute '{name}' of these networks"
    if not isinstance(networks, Mapping):
        return what, "each must be a dict with features=, labels= and so on", "[dict(features=..., labels=...), ...]"
    if networks and all(isinstance(one, Mapping) for one in networks.values()):
        why = "they are a dict, and values are returned in the order of a list"
        return what, why, f'dict(zip(networks, score_pool("{name}", list(networks.values()))))'
    why = "this is one network, and the score compares several"
    return what, why, f'score_pool("{name}", [dict(features=..., labels=...), ...])'
