"""The linear probe: how well a logistic regression on the frozen features does on samples it was not fitted to."""

from __future__ import annotations

import warnings
from typing import Literal

import numpy as np

from hubscore.errors import Advice, Undefined
from hubscore.numerics.class_statistics import codes
from hubscore.numerics.label_matrix import label_matrix
from hubscore.numerics.logistic_regression import fit
from hubscore.numerics.spectrum import check_varying
from hubscore.numerics.validation import integer
from hubscore.numerics.workspace import Floats, Ints, Workspace, required_features

STEPS = 10_000
"""Of L-BFGS at most; fits take tens to hundreds."""
GRADIENT = 1e-4
"""Largest entry of the gradient of the summed loss at which a fit ends; scikit-learn's tolerance is on the mean
loss.
"""
LOOSE = 100.0
"""A fit that stops for another reason is accepted up to this many times that gradient: predictions no longer move."""


def logistic(workspace: Workspace, *, reading: Literal["default", "released"] = "default", folds: int = 5) -> float:
    """Return the stratified cross-validated accuracy of a logistic regression with an L2 penalty (C = 1).

    Features are standardised within the fold. Every fit runs until the gradient of the summed loss is below 1e-4:
    scikit-learn now averages the loss, so that its default, or the authors' tolerance of 0.1, stops after a few steps.
    The minimum is looked for along the principal axes of the fold, where it is reached in a fraction of the steps, and
    where features that outnumber samples need only as many columns as there are samples; no prediction changes.

    Args:
        workspace: with features, shape (n samples, d features), and classes or 0/1 labels.
        reading: ``"released"`` fits the raw first half in the given order, at most 20 steps, and predicts the second
            half.
        folds: at most; as many as the smallest class has samples.

    Returns:
        Between 0 and 1, higher is better: the mean over folds; for several labels the mean over those labels that have
        at least two samples with and two without.

    Raises:
        Undefined: the features are the same for every sample, a class has one sample, or no fit converges.
        UsageError: folds is not an integer of at least 2.

    Source:
        Bolya, Mittapalli, Hoffman, NeurIPS 2021, as a baseline.

    Example:
        >>> import numpy as np
        >>> from hubscore import score
        >>> score("logistic", features=np.array([[0.0], [1.0], [4.0], [5.0]]), labels=[0, 0, 1, 1])
        1.0
    """
    integer("folds", folds, 5, least=2)
    features = required_features(workspace)
    check_varying(workspace, "The linear probe")
    if workspace.target == "classification":
        return _accuracy(features, codes(workspace), reading, folds)
    columns = label_matrix(workspace).astype(np.int64)
    present_in = columns.sum(axis=0)
    usable = columns[:, np.minimum(present_in, workspace.n - present_in) >= 2]
    if not usable.shape[1]:
        raise Undefined(
            "The linear probe is undefined",
            "no label has two samples with it and two without",
            advice=(Advice.SAMPLES,),
        )
    return float(np.mean([_accuracy(features, labels, reading, folds) for labels in usable.T]))


def _accuracy(features: Floats, labels: Ints, reading: str, folds: int) -> float:
    if reading == "released":
        return _half_split(features, labels)
    counts = np.bincount(labels)
    if counts.min() < 2:
        lonely = int((counts == 1).sum())
        raise Undefined(
            "The linear probe is undefined",
            f"{lonely} class{'es have' if lonely > 1 else ' has'} one sample, which cannot be in the training and the"
            " test part",
            "drop those classes",
            advice=(Advice.SAMPLES,),
        )
    from sklearn.model_selection import StratifiedKFold

    splits = StratifiedKFold(min(folds, int(counts.min()))).split(features, labels)
    return float(
        np.mean([_fold(features[train], labels[train], features[test], labels[test]) for train, test in splits])
    )


def _fold(train: Floats, known: Ints, test: Floats, hidden: Ints) -> float:
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(train)
    head = fit(scaler.transform(train), known, tol=GRADIENT, steps=STEPS)
    if not head.gradient <= LOOSE * GRADIENT:
        why = f"a fit stopped at a gradient of {head.gradient:.1e}"
        raise Undefined("The linear probe is undefined", why, advice=(Advice.REDUCE, Advice.LAYER))
    return float((head.predict(scaler.transform(test)) == hidden).mean())


def _half_split(features: Floats, labels: Ints) -> float:
    """Fit the first half as the authors do; the tolerance is theirs, of 0.1 on the summed loss."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    first = len(labels) - len(labels) // 2
    if len(np.unique(labels[:first])) < 2:
        raise Undefined(
            "The linear probe (released) is undefined",
            "the first half of the samples has one class",
            'use reading="default"',
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(tol=0.1 / first, max_iter=20).fit(features[:first], labels[:first])
    return float((model.predict(features[first:]) == labels[first:]).mean())
