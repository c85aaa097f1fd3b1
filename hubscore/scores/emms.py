"""EMMS: does a linear map of the features reproduce the class names as text models write them?"""

from __future__ import annotations

from typing import Literal

import numpy as np

from hubscore.errors import Advice, Undefined, UsageError
from hubscore.numerics.class_statistics import class_coordinates, codes, counts
from hubscore.numerics.spectrum import spectrum
from hubscore.numerics.workspace import Floats, Ints, Workspace


def emms(workspace: Workspace, *, reading: Literal["default", "released"] = "default") -> float:
    r"""Fit weighted class-text embeddings by the features, once, and return minus the mean squared residual.

    .. math:: -\tfrac{1}{N E} | X W - \textstyle\sum_k t_k Y_k |^2

    Y_k holds each sample's class name under text model k, standardised by column. W fits the mean over the models; the
    weights t then fit X W and are projected on the simplex (sparsemax). One round, as released; the authors' code
    divides by N and multiplies by E, which is the same for all networks.

    Args:
        workspace: with features, shape (n samples, d features), classes, and ``label_texts``: one array per text model,
            shape (c classes, e dimensions), rows in the order of the sorted labels.
        reading: ``"released"`` multiplies by E instead of dividing.

    Returns:
        At most 0, higher is better.

    Raises:
        Undefined: as many independent features as samples allow, so that every network fits perfectly; or texts that
            are all alike.
        UsageError: texts of different shapes, or not one row per class.

    Source:
        Meng et al., NeurIPS 2023, Algorithm 1.

    Example:
        >>> import numpy as np
        >>> from hubscore import score
        >>> features, texts = np.array([[0.0], [0.0], [1.0], [2.0]]), [np.array([[1.0], [3.0]])]
        >>> round(score("emms", features=features, labels=[0, 0, 1, 1], label_texts=texts), 4)
        -0.1818
    """
    if spectrum(workspace).values.size >= workspace.n - 1:
        raise Undefined(
            "EMMS is undefined",
            f"{workspace.d} features of {workspace.n} samples fit any labels perfectly, so every checkpoint has 0",
            advice=(Advice.REDUCE, Advice.SAMPLES),
        )
    texts = _texts(workspace)
    inside = class_coordinates(workspace).T  # basis^T times one-hot labels, shape (r, c)
    fitted = inside @ texts.mean(axis=0)
    weights = sparsemax(_weights(texts, inside.T @ fitted, counts(workspace)))
    target = np.tensordot(weights, texts, axes=1)
    along = inside @ target
    residual = (
        np.square(fitted - along).sum() + counts(workspace) @ np.square(target).sum(axis=1) - np.square(along).sum()
    )
    n, e = workspace.n, texts.shape[2]
    return float(-max(residual, 0.0) / n * (e if reading == "released" else 1 / e))


def _weights(texts: Floats, sums: Floats, sizes: Ints) -> Floats:
    """Fit the text models, shape (k, c, e), to the class sums of a prediction, shape (c, e), by least squares over
    samples.
    """
    root = np.sqrt(sizes)[:, None]
    design = (texts * root).reshape(len(texts), -1).T
    return np.asarray(np.linalg.lstsq(design, (sums / root).ravel(), rcond=None)[0], dtype=np.float64)


def _texts(workspace: Workspace) -> Floats:
    """Return the standardised embeddings of the classes, shape (k, c, e): mean 0 and deviation 1 over the samples."""
    given = workspace.label_texts or []
    shapes = {text.shape for text in given}
    c = len(counts(workspace))
    if len(shapes) != 1 or any(len(shape) != 2 or shape[0] < c for shape in shapes):
        shown = ", ".join(str(shape) for shape in sorted(shapes)) or "none"
        raise UsageError(
            f"Cannot use label texts of shapes {shown}",
            f"each must be ({c} classes, e), with one e",
            "pass label_texts=[array, ...]",
        )
    texts = np.stack(given)[:, _rows(workspace, next(iter(shapes))[0])]
    share = counts(workspace) / workspace.n
    centred = texts - np.einsum("c,kce->ke", share, texts)[:, None]
    deviation = np.sqrt(np.einsum("c,kce->ke", share, centred**2))[:, None]
    constant = deviation <= np.finfo(np.float64).eps * np.abs(texts).max(axis=1, keepdims=True)
    if constant.all():
        raise Undefined(
            "EMMS is undefined", "all classes have the same text embedding", "pass embeddings of the class names"
        )
    standardised: Floats = np.where(constant, 0.0, centred / np.where(constant, 1.0, deviation))
    return standardised


def _rows(workspace: Workspace, available: int) -> list[int]:
    """Which row of the texts belongs to each class: in order, or by number where the probe lacks some classes."""
    c = len(counts(workspace))
    if available == c or workspace.classes is None:
        return list(range(c))
    numbers = [int(label) for label in workspace.classes[np.unique(codes(workspace))]]
    if min(numbers) < 0 or max(numbers) >= available:
        raise UsageError(
            f"Cannot match {available} label texts with {c} classes",
            f"labels run to {max(numbers)}",
            "pass one text per class",
        )
    return numbers


def sparsemax(values: Floats) -> Floats:
    """Project on the simplex (Martins and Astudillo, ICML 2016).

    Example:
        >>> sparsemax(np.array([1.0, 0.5, -3.0])).tolist()
        [0.75, 0.25, 0.0]
    """
    falling = np.sort(values)[::-1]
    thresholds = (np.cumsum(falling) - 1) / np.arange(1, len(values) + 1)
    threshold = thresholds[np.flatnonzero(falling > thresholds)[-1]]
    projected: Floats = np.maximum(values - threshold, 0.0)
    return projected
