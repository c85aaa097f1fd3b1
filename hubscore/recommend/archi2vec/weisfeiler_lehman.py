"""Weisfeiler-Lehman subtrees: what each node of a graph looks like with what lies below it."""

from __future__ import annotations

import hashlib
from collections import Counter

from hubscore.recommend.archi2vec.graph import Graph


def subtrees(graph: Graph, *, rounds: int = 2) -> Counter[str]:
    r"""Count the subtrees of a graph, one for each node and round.

    .. math:: \ell_0(v) = \text{type}, \quad \ell_{r+1}(v) = \operatorname{md5}(\ell_r(v),
        \operatorname{sort} \{\ell_r(u) : v \to u\})

    Only what a node was computed from counts as its neighbours. Labels are the same in every process and on every
    machine.

    Args:
        graph: of n nodes.
        rounds: how deep the subtrees are.

    Returns:
        How often each label occurs; n (rounds + 1) in all.

    Source:
        Shervashidze et al., JMLR 2011; joined and hashed as karateclub's graph2vec does, which Fennec used.

    Example:
        >>> counts = subtrees(Graph(("Add", "Variable", "Variable"), ((0, 1), (0, 2))), rounds=1)
        >>> sorted(counts.values()), counts["Variable"]
        ([1, 1, 2, 2], 2)
    """
    below = graph.successors()
    labels = list(graph.names)
    counts = Counter(labels)
    for _ in range(rounds):
        labels = [_label(labels[node], sorted(labels[other] for other in below[node])) for node in range(len(labels))]
        counts.update(labels)
    return counts


def _label(own: str, others: list[str]) -> str:
    return hashlib.md5("_".join([own, *others]).encode(), usedforsecurity=False).hexdigest()
