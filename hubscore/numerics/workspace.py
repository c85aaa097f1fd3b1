"""The inputs of one checkpoint's scores, checked once, with what several scores need computed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hubscore.errors import UsageError
from hubscore.numerics.arrays import as_array
from hubscore.numerics.validation import kernel_matrix, matrix, probabilities, read_labels
from hubscore.types import Candidate, Target

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
T = TypeVar("T")
ROWS = ("features", "logits", "reference", "maps", "reference_maps", "nodes", "reference_nodes")
"""What has one row per sample, beside the labels; a kernel has a column per sample too."""


class Workspace:
    """Features, source probabilities and labels of one checkpoint on one probe.

    All arithmetic is float64. Integer labels of any values are mapped to ``0..classes-1`` first, so absent or
    negative values change nothing.

    Args:
        features: shape (n samples, d features).
        logits: shape (n samples, z source classes); ``probs`` is their softmax.
        probs: shape (n samples, z source classes), rows summing to 1; instead of ``logits``.
        labels: shape (n samples,), or (n samples, q) for multilabel, annotation and several regression targets.
        target: what the labels are; integers and words are taken as classes, anything else must be said.
        general: shape (m samples, d features), the same checkpoint on a general image set (for PED).
        label_texts: class texts as embeddings, shape (k models, c classes, e), for EMMS.
        candidate: facts about the checkpoint, for the baselines.
        reference: shape (n samples, r features) of a network trained on the target.
        maps: attribution maps, shape (n samples, c, h, w), NaN where the network never saw the pixel.
        reference_maps: those of the network trained on the target, of the same shape.
        nodes: DEPARA's maps, gradient x input of the representation's norm, of the same shape.
        reference_nodes: those of the network trained on the target.
        kernel: how alike each two samples are to the network's layers, shape (n samples, n samples), symmetric.
        no_probabilities: why a checkpoint with a head gives no source-class probabilities.
        no_kernel: why there is no kernel, where one was tried.

    Attributes:
        d: how many features the network has, however few columns a rotation needs for them; scores whose formula
            names the dimension use this and never the width of ``features``.
        source: for a subset, the workspace and the rows that it was taken from: see :func:`rowwise`.
        sampled: whether it is a subset, or made of one: its scores say how much values vary, for which six digits will
            do.

    Raises:
        UsageError: shapes disagree, or a value is not finite; the message names the column.
    """

    d: int

    def __init__(
        self,
        *,
        features: ArrayLike | None = None,
        logits: ArrayLike | None = None,
        probs: ArrayLike | None = None,
        labels: ArrayLike | None = None,
        target: Target | None = None,
        general: ArrayLike | None = None,
        label_texts: Sequence[ArrayLike] | None = None,
        reference: ArrayLike | None = None,
        maps: NDArray[Any] | None = None,
        reference_maps: NDArray[Any] | None = None,
        nodes: NDArray[Any] | None = None,
        reference_nodes: NDArray[Any] | None = None,
        kernel: ArrayLike | None = None,
        candidate: Candidate | None = None,
        no_probabilities: str = "",
        no_kernel: str = "",
    ) -> None:
        if logits is not None and probs is not None:
            raise UsageError("Both logits and probs were given", "probs is the softmax of logits", "pass one of them")
        self._memo: dict[Any, Any] = {}
        self.features = None if features is None else matrix("features", features)
        self.d = 0 if self.features is None else self.features.shape[1]
        self.source: tuple[Workspace, Ints] | None = None
        self.sampled = False
        self._original: Floats | None = None
        self._row_sums: Floats | None = None
        self.logits = None if logits is None else matrix("logits", logits)
        self._probs = None if probs is None else probabilities(matrix("probs", probs))
        self.general = None if general is None else matrix("general", general)
        self.reference = None if reference is None else matrix("reference", reference)
        self.label_texts = None if label_texts is None else [as_array(text).astype(np.float64) for text in label_texts]
        self.maps, self.reference_maps = maps, reference_maps
        self.nodes, self.reference_nodes = nodes, reference_nodes
        self.kernel = None if kernel is None else kernel_matrix(kernel)
        self.candidate, self.no_probabilities, self.no_kernel = candidate, no_probabilities, no_kernel
        self.target, self.classes, self.labels = read_labels(labels, target)
        self._check_rows()

    def has(self, need: str) -> bool:
        """Whether the workspace holds what a score needs."""
        if need == "probs":
            return self._probs is not None or self.logits is not None
        if need == "features or logits":
            return self.features is not None or self.logits is not None
        return getattr(self, need) is not None

    @property
    def n(self) -> int:
        """Samples."""
        for value in (self.features, self.labels, self._probs, self.logits, self.kernel):
            if value is not None:
                return len(value)
        return 0

    @property
    def probs(self) -> Floats:
        """Source probabilities, shape (n samples, z source classes)."""
        if self._probs is None:
            self._probs = _softmax(self)
        return self._probs

    @property
    def source_classes(self) -> int:
        """How many classes the source head tells apart; 0 without one."""
        return next((part.shape[1] for part in (self.logits, self._probs) if part is not None), 0)

    @property
    def original(self) -> Floats:
        """The features in the network's own columns, shape (n samples, d features), whatever ``features`` was
        rotated to.
        """
        return required_features(self) if self._original is None else self._original

    def memo(self, key: Any, compute: Callable[[], T]) -> T:
        """Return what ``compute`` gave the first time; see :func:`memoized`."""
        if key not in self._memo:
            self._memo[key] = compute()
        return cast(T, self._memo[key])

    @property
    def row_sums(self) -> Floats:
        """Sum of each sample's features as the network gave them, shape (n samples,); a rotation does not change it."""
        return _sums(self) if self._row_sums is None else self._row_sums

    def subset(self, rows: Ints | slice) -> Workspace:
        """Return the workspace of some rows, checked already.

        What is computed for each sample by itself, and what is computed for all pairs, is taken over from this
        workspace where the rows are given by number; everything else is computed anew. A slice takes nothing over.
        """
        part = self._copy()
        part.source = None if isinstance(rows, slice) else (self, rows)
        part.sampled = self.sampled or part.source is not None
        for name in (*ROWS, "_probs", "_row_sums", "_original"):
            value = getattr(self, name)
            setattr(part, name, None if value is None else value[rows])
        part.kernel = None if self.kernel is None else self.kernel[rows][:, rows]
        if self.labels is not None:
            part.target, part.classes, part.labels = read_labels(self.labels[rows], self.target)
            if self.classes is not None and part.classes is not None:
                part.classes = self.classes[part.classes]
        return part

    def replaced(
        self, features: Floats, *, d: int | None = None, row_sums: Floats | None = None, general: Floats | None = None
    ) -> Workspace:
        """Return the workspace with other features of the same samples, sharing nothing computed.

        Args:
            features: shape (n samples, k).
            d: how many features they stand for, where they are a rotation of those.
            row_sums: of the features they stand for, shape (n samples,).
            general: what has become of the general set, shape (m samples, k); without it there is none any more.
        """
        other = self._copy()
        other.features, other.d, other._row_sums, other.general = features, d or features.shape[1], row_sums, general
        other.source = other._original = None
        return other

    def rotated(self) -> Workspace:
        """Return the workspace with its features in at most n columns, where a rotation makes that possible.

        The columns are coordinates in an orthonormal basis of the span of the samples, the mean's direction included:
        inner products and distances between samples stay, and so does every score that registers ``rotation`` or
        ``rotated``. ``d``, ``row_sums`` and ``original`` stay those of the network.

        Example:
            >>> rows = np.array([[3.0, 0.0, 4.0], [6.0, 0.0, 8.0]])
            >>> turned = Workspace(features=rows).rotated()
            >>> turned.features.shape, turned.d, np.round(abs(turned.features @ turned.features.T), 9).tolist()
            ((2, 2), 3, [[25.0, 50.0], [50.0, 100.0]])
        """
        if self.features is None or self.features.shape[1] <= self.n:
            return self
        other = self._copy()
        other._original = self.features
        other.features = np.ascontiguousarray(r_factor(self.features.T).T)
        return other

    def unrotated(self) -> Workspace:
        """Return the workspace with its features in the network's own columns."""
        if self._original is None:
            return self
        other = self._copy()
        other.features, other._original = self._original, None
        return other

    def _copy(self) -> Workspace:
        other = object.__new__(Workspace)
        other.__dict__.update(self.__dict__)
        other._memo = {}
        return other

    def _check_rows(self) -> None:
        given = {name: getattr(self, name) for name in ("features", "logits", "_probs", "labels", "kernel")}
        sizes = {name.strip("_"): len(value) for name, value in given.items() if value is not None}
        if len(set(sizes.values())) > 1:
            listed = ", ".join(f"{name} has {size} rows" for name, size in sizes.items())
            raise UsageError("The inputs do not belong together", listed, "pass the same samples in the same order")
        if self.general is not None and self.features is not None and self.general.shape[1] != self.d:
            raise UsageError(
                "The general set does not belong to the features",
                f"it has {self.general.shape[1]} columns and the features have {self.d}",
                "pass general= of the same checkpoint and layer",
            )


