"""Items as a network takes them, and what came of each learning rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from hubscore.errors import CandidateError
from hubscore.finetune.held import HeldItems
from hubscore.finetune.loop import AT_ONCE, Labelled, Outcome
from hubscore.finetune.recipe import Sample
from hubscore.modalities.image.batches import PIXELS
from hubscore.modalities.lazy_items import seen_by
from hubscore.models.batch import move_batch
from hubscore.types import Candidate

if TYPE_CHECKING:
    from hubscore.models.network import Network


def count_classes(parts: Sequence[Labelled]) -> int:
    """Return how many classes a head for these labels has."""
    return 1 + max(int(labels.max()) for _, labels in parts)


def prepared(network: Network, part: Sample, device: str) -> Labelled:
    """Return a part's items as a network takes them, in memory, and its labels."""
    items, shown = list[Any](), seen_by(part.items, network.spec)
    for start in range(0, len(shown), AT_ONCE):
        items += list(network.transform_all(shown[start : start + AT_ONCE]))
    batches = list(network.collate(items))
    labels = torch.as_tensor(np.asarray(part.labels, dtype=np.int64), device=device)
    if len(batches) == 1 and list(batches[0][1]) == list(range(len(items))):
        return move_batch(batches[0][0], device), labels
    if PIXELS in batches[0][0]:
        why = "its own transform gives images of several sizes, and batches need one"
        raise _cannot_finetune(network.name, why, "--input-size 224")
    return HeldItems(items, network.collate, device), labels


def finite(reached: Mapping[float, Outcome | None], candidate: Candidate) -> dict[float, Outcome]:
    """Leave out the learning rates at which nothing was reached; one at least must be left."""
    finite = {rate: outcome for rate, outcome in reached.items() if outcome is not None}
    if not finite:
        why = f"the loss was not finite at {', '.join(f'{rate:g}' for rate in reached)}"
        raise _cannot_finetune(candidate.repo_id, why, "try smaller learning rates")
    return finite


def _cannot_finetune(name: str, why: str, fix: str) -> CandidateError:
    what = "cannot be fine-tuned"
    return CandidateError(f"Model {name!r} {what}", why, fix, subject=name, predicate=what)
