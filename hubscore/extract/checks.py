"""What a network's numbers must be before a score may use them."""

from __future__ import annotations

import numpy as np

from hubscore.errors import CandidateError


def run_error(name: str, why: str, fix: str = "choose another checkpoint") -> CandidateError:
    """Return the error for a network that cannot be run."""
    return CandidateError(f"Cannot run {name!r}", why, fix, subject=name, predicate="")


def check_finite(name: str, features: np.ndarray, logits: np.ndarray | None = None) -> None:
    """Refuse numbers that are not finite.

    Args:
        name: of the network, for messages.
        features: shape (n, d).
        logits: shape (n, z), or none.

    Raises:
        CandidateError: some are not finite.

    Example:
        >>> check_finite("org/net", np.ones((2, 3)))
    """
    for what, values in (("features", features), ("logits", logits)):
        bad = 0 if values is None else int((~np.isfinite(values).all(axis=1)).sum())
        if bad:
            why = f"its {what} are not finite (NaN or infinite) for {bad} of {len(features)} rows"
            fix = "choose another checkpoint; this one's weights are damaged or overflow in float32"
            raise run_error(name, why, fix)


def check_varying(name: str, features: np.ndarray) -> None:
    """Refuse features that tell no two rows of a probe apart.

    Args:
        name: of the network, for messages.
        features: shape (n, d), of the whole probe.

    Raises:
        CandidateError: every row has the same features.

    Example:
        >>> check_varying("org/net", np.eye(2))
    """
    if len(features) > 1 and not np.ptp(features, axis=0).any():
        raise run_error(name, f"its features are the same for all {len(features)} rows")
