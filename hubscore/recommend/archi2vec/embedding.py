"""archi2vec: architectures as vectors, alike where their graphs are built of the same parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hubscore.errors import UsageError
from hubscore.recommend.archi2vec.graph import Graph
from hubscore.recommend.archi2vec.weisfeiler_lehman import subtrees

Vector = NDArray[np.float32]

_RELATIVE_RANK = 1e-10
"""Singular values below this share of the largest are rounding."""


@dataclass(frozen=True)
class ArchitectureEmbedding:
    """What turns a graph into a vector.

    Attributes:
        labels: the v subtrees that the fitted graphs have, sorted.
        components: shape (v, e), orthonormal columns.
        rounds: how deep the subtrees are.
    """

    labels: tuple[str, ...]
    components: NDArray[np.float64]
    rounds: int = 2

    def transform(self, graph: Graph) -> Vector:
        """Return the vector of a graph, shape (e,).

        Its length is at most 1, and the shorter the fewer of the graph's subtrees are known: that of a graph unlike all
        fitted ones is near 0.
        """
        return self.transform_counts(subtrees(graph, rounds=self.rounds))

    def transform_counts(self, counts: Mapping[str, int]) -> Vector:
        """Return the vector of a graph of which only the counts of its subtrees are known, shape (e,)."""
        row = _profile(counts, {label: place for place, label in enumerate(self.labels)})
        return np.asarray(row @ self.components, dtype=np.float32)


def fit_embedding(graphs: Sequence[Graph], *, dimensions: int = 32, rounds: int = 2) -> ArchitectureEmbedding:
    r"""Fit the embedding to some graphs.

    .. math:: x_g = \frac{\ln(1 + c_g)}{\lVert \ln(1 + c_g) \rVert}, \quad X \approx U S V^\top, \quad e_g = V^\top x_g

    c counts the Weisfeiler-Lehman subtrees of a graph. Cosines of two vectors approach those of their counts as e
    grows. Nothing is drawn: the same graphs in any order give the same vectors in every process.

    Args:
        graphs: at least one; those that occur several times count once.
        dimensions: at most how many, e; fewer where the graphs span fewer.
        rounds: how deep the subtrees are.

    Returns:
        The embedding, to be kept with the vectors: those of two embeddings do not compare.

    Raises:
        UsageError: no graph, or fewer than one dimension.

    Source:
        In place of graph2vec (Narayanan et al., 2017), which Fennec (Bai et al., ECCV 2024) uses:
        ``docs/recommend.md`` compares them.

    Example:
        >>> graphs = [Graph(("Add", "Variable"), ((0, 1),)), Graph(("Mul", "Variable"), ((0, 1),))]
        >>> embedding = fit_embedding(graphs)
        >>> embedding.transform(graphs[0]).shape
        (2,)
    """
    if not graphs or dimensions < 1:
        why = "there is no graph" if not graphs else f"{dimensions} dimensions were asked for"
        raise UsageError("Cannot embed architectures", why, "pass graphs, and 32 dimensions")
    return fit_counts([subtrees(graph, rounds=rounds) for graph in graphs], dimensions=dimensions, rounds=rounds)


def fit_counts(known: Sequence[Mapping[str, int]], *, dimensions: int = 32, rounds: int = 2) -> ArchitectureEmbedding:
    """Fit the embedding to the subtree counts of some graphs, as :func:`fit_embedding` does to graphs."""
    distinct = sorted({tuple(sorted(counts.items())) for counts in known})
    labels = tuple(sorted({label for counts in distinct for label, _ in counts}))
    place = {label: number for number, label in enumerate(labels)}
    profiles = np.array([_profile(dict(counts), place) for counts in distinct])
    _, strengths, components = np.linalg.svd(profiles, full_matrices=False)
    kept = components[: min(dimensions, int((strengths > _RELATIVE_RANK * strengths[0]).sum()))]
    largest = kept[np.arange(len(kept)), np.abs(kept).argmax(axis=1)]
    return ArchitectureEmbedding(labels, (kept * np.sign(largest)[:, None]).T, rounds)


def _profile(counts: Mapping[str, int], place: Mapping[str, int]) -> NDArray[np.float64]:
    """Return the logarithms of the counts over the known labels, as a share of the length over all labels."""
    row = np.zeros(len(place))
    for label, count in counts.items():
        if label in place:
            row[place[label]] = np.log1p(count)
    length = np.sqrt(sum(np.log1p(counts[label]) ** 2 for label in sorted(counts)))
    return np.asarray(row / length)
