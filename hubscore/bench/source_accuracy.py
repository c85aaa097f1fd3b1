"""What a network's card says that it reaches on its own data: a number of its owner's, that nothing here measured."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hubscore.candidates.hub_info import repo_info_on_hub
from hubscore.candidates.local_folders import from_folder
from hubscore.errors import HubscoreError
from hubscore.hub.client import hub_api
from hubscore.run.session import Session
from hubscore.types import Candidate

NAMES = frozenset({"accuracy", "acc", "top1accuracy", "top1", "acc1", "accuracytop1"})


@dataclass(frozen=True)
class SourceAccuracy:
    """An accuracy that a card states.

    Attributes:
        value: 0 to 1.
        dataset: what the card says that it is on.
    """

    value: float
    dataset: str


def source_accuracy(session: Session, candidate: Candidate) -> SourceAccuracy | None:
    """Return the first accuracy that a checkpoint's card states, none where it states none or cannot be read."""
    try:
        if candidate.revision.startswith("local-"):
            folder = session.downloader.download(candidate)
            return stated_accuracy(from_folder(Path(folder), candidate.repo_id, revision=candidate.revision).card)
        name = candidate.repo_id.partition("@")[0]
        return stated_accuracy(repo_info_on_hub(name, candidate.revision, hub_api(session.run.token)).card)
    except HubscoreError:  # a baseline that cannot be had stops nothing
        return None


def stated_accuracy(card: Mapping[str, Any]) -> SourceAccuracy | None:
    """Read the ``model-index`` of a card, in which owners write anything.

    Numbers above 1 are percent.

    Example:
        >>> metrics = [{"type": "accuracy", "value": 81.2}]
        >>> stated_accuracy({"model-index": [{"results": [{"dataset": {"name": "ImageNet"}, "metrics": metrics}]}]})
        SourceAccuracy(value=0.812, dataset='ImageNet')
    """
    for entry in _listed(card.get("model-index")):
        for result in _listed(entry.get("results")):
            for metric in _listed(result.get("metrics")):
                words = {_plain(metric.get("type")), _plain(metric.get("name"))}
                value = metric.get("value")
                if words & NAMES and isinstance(value, (int, float)) and not isinstance(value, bool):
                    share = value / 100 if value > 1 else float(value)
                    if math.isfinite(share) and 0 <= share <= 1:
                        about = result.get("dataset")
                        name = about.get("name") or about.get("type") if isinstance(about, Mapping) else None
                        return SourceAccuracy(share, str(name or "data that it does not name"))
    return None


def _listed(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _plain(word: object) -> str:
    return "".join(letter for letter in str(word).lower() if letter.isalnum())
