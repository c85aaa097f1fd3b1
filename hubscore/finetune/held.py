"""Prepared items in memory, as batches for training: of one size in one tensor, of several lengths one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from hubscore.models.batch import Batch, batch_length, move_batch, take_rows

_LENGTH_ONE = 1e-4
"""How far the length of a vector that was normalised strays from 1."""


@dataclass(frozen=True)
class HeldItems:
    """Prepared items of several lengths; those that are asked for together become batches then.

    Attributes:
        items: n prepared ones.
        collate: makes batches of them, each with the places of its items.
        device: where batches go.
    """

    items: Sequence[Any]
    collate: Callable[[Sequence[Any]], Iterator[tuple[Batch, Sequence[int]]]]
    device: str


Held = Batch | HeldItems
"""n prepared items."""


def length_of(held: Held) -> int:
    """Return how many items are held."""
    return len(held.items) if isinstance(held, HeldItems) else batch_length(held)


def scale_of(features: torch.Tensor) -> float:
    """Return what a new head has features multiplied with: 1, but for vectors of length one.

    Those, as sentence-transformers makes them, are brought to a variance of about one: a head on them as they are would
    hardly learn in so few steps.

    Args:
        features: shape (n, d).

    Example:
        >>> scale_of(torch.eye(4)), scale_of(torch.ones(3, 4))
        (2.0, 1.0)
    """
    normalised = bool(((features.norm(dim=1) - 1).abs() < _LENGTH_ONE).all())
    return features.shape[1] ** 0.5 if normalised else 1.0


def batches_of(held: Held, rows: torch.Tensor) -> list[tuple[Batch, Sequence[int]]]:
    """Return some items as batches, each with the places that its items have among ``rows``.

    Example:
        >>> ((batch, places),) = batches_of({"x": torch.arange(5)}, torch.tensor([3, 1]))
        >>> batch["x"].tolist(), places
        ([3, 1], [0, 1])
    """
    if not isinstance(held, HeldItems):
        return [(take_rows(held, rows), list(range(len(rows))))]
    chosen = [held.items[row] for row in rows.tolist()]
    return [(move_batch(batch, held.device), places) for batch, places in held.collate(chosen)]


def outputs(
    model: Callable[[Batch], torch.Tensor],
    held: Held,
    rows: torch.Tensor,
    change: Callable[[Batch], Batch] | None = None,
) -> torch.Tensor:
    """Run some items and return what the model says of each, in the order of ``rows``.

    Args:
        model: returns one row per item of a batch.
        held: the items.
        rows: which of them.
        change: what is done to a batch first.
    """
    batches = batches_of(held, rows)
    found = torch.cat([model(batch if change is None else change(batch)) for batch, _ in batches])
    places = [place for _, some in batches for place in some]
    if places == list(range(len(places))):
        return found
    return found[torch.tensor(places, device=found.device).argsort()]
