"""What a card says of one model in one ranking: its place in the pool, and where that comes from."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hubscore import __version__
from hubscore.modalities.registry import MODALITIES
from hubscore.text import clean
from hubscore.types import Json, Ranking, Row

TASK = "Transferability estimate (hubscore)"
CAUTION = "transferability estimate, not accuracy"
PROBED = {
    "knn": "k nearest neighbours on frozen features, leave one out",
    "logistic": "Linear probe on frozen features, cross-validated",
}
"""Scores that are accuracies themselves, though not of the model: their names say what of, and that the model's own
is another.
"""
PROBE_CAUTION = "transferability estimate, not the model's accuracy"
PREFERRED = ("logme", "h_score_shrunk", "leep", "knn", "logistic", "transrate")
CONSENSUS = "hubscore_consensus_percentile"


@dataclass(frozen=True)
class CardEntry:
    """One model's place in one ranking, as it is told to the readers of its card.

    Attributes:
        ranking: all models.
        row: this one.
        url: the run's record.
        dataset: the data set's name as it may be told.
    """

    ranking: Ranking
    row: Row
    url: str
    dataset: str

    @property
    def candidates(self) -> int:
        """The size of the pool."""
        return len(self.ranking.rows)

    @property
    def pool(self) -> str:
        """The pool's id: two rankings with the same id ranked the same checkpoints."""
        return pool_id(self.ranking)

    @property
    def tied(self) -> int:
        """How many others cannot be told apart from this model's group."""
        return (
            sum(other.tie_group == self.row.tie_group for other in self.ranking.rows) - 1
            if self.row.tie_group is not None
            else 0
        )

    @property
    def percentile(self) -> float | None:
        """The consensus, 0 to 100; it means nothing without the pool."""
        return None if self.row.consensus is None else round(100 * self.row.consensus, 1)

    @property
    def consensus_rank(self) -> int | None:
        """The place by consensus, which is another than the rank where expected accuracies order the models."""
        mine, others = self.row.consensus, [other.consensus for other in self.ranking.rows]
        return None if mine is None else 1 + sum(other is not None and other > mine for other in others)

    @property
    def by_accuracy(self) -> bool:
        """Whether the rank is one by expected accuracy."""
        return self.row.expected is not None

    @property
    def version(self) -> str:
        """Of the hubscore that ranked."""
        return clean(self.ranking.record.versions.get("hubscore") or __version__)

    @property
    def revision(self) -> str:
        """The data set's commit; the probe's fingerprint where it has none, so that the entry stays one of its own."""
        probe = self.ranking.probe
        return clean(probe.revision or f"probe-{str(probe.fingerprint)[:16]}")

    def scores(self) -> Iterator[tuple[str, str, float, int, int]]:
        """Yield name, title, value, rank and number of ranked models of the scores that are told; see
        :func:`card_scores`.
        """
        for name in card_scores(self.ranking):
            score, value = self.ranking.scores[name], self.row.scores.get(name)
            if value is not None and math.isfinite(value):
                values = [other.scores[name] for other in self.ranking.rows if name in other.scores]
                ahead = sum(other < value if score.lower_is_better else other > value for other in values)
                yield (
                    clean(name),
                    PROBED.get(name) or clean(score.title or name),
                    float(f"{value:.6g}"),
                    1 + ahead,
                    len(values),
                )


def card_scores(ranking: Ranking) -> list[str]:
    """Return one score of each family that the consensus averages: a card is no place for two dozen numbers that say
    the same.

    Of each family it is the one in :data:`PREFERRED`, else the first; the run's record has them all.
    """
    found: dict[str, str] = {}
    names = [name for name, score in ranking.scores.items() if score.averaged]
    for name in sorted(names, key=lambda name: PREFERRED.index(name) if name in PREFERRED else len(PREFERRED)):
        found.setdefault(str(ranking.scores[name].family or name), name)
    return list(found.values())


def pool_id(ranking: Ranking) -> str:
    """Return twelve digits that name the set of checkpoints, whatever their order."""
    told = "\n".join(sorted(f"{row.model}@{row.revision}" for row in ranking.rows))
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def make_result(entry: CardEntry) -> Json:
    """Return the entry of ``model-index`` for one model: names that nobody can take for accuracy, and where to look
    it up.
    """
    probe = entry.ranking.probe
    dataset = {"type": entry.dataset, "name": _dataset_name(entry)}
    dataset |= {key: clean(value) for key, value in (("config", probe.config), ("split", probe.split)) if value}
    return {
        "task": {"type": MODALITIES.get(probe.modality).task_of(probe.target), "name": TASK},
        "dataset": {**dataset, "revision": entry.revision},
        "metrics": [*_consensus(entry), *(_score(*score) for score in entry.scores())],
        "source": {"name": "hubscore", "url": entry.url},
    }


def _dataset_name(entry: CardEntry) -> str:
    probe = entry.ranking.probe
    split = clean(probe.split) if probe.split else ""
    rows = f"{probe.samples:,} rows looked at" if isinstance(probe.samples, int) else ""
    told = ", ".join(part for part in (split, rows) if part)
    return f"{entry.dataset} ({told})" if told else entry.dataset


def _consensus(entry: CardEntry) -> list[Json]:
    if entry.percentile is None:
        return []
    pool = f"the {entry.candidates} candidates of pool {entry.pool}"
    return [
        {
            "type": CONSENSUS,
            "name": f"Consensus percentile among {pool} ({CAUTION})",
            "value": entry.percentile,
            "args": _args(entry),
        }
    ]


def _args(entry: CardEntry) -> Json:
    row, probe = entry.row, entry.ranking.probe
    told: Mapping[str, Any] = {
        "rank": row.rank,
        "ordered_by": "expected accuracy, an estimate" if entry.by_accuracy else None,
        "candidates": entry.candidates,
        "tie_group": row.tie_group,
        "tied_with": entry.tied,
        "rank_low": row.rank_ci[0] if row.rank_ci else None,
        "rank_high": row.rank_ci[1] if row.rank_ci else None,
        "pool": entry.pool,
        "hubscore_version": entry.version,
        "feature": clean(entry.ranking.record.options.extra.get("layer") or "penultimate"),
        "model_revision": clean(row.revision),
        "probe_fingerprint": clean(probe.fingerprint or ""),
        "samples": probe.samples,
    }
    return {key: value for key, value in told.items() if value is not None}


def _score(name: str, title: str, value: float, rank: int, ranked: int) -> Json:
    caution = PROBE_CAUTION if name in PROBED else CAUTION
    return {"type": name, "name": f"{title} ({caution})", "value": value, "args": {"rank": rank, "candidates": ranked}}
