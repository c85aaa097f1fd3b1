"""How big the demo is, and its results."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from hubscore.demo.sources import SOURCES, Source
from hubscore.finetune.recipe import Recipe

if TYPE_CHECKING:
    from hubscore.bench.compare import Comparison
    from hubscore.types import Ranking

DATASET = "demo/digits-5-to-9"


@dataclass(frozen=True)
class Size:
    """How big the demo is; the defaults take about a minute and a half on two cores.

    Attributes:
        sources: the networks.
        pictures: that each learns its source task from.
        source_epochs: passes over them.
        train: target pictures that networks are fine-tuned on.
        validation: target pictures that choose the learning rate; rankings see them and ``train``.
        recipe: of fine-tuning; digits are not mirrored.
        test: target pictures that the truth is measured on; all that are left where no number is given.
    """

    sources: tuple[Source, ...] = SOURCES
    pictures: int = 2000
    source_epochs: int = 6
    train: int = 300
    validation: int = 100
    recipe: Recipe = field(default_factory=lambda: Recipe(flip=False))
    test: int | None = None


@dataclass(frozen=True)
class Line:
    """One network of the demo, estimate and truth side by side.

    Attributes:
        model: its ``repo_id``.
        learnt: what it learnt before, in plain words.
        rank: hubscore's; tied networks share it.
        consensus: how high the scores place it among the others, 0 to 1.
        expected: hubscore's estimate of the accuracy, 0 to 1.
        measured: accuracy of the ranking's own short fine-tuning, for its first networks.
        true_rank: by fine-tuning.
        accuracy: by fine-tuning, 0 to 1.
        standard_error: of that accuracy.
    """

    model: str
    learnt: str
    rank: int
    consensus: float | None
    true_rank: int
    accuracy: float
    standard_error: float
    expected: float | None = None
    measured: float | None = None


@dataclass(frozen=True)
class DemoResult:
    """What the demo found.

    Attributes:
        lines: one a network, in the order of the ranking.
        ranking: as ``hubscore rank`` saved it.
        comparison: of the ranking with the truth.
        command: what ranked the networks.
        seconds: wall time of each step.
        test_images: behind each accuracy.
        folder: where everything was kept, if anywhere.
    """

    lines: tuple[Line, ...]
    ranking: Ranking
    comparison: Comparison
    command: str
    seconds: dict[str, float]
    test_images: int
    folder: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "rows": [asdict(line) for line in self.lines],
            "comparison": self.comparison.to_json(),
            "command": self.command,
            "seconds": {name: round(seconds, 1) for name, seconds in self.seconds.items()},
            "test_images": self.test_images,
            "folder": self.folder,
        }
