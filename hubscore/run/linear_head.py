"""A network trained on the target, made quickly: a linear head on another network's features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hubscore.errors import Undefined
from hubscore.numerics.validation import read_labels
from hubscore.numerics.workspace import Floats
from hubscore.types import Probe

FOLDS = 5


def linear_head_outputs(features: NDArray[np.floating], probe: Probe, *, seed: int = 0) -> Floats:
    """Return what a linear head trained on the target says of every sample, by folds that it was not trained on.

    For classes it is scikit-learn's logistic regression on standardised features, one column per class (one column for
    two classes); for any other target ridge regression, its penalty chosen by leave-one-out.

    Args:
        features: shape (n samples, d features).
        probe: with labels.
        seed: of the folds.

    Returns:
        Shape (n samples, outputs).

    Raises:
        Undefined: there are no labels, or a class has fewer than two samples.
    """
    from sklearn.linear_model import LogisticRegression, RidgeCV
    from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    target, _, labels = read_labels(probe.labels, probe.target)
    if labels is None:
        raise Undefined(
            "The reference has no head",
            "there are no labels to train it on",
            "--reference ID of a network that was trained",
        )
    rows = np.asarray(features, dtype=np.float64)
    if target != "classification":
        ridge = make_pipeline(StandardScaler(), RidgeCV(alphas=np.logspace(-1, 5, 13)))
        folds = KFold(min(FOLDS, len(rows)), shuffle=True, random_state=seed)
        outputs = cross_val_predict(ridge, rows, labels, cv=folds)
    else:
        smallest = int(np.bincount(labels).min())
        if smallest < 2:
            raise Undefined(
                "The reference has no head",
                "a class has a single sample",
                "more samples, or --reference of a trained network",
            )
        logistic = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        folds = StratifiedKFold(min(FOLDS, smallest), shuffle=True, random_state=seed)
        outputs = cross_val_predict(logistic, rows, labels, cv=folds, method="decision_function")
    return np.asarray(outputs, dtype=np.float64).reshape(len(rows), -1)