def required_features(workspace: Workspace) -> Floats:
    """Return the features.

    Raises:
        UsageError: there are none; whoever asks must have made sure.
    """
    if workspace.features is None:
        raise UsageError("There are no features", "", "pass features=")
    return workspace.features


def required_candidate(workspace: Workspace) -> Candidate:
    """Return the checkpoint that a workspace belongs to.

    Raises:
        UsageError: none was given.
    """
    if workspace.candidate is None:
        raise UsageError("Nothing is known about the checkpoint", "no candidate was given", "pass candidate=")
    return workspace.candidate


def r_factor(values: Floats) -> Floats:
    """Return the triangular factor of a QR decomposition: the same inner products between columns, in fewer rows."""
    return cast(Floats, np.linalg.qr(values, mode="r"))


def memoized(function: Callable[[Workspace], T]) -> Callable[[Workspace], T]:
    """Compute a quantity at most once a workspace, whatever the number of scores that use it."""

    @wraps(function)
    def once(workspace: Workspace) -> T:
        return workspace.memo(function, lambda: function(workspace))

    return once


def rowwise(function: Callable[[Workspace], Floats]) -> Callable[[Workspace], Floats]:
    """Compute something of every sample by itself at most once: a subset takes its rows of what all samples gave.

    Args:
        function: returns an array whose first axis are the samples, each entry made of that sample alone.
    """

    @wraps(function)
    def once(workspace: Workspace) -> Floats:
        if workspace.source is None:
            return workspace.memo(function, lambda: function(workspace))
        whole, rows = workspace.source
        return workspace.memo(function, lambda: once(whole)[rows])

    return once


@rowwise
def _sums(workspace: Workspace) -> Floats:
    return np.asarray(workspace.original.sum(axis=1), dtype=np.float64)


@rowwise
def _softmax(workspace: Workspace) -> Floats:
    if workspace.logits is None:
        raise UsageError("There are no source probabilities", "neither probs nor logits were given", "pass one of them")
    from scipy.special import softmax

    chances: Floats = softmax(workspace.logits, axis=1)
    return chances
