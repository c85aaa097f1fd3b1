"""Subtree counts of architectures as a few arrays; models that share an architecture share its counts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hubscore.recommend.archi2vec.embedding import ArchitectureEmbedding, Vector, fit_counts

Counts = Mapping[str, int]
_DIGEST = 16


def vectors_of(known: Mapping[str, Counts]) -> dict[str, Vector]:
    """Return the vectors of some architectures, fitted to all of them; empty where there are fewer than two.

    Args:
        known: how often each subtree occurs, by model.
    """
    if len({tuple(sorted(one.items())) for one in known.values()}) < 2:
        return {}
    embedding: ArchitectureEmbedding = fit_counts(list(known.values()))
    return {model: embedding.transform_counts(one) for model, one in known.items()}


def pack(known: Mapping[str, Counts], names: Sequence[str]) -> dict[str, Any]:
    """Return arrays that :func:`unpack` reads: the md5 of every label, (architecture, label, count), and the
    architecture of each model, -1 where it is not known.
    """
    if not known:
        return {}
    distinct: dict[tuple[tuple[str, int], ...], int] = {}
    rows = np.full(len(names), -1, dtype=np.int64)
    for place, name in enumerate(names):
        if name in known:
            rows[place] = distinct.setdefault(tuple(sorted(known[name].items())), len(distinct))
    labels = sorted({label for counts in distinct for label, _ in counts})
    number = {label: place for place, label in enumerate(labels)}
    counts = [(graph, number[label], count) for told, graph in distinct.items() for label, count in told]
    digests = b"".join(_digest(label) for label in labels)
    return {
        "architecture_labels": np.frombuffer(digests, dtype=np.uint8).reshape(-1, _DIGEST),
        "architecture_counts": np.array(counts, dtype=np.int32).reshape(-1, 3),
        "architecture_graphs": rows,
    }


def unpack(arrays: Mapping[str, Any], names: Sequence[str]) -> dict[str, Counts]:
    """Return the counts of each model; empty where there are none.

    Raises:
        ValueError: the arrays do not fit each other, or not the models.
    """
    labels, counts, rows = (arrays.get(f"architecture_{name}") for name in ("labels", "counts", "graphs"))
    if labels is None or counts is None or rows is None:
        return {}
    whole = labels.dtype == np.uint8 and counts.dtype == np.int32 and rows.dtype == np.int64
    if not whole or labels.shape[1:] != (_DIGEST,) or counts.shape[1:] != (3,) or rows.shape != (len(names),):
        raise ValueError("its architectures have another shape")
    graphs = int(rows.max(initial=-1)) + 1
    if (
        graphs > len(names)
        or (counts < 0).any()
        or (counts[:, 1] >= len(labels)).any()
        or (counts[:, 0] >= graphs).any()
    ):
        raise ValueError("its architectures do not fit its models")
    known = [bytes(label).hex() for label in labels]
    found: list[dict[str, int]] = [{} for _ in range(graphs)]
    for graph, label, count in counts.tolist():
        found[graph][known[label]] = count
    return {name: found[row] for name, row in zip(names, rows.tolist(), strict=True) if row >= 0 and found[row]}


def digested(counts: Counts) -> dict[str, int]:
    """Return counts under the digests of their labels, as they are saved.

    Example:
        >>> digested({"Variable": 2})
        {'1cadc759db9c8ee791d5238323feaa7d': 2}
    """
    return {_digest(label).hex(): count for label, count in counts.items()}


def _digest(label: str) -> bytes:
    """Return 16 bytes: an md5 in hex as it is, of a type an md5 that no subtree has (that of a leaf is md5(type))."""
    if len(label) == 2 * _DIGEST and set(label) <= set("0123456789abcdef"):
        return bytes.fromhex(label)
    return hashlib.md5(f"type {label}".encode(), usedforsecurity=False).digest()
