"""What a card says of one model in one ranking: its place in the pool, and where that comes from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from hubscore import __version__
from hubscore.text import clean
from hubscore.types import Ranking, Row

CONSENSUS = "consensus"


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
        return self.row.expected is not None and self.ranking.record.ordered_by != CONSENSUS

    @property
    def samples(self) -> int | None:
        """How many rows of the data were looked at; none where a file does not say."""
        told = self.row.rows or self.ranking.probe.samples
        return told if isinstance(told, int) else None

    @property
    def version(self) -> str:
        """Of the hubscore that ranked."""
        return clean(self.ranking.record.versions.get("hubscore") or __version__)

    @property
    def revision(self) -> str:
        """The data set's commit; the probe's fingerprint where it has none, so that the entry stays one of its own."""
        probe = self.ranking.probe
        return clean(probe.revision or f"probe-{str(probe.fingerprint)[:16]}")


def pool_id(ranking: Ranking) -> str:
    """Return twelve digits that name the set of checkpoints, whatever their order."""
    told = "\n".join(sorted(f"{row.model}@{row.revision}" for row in ranking.rows))
    return hashlib.sha256(told.encode()).hexdigest()[:12]
